"""What else is known about the record? The second stage. Pure."""
