"""What would candidate policies do with the records at hand, beside the live ones that do it?"""
