"""Texts of records, as language models read them for the running daemon."""
