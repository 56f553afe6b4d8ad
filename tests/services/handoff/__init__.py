"""Ways to the systems of dealers."""
