"""What would the policies do? Policy tests and saved directories."""
