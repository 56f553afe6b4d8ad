"""How good is a scorecard, and what would its points be if they were learned from what became of records?"""
