"""E-mails of cases, as the running daemon reads and understands them."""
