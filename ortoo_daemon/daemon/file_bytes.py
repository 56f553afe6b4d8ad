"""What do the bytes of a file say, or why can't they be had? The one way in which named files are read."""

from pathlib import Path

from ortoo_daemon.errors import ConfigError, Place, Problem


def bytes_of(path: Path, *, rule: str, mend: str, what: str = "") -> bytes:
    """The whole file. Raises ConfigError, placed at the file, which says ``what`` can't be read and why."""
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{what} can't be read: {error.strerror}".lstrip()
        problem = Problem(place=Place(path.as_posix()), rule=rule, message=message, mend=mend)
        raise ConfigError([problem]) from error
