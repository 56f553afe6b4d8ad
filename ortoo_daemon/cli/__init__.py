"""How do people at a terminal use the daemon? One module a verb; the work itself is the daemon's."""
