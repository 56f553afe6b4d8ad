"""Which models does the file beside the settings allow? It does nothing by itself."""

from pathlib import Path

from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.policy.models.catalogue import Catalogue
from ortoo_daemon.policy.models.reading import load_catalogue

FILE = "models.yaml"
"""Beside the settings; there need not be one."""


def read_catalogue(path: Path) -> Catalogue:
    """Raises ConfigError with everything that is wrong in the file, or where there is none."""
    data = bytes_of(path, rule="models", mend="models are asked by this file alone; see docs/ai.md")
    return load_catalogue(str(path), data)
