"""`python -m ortoo_daemon.daemon`: the daemon itself, without the command line's packages.

`ortoo-daemon run` replaces itself by this, so that the process that lives for months holds nothing it
does not need.
"""

import sys

if __name__ == "__main__":
    # Where it is installed, structlog loads it for coloured tracebacks: memory and time at each start.
    sys.modules["rich"] = None  # type: ignore[assignment]

    from ortoo_daemon.daemon.process import main

    sys.exit(main())
