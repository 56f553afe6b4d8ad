"""Who gets the record? The third stage: brand, rooftop, team, person. Pure."""
