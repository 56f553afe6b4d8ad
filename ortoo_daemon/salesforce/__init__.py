"""How does the daemon talk to its org? The only package that does.

`org.Org` is the door: login, queries and descriptions; `reader`, `writer` and `directory` stand behind it,
`stream` brings the change events.
"""
