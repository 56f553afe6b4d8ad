"""How do edited ways of handoffs come into use without a restart, and what of a wrong edit?

The section ``handoff`` of the settings, and the secrets behind it, known by content. An edit that is wrong,
or that lacks what policies in force go by, leaves what is in use, and says so until it is mended.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import structlog

from ortoo_daemon.daemon.edited import Edited
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.handoffs.handoff_settings import HandoffSettings
from ortoo_daemon.daemon.handoffs.senders import make_senders, secrets_of
from ortoo_daemon.daemon.loading.handoff_checks import unknown_ways
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.settings_watch import with_handoff
from ortoo_daemon.errors import ConfigError, Level, Problem, StateError
from ortoo_daemon.policy.model import PolicySet

_log = structlog.get_logger("ortoo_daemon.handoffs")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Ways and secrets at one moment, or what is wrong with them."""

    digest: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Ways:
    """Keeps the ways of a handing those of the settings. ``why`` is empty while they are.

    ``edited`` tells the section as the settings file has it now; ``settings`` have the one that is in use.
    """

    def __init__(
        self,
        settings: Settings,
        handing: Handing,
        policies: Callable[[], PolicySet],
        *,
        edited: Callable[[], HandoffSettings],
        now: Callable[[], datetime],
    ) -> None:
        self.settings = settings
        self._handing = handing
        self._policies = policies
        self._edited = edited
        self._now = now
        self._state = Edited(_find(settings).digest)
        self._lacking: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        return self._state.why

    async def look(self) -> bool:
        """Take up what was edited, and say whether anything was. Raises nothing for what is wrong with it."""
        policies = self._policies()
        self._tell_lacking(policies)
        settings = with_handoff(self.settings, self._edited())
        found = await asyncio.to_thread(_find, settings)
        if self._state.is_restored(found.digest):
            _log.info("handoff.ways_restored")
        if not self._state.is_new(found.digest, policies.revision):
            return False
        wrong = [*found.problems, *unknown_ways(policies, settings)]
        wrong = [each for each in wrong if each.level is Level.ERROR]
        if wrong:
            self._refuse(found, policies, wrong)
            return False
        await self._use(settings, found)
        self._tell_lacking(policies)
        return True

    def _refuse(self, found: _Found, policies: PolicySet, wrong: list[Problem]) -> None:
        why = f"ways of handoffs were edited and can't be used: {wrong[0]}"
        if self._state.refuse(found.digest, policies.revision, why):
            _log.error("handoff.ways_refused", problems=[str(each) for each in wrong])

    async def _use(self, settings: Settings, found: _Found) -> None:
        """What failed by the ways before is tried by these at once."""
        self.settings = settings
        self._state.take(found.digest)
        senders = make_senders(settings, self._now, found.secrets)
        with suppress(StateError):  # then they are tried at their own time
            await self._handing.use(senders, settings.handoff.provider)
        _log.info("handoff.ways_reloaded", ways=sorted(senders))

    def _tell_lacking(self, policies: PolicySet) -> None:
        """Once for each set of policies that go by what is not there."""
        lacking = tuple(str(each) for each in unknown_ways(policies, self.settings))
        if lacking and lacking != self._lacking:
            _log.warning("handoff.way_missing", problems=list(lacking))
        self._lacking = lacking


def _find(settings: Settings) -> _Found:
    """What the section says, with what stands in the files of its secrets."""
    digest = sha256(settings.handoff.model_dump_json().encode())
    try:
        secrets = secrets_of(settings)
    except ConfigError as error:
        digest.update(str(error).encode())
        return _Found(digest=digest.hexdigest(), problems=error.problems)
    for name, secret in sorted(secrets.items()):
        digest.update(f"{name}\0{len(secret)}\0{secret}".encode())
    return _Found(digest=digest.hexdigest(), secrets=secrets)
