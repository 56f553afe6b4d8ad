"""How does a policy file become a `Policy`? One module for each section of the language."""
