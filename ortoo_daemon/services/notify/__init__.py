"""Notices: their words, their hours, and the channels outside the org by which they go."""
