"""How is a report made of what the org knows? Reads only."""
