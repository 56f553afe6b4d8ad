"""Was the settings file edited since the daemon started? Channels of notices and ways of handoffs are taken
up as they are edited; everything else is read at a start only, so that must be said.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import structlog

from ortoo_daemon.daemon.handoffs.handoff_settings import HandoffSettings
from ortoo_daemon.daemon.noticing.notice_settings import ChannelSettings
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.errors import ConfigError

_log = structlog.get_logger("ortoo_daemon.settings")


@dataclass(slots=True)
class SettingsWatch:
    """``why`` is empty while the file says what the daemon goes by. ``channels`` and ``handoff`` are those of
    the last edit that could be read; whether they can be used is for others to say."""

    started: Settings
    why: str = ""
    channels: Mapping[str, ChannelSettings] = field(init=False)
    handoff: HandoffSettings = field(init=False)
    _started_with: str = field(init=False)
    _seen: str = field(init=False)

    def __post_init__(self) -> None:
        self._started_with = self._seen = _digest(self.started.file)
        self._take(self.started)

    async def look(self) -> None:
        """Say once of each edit that it waits for a restart, where it does, and whether a restart would bear
        it."""
        file = self.started.file
        digest = await asyncio.to_thread(_digest, file)
        if digest == self._seen:
            return
        self._seen = digest
        if digest == self._started_with:
            self.why = ""
            self._take(self.started)
            _log.info("settings.restored", file=file.as_posix())
            return
        edited, problems = await asyncio.to_thread(_read, file)
        if edited is not None:
            self._take(edited)
            started = self.started
            edited = with_channels(edited, started.notices.channels)
            if with_handoff(edited, started.handoff) == started:
                self.why = ""
                return
        self.why = f"{file.name} was edited: restart the daemon to apply it"
        if problems:
            self.why = f"{file.name} was edited and can't be used: {problems[0]}"
        _log.warning("settings.edited", file=file.as_posix(), problems=problems)

    def _take(self, settings: Settings) -> None:
        self.channels, self.handoff = settings.notices.channels, settings.handoff


def with_channels(settings: Settings, channels: Mapping[str, ChannelSettings]) -> Settings:
    """The same settings with these channels of notices."""
    notices = settings.notices.model_copy(update={"channels": channels})
    return settings.model_copy(update={"notices": notices})


def with_handoff(settings: Settings, handoff: HandoffSettings) -> Settings:
    """The same settings with these ways of handoffs."""
    return settings.model_copy(update={"handoff": handoff})


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _read(file: Path) -> tuple[Settings | None, list[str]]:
    """What the file says, or what is wrong with it."""
    try:
        return load_settings(file), []
    except ConfigError as error:
        return None, [str(problem) for problem in error.problems]
