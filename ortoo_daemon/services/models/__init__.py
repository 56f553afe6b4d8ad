"""Language models: the providers of the catalogue, and the desk that asks them within its bounds."""
