"""Which records changed? The org's change events over CometD.

`messages` reads what arrives, `failures` what went wrong, `client` is aiosfstream-ng made fit for long runs,
`listener` keeps it running.
"""
