"""The steps, oldest first. Each adds what older programs can leave alone."""
