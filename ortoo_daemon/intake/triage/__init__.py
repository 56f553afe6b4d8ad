"""What does a dealer's e-mail ask for, for which rooftops, and how sure is that?"""
