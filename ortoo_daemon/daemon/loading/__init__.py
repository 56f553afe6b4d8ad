"""How do edited files come into force: read, checked, compared with the org, kept, told about?"""
