"""How do edited templates and channels of notices come into use without a restart, and what of a wrong edit?

Known by content, and looked through as `check` does before anything changes: what the policies in force need
must be there. An edit that is wrong leaves what is in use, and says so until it is mended.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import structlog

from ortoo_daemon.daemon.edited import Edited
from ortoo_daemon.daemon.loading.notice_checks import notice_problems
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.notice_settings import ChannelSettings
from ortoo_daemon.daemon.secrets import channel_urls
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.settings_watch import with_channels
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.services.notify.channels import Channels
from ortoo_daemon.services.notify.templates import Templates, read_templates

_log = structlog.get_logger("ortoo_daemon.notices")

_SETTLES_WITHIN = 0.3
_LOOKS_AT_MOVING_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Files and addresses at one moment, or what is wrong with them."""

    digest: str
    files: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Rewording:
    """Keeps the words and channels of a delivery those of their files. ``why`` is empty while they are.

    ``channels`` tells those that the settings file names now; ``settings`` have the channels that are in use.
    """

    def __init__(
        self,
        settings: Settings,
        delivery: Delivery,
        policies: Callable[[], PolicySet],
        *,
        channels: Callable[[], Mapping[str, ChannelSettings]],
    ) -> None:
        self.settings = settings
        self._delivery = delivery
        self._policies = policies
        self._channels = channels
        self._state = Edited(find(settings).digest)

    @property
    def why(self) -> str:
        return self._state.why

    async def look(self) -> bool:
        """Take up what was edited, and say whether anything was. Raises nothing for what is wrong with it."""
        policies = self._policies()
        found = await asyncio.to_thread(find, self._as_edited())
        if self._state.is_restored(found.digest):
            _log.info("notices.restored")
        if not self._state.is_new(found.digest, policies.revision):
            return False
        settled = await self._settled(found)
        return settled is not None and await self._take(settled, policies)

    def _as_edited(self) -> Settings:
        return with_channels(self.settings, self._channels())

    async def _settled(self, found: _Found) -> _Found | None:
        """The files once they no longer change; None while they do."""
        for _ in range(_LOOKS_AT_MOVING_FILES):
            await asyncio.sleep(_SETTLES_WITHIN)
            again = await asyncio.to_thread(find, self._as_edited())
            if again.digest == found.digest:
                return again
            found = again
        return None

    async def _take(self, found: _Found, policies: PolicySet) -> bool:
        settings = self._as_edited()
        templates, channels = _made(found, settings), Channels(found.urls)
        problems = list(found.problems)
        if not problems:
            problems = list(notice_problems(policies, settings, templates))
            wrong = await asyncio.to_thread(channels.wrong)
            place = Place(str(settings.file))
            problems += [Problem(place=place, rule="channel", message=each) for each in wrong]
        if problems:
            why = f"templates or channels of notices were edited and can't be used: {problems[0]}"
            if self._state.refuse(found.digest, policies.revision, why):
                _log.error("notices.refused", problems=[str(each) for each in problems])
            return False
        self._delivery.use(templates, channels)
        self.settings = settings
        self._state.take(found.digest)
        _log.info("notices.reloaded", templates=len(found.files), channels=sorted(channels.names))
        return True


def find(settings: Settings) -> _Found:
    """What stands in the folder of templates and behind the channels now."""
    folder = settings.path(settings.templates)
    try:
        files, urls = read_templates(folder), channel_urls(settings)
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(place=Place(str(folder)), rule="template", message=str(error))
        return _Found(digest=f"unreadable: {error}", problems=(problem,))
    except ConfigError as error:
        return _Found(digest=f"unreadable: {error}", problems=error.problems)
    digest = sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{len(text)}\0{text}".encode())
    for name, each in sorted(urls.items()):
        digest.update("\0".join((name, *each, "")).encode())
    return _Found(digest=digest.hexdigest(), files=files, urls=urls)


def _made(found: _Found, settings: Settings) -> Templates:
    return Templates(found.files, usual=settings.notices.language, folder=str(settings.templates))
