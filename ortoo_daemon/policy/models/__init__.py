"""The catalogue of language models: which may be asked, for what, with which data, at what cost."""
