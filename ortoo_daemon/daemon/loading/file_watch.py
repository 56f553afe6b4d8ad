"""When may there be an edit to look at, and which files make it up? Says nothing about what is in them.

The system's own word of changes, and a look every few seconds for what it does not tell: a swapped link, a
file on another machine.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from watchfiles import Change, awatch

from ortoo_daemon.daemon.loading.checkout import is_being_written
from ortoo_daemon.daemon.loading.policy_files import FilesFound, find_files

_log = structlog.get_logger("ortoo_daemon.policies")

_LOOK_EVERY = 5.0
"""Seconds."""

_SETTLES_WITHIN = 0.3
"""An editor's several writes, or a checkout's files, are over when so long nothing changed."""

_LOOKS_AT_MOVING_FILES = 20


@dataclass(slots=True, kw_only=True)
class FileWatch:
    """Watches the folder of policies, the tables beside it, and the directory file.

    Whoever sets ``asked`` has the files looked at even when nothing changed.
    """

    folder: Path
    directory: Path
    asked: asyncio.Event
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def begin_look(self) -> None:
        """What happens from now on is another look's business."""
        self.asked.clear()
        self._changed.clear()

    def wake(self) -> None:
        """There is something to do, though no file changed."""
        self._changed.set()

    async def wait(self) -> None:
        """Return at a change, a request, or when it is time to look anyway."""
        waits = [asyncio.ensure_future(each.wait()) for each in (self.asked, self._changed)]
        try:
            await asyncio.wait(waits, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def settled(self, seen: str) -> FilesFound | None:
        """The files once they no longer change; at once when they are those ``seen``. None while they do."""
        found = await self._find()
        if found is not None and found.digest == seen:
            return found
        for _ in range(_LOOKS_AT_MOVING_FILES):
            await asyncio.sleep(_SETTLES_WITHIN)
            again = await self._find()
            if found is not None and again is not None and again.digest == found.digest:
                return again
            found = again
        return None

    async def run(self) -> None:
        """Hear of changes, until cancelled. Where the system tells of none, the looks by time are left."""
        told = ""
        while True:
            watched = self._folders()
            try:
                if watched:
                    await self._hear(watched)
                    continue
            except (OSError, RuntimeError) as error:
                if str(error) != told:
                    told = str(error)
                    _log.warning("policies.watch_failed", error=told, look_every=_LOOK_EVERY)
            await asyncio.sleep(_LOOK_EVERY)

    async def _find(self) -> FilesFound | None:
        """The files as they stand; None while git writes them."""
        if await asyncio.to_thread(is_being_written, self.folder):
            return None
        return await asyncio.to_thread(find_files, self.folder, self.directory)

    async def _hear(self, watched: list[Path]) -> None:
        """Pass on what is told of these folders, until others stand in their place."""
        told = awatch(
            *watched,
            watch_filter=_may_be_an_edit,
            step=100,
            rust_timeout=int(_LOOK_EVERY * 1000),
            yield_on_timeout=True,
        )
        async with aclosing(told):
            async for changes in told:
                if changes:
                    self._changed.set()
                if self._folders() != watched:
                    return

    def _folders(self) -> list[Path]:
        """Where the files are at the moment, links followed."""
        return [
            each.resolve() for each in (self.folder, self.folder.parent / "tables") if each.is_dir()
        ]


def _may_be_an_edit(_: Change, path: str) -> bool:
    """Git's own files come and go with each fetch; what it checks out is told of by itself."""
    return ".git" not in Path(path).parts
