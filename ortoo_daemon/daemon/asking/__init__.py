"""What do the verbs of the command line find out by one login, writing nothing but what they are told to?"""
