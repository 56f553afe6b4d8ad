"""Is what the record says usable, and in which form? The first stage. Pure."""
