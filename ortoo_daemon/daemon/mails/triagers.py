"""What understands e-mails in the running daemon: the org's rooftops and the taxonomy, kept fresh.

Made when the first e-mail is to be read: an org whose policies read none pays nothing, not even for
importing what reads them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import structlog

from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, OrgError
from ortoo_daemon.salesforce.org import Org

if TYPE_CHECKING:
    from ortoo_daemon.intake.mail.model import Mail
    from ortoo_daemon.intake.triage.taxonomy import Taxonomy
    from ortoo_daemon.intake.triage.triager import Triager, Understood

TAXONOMY_FILE = "taxonomy.yaml"
"""Beside ``ortoo.yaml``."""

_FRESH_FOR = 600.0
"""Seconds after which rooftops, contacts and the taxonomy are looked at again."""

_log = structlog.get_logger("ortoo_daemon.mails")


class Understands(Protocol):
    """What tells the requests of an e-mail by rules."""

    async def understand(self, mail: Mail) -> tuple[Understood, Triager]: ...


class Triagers:
    """Understands one e-mail after the other, beside the event loop."""

    def __init__(
        self, org: Org, settings: Settings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._org = org
        self._settings = settings
        self._clock = clock
        self._made: Triager | None = None
        self._made_at = 0.0
        self._turn = asyncio.Lock()

    async def understand(self, mail: Mail) -> tuple[Understood, Triager]:
        """What it says, and what understood it. Raises OrgError and ConfigError."""
        async with self._turn:  # a triager's indexes grow with use
            triager = await self._current()
            return await asyncio.to_thread(triager.understand, mail), triager

    async def _current(self) -> Triager:
        made = self._made
        if made is not None and self._clock() - self._made_at < _FRESH_FOR:
            return made
        try:
            made = await self._make()
        except (OrgError, ConfigError) as error:
            if made is None:
                raise
            _log.warning("triage.not_renewed", error=str(error))
        self._made, self._made_at = made, self._clock()
        return made

    async def _make(self) -> Triager:
        from ortoo_daemon.daemon.mails.dealers import dealers_in
        from ortoo_daemon.intake.triage.triager import Triager

        settings = self._settings
        mapping = read_directory_mapping(settings.path(settings.directory))
        taxonomy = await asyncio.to_thread(taxonomy_beside, settings)
        dealers = await dealers_in(self._org, mapping.rooftops)
        return await asyncio.to_thread(Triager.of, dealers, taxonomy)


def taxonomy_beside(settings: Settings) -> Taxonomy:
    """The taxonomy beside the settings. Raises ConfigError."""
    from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy

    path = settings.folder / TAXONOMY_FILE
    data = bytes_of(
        path,
        rule="taxonomy",
        what="policies read e-mails, but this file",
        mend="copy the taxonomy.yaml that is shipped, beside ortoo.yaml",
    )
    return load_taxonomy(str(path), data)
