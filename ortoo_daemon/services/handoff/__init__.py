"""How does a record get to a dealer's own system? By e-mail, HTTP or a file."""
