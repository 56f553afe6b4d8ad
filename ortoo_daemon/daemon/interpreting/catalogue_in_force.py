"""Which desk answers for the catalogue as it stands? One for the process, whoever asks.

``models.yaml`` is looked at before each question: whoever switches a task off is heard at once. A desk
that is replaced is closed once nobody waits at it any more.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from ortoo_daemon.daemon.loading.catalogue_file import FILE
from ortoo_daemon.daemon.model_desk import model_desk
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.policy.models.catalogue import Catalogue, Task, TaskName
from ortoo_daemon.policy.models.reading import load_catalogue
from ortoo_daemon.services.models.desk import ModelDesk


class _Edition:
    """A catalogue with its desk, which is opened when the first of its tasks is asked for."""

    def __init__(self, digest: str, catalogue: Catalogue | None) -> None:
        self.digest = digest
        self.catalogue = catalogue
        self.desk: ModelDesk | None = None
        self.stack = AsyncExitStack()
        self.waiting = 0
        self.replaced = False

    async def close_when_free(self) -> None:
        if self.replaced and not self.waiting:
            await self.stack.aclose()


class CatalogueInForce:
    """Opened when the first task is asked for: breakers, places and budgets are shared by all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._edition: _Edition | None = None

    @asynccontextmanager
    async def asking_for(self, name: TaskName) -> AsyncIterator[tuple[ModelDesk, Task] | None]:
        """The desk and the task, None where models or the task are off.

        Raises ConfigError for a catalogue that can't be read or lacks a key, StateError.
        """
        async with self._turn:
            edition = await self._current()
            task = None if edition.catalogue is None else edition.catalogue.task(name)
            if task is not None and edition.catalogue is not None and edition.desk is None:
                opening = model_desk(self._settings, edition.catalogue)
                edition.desk = await edition.stack.enter_async_context(opening)
            edition.waiting += 1
        try:
            yield None if task is None or edition.desk is None else (edition.desk, task)
        finally:
            edition.waiting -= 1
            await edition.close_when_free()

    async def close(self) -> None:
        async with self._turn:
            if self._edition is not None:
                await self._edition.stack.aclose()
                self._edition = None

    async def _current(self) -> _Edition:
        path = self._settings.folder / FILE
        data = await asyncio.to_thread(_bytes, path)
        digest = hashlib.sha256(data).hexdigest()
        if self._edition is not None and self._edition.digest == digest:
            return self._edition
        catalogue = load_catalogue(str(path), data) if data else None
        former, self._edition = self._edition, _Edition(digest, catalogue)
        if former is not None:
            former.replaced = True
            await former.close_when_free()
        return self._edition


def _bytes(path: Path) -> bytes:
    """None there is as good as an empty one: models are off."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
