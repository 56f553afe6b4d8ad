"""Records that are handed to the systems of rooftops."""
