"""`python -m ortoo_daemon`: the same as the console script `ortoo-daemon`."""

from ortoo_daemon.cli.main import main

if __name__ == "__main__":
    main()
