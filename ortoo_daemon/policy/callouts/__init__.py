"""Which services may be called, how, and what of their answers counts? ``services.yaml`` as values. Pure."""
