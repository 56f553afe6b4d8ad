"""Which services does the file beside the settings allow to be called? It does nothing by itself."""

from pathlib import Path

from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.policy.callouts.catalogue import Services
from ortoo_daemon.policy.callouts.reading import load_services


def read_services(path: Path) -> Services:
    """Raises ConfigError with everything that is wrong in the file, or where it can't be read."""
    mend = "services are called by this file alone; see docs/operations.md"
    return load_services(str(path), bytes_of(path, rule="services", mend=mend))
