"""Understanding e-mails with a model's help: what is asked, what of it leaves, which answers count."""
