"""What is to be written, and when is an answer due? The fourth stage."""
