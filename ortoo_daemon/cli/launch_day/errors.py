"""What can keep a demo from being played?"""

from ortoo_daemon.errors import OrtooError


class DemoError(OrtooError):
    """Sandbox or daemon did not start, ended early, or refused what the demo needs."""
