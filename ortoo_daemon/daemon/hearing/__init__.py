"""What do the org's events lead to, and what where they are missing?"""
