"""What of the org's allocations may be spent, and what is left undone first?"""
