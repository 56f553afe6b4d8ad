"""Was the settings file edited since the daemon started? It is read at a start only, so that must be said."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import structlog

from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.errors import ConfigError

_log = structlog.get_logger("ortoo_daemon.settings")


@dataclass(slots=True)
class SettingsWatch:
    """``why`` is empty while the file is the one that the daemon started with."""

    file: Path
    why: str = ""
    _started_with: str = field(init=False)
    _seen: str = field(init=False)

    def __post_init__(self) -> None:
        self._started_with = self._seen = _digest(self.file)

    async def look(self) -> None:
        """Say once of each edit that it waits for a restart, and whether a restart would bear it."""
        digest = await asyncio.to_thread(_digest, self.file)
        if digest == self._seen:
            return
        self._seen = digest
        if digest == self._started_with:
            self.why = ""
            _log.info("settings.restored", file=self.file.as_posix())
            return
        problems = await asyncio.to_thread(_problems, self.file)
        self.why = f"{self.file.name} was edited: restart the daemon to apply it"
        if problems:
            self.why = f"{self.file.name} was edited and can't be used: {problems[0]}"
        _log.warning("settings.edited", file=self.file.as_posix(), problems=problems)


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _problems(file: Path) -> list[str]:
    try:
        load_settings(file)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []
