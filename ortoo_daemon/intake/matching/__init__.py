"""Which records are of one customer? Part of the first stage. Pure."""
