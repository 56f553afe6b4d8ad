"""Is the record to be handled at all, and by which policy? Asked before the first stage."""
