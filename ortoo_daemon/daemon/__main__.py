"""`python -m ortoo_daemon.daemon`: the daemon itself, without the command line's packages.

`ortoo-daemon run` replaces itself by this, so that the process that lives for months holds nothing it
does not need.
"""

import signal
import sys

if __name__ == "__main__":
    # Told to end while it loads: there is nothing to put away yet. A reload is what comes anyway. The
    # running daemon handles these signals by itself.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    from ortoo_daemon.daemon.left_out import leave_out

    leave_out()

    from ortoo_daemon.daemon.process import main

    sys.exit(main())
