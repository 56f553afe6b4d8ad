"""The store's tables through the releases: which it has, which it needs, and the steps between."""
