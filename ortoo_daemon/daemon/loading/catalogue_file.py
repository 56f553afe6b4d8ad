"""Which models does the file beside the settings allow? It does nothing by itself."""

from pathlib import Path

from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.models.catalogue import Catalogue
from ortoo_daemon.policy.models.reading import load_catalogue

FILE = "models.yaml"
"""Beside the settings; there need not be one."""


def read_catalogue(path: Path) -> Catalogue:
    """Raises ConfigError with everything that is wrong in the file, or where there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(
            place=Place(str(path)),
            rule="models",
            message=f"can't be read: {error.strerror}",
            mend="models are asked by this file alone; see docs/ai.md",
        )
        raise ConfigError([problem]) from None
    return load_catalogue(str(path), data)
