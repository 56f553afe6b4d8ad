"""How is a document left as a file for a dealer's system? Whole or not at all, and once.

It is written beside and renamed, so that nobody reads half of one; its name follows from the handoff, so that
a repetition replaces itself.
"""

import asyncio
import os
import re
from pathlib import Path

from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing

_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,80}")


class FileSender:
    """Leaves files in folders below ``folder``, one a rooftop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, outgoing: Outgoing) -> str:
        """Raises HandoffError; returns the file's name below the folder."""
        return await asyncio.to_thread(self._leave, outgoing)

    def _leave(self, outgoing: Outgoing) -> str:
        if not _FOLDER.fullmatch(outgoing.to):
            raise HandoffError("the rooftop's code can't name a folder", permanent=True)
        folder = self._folder / outgoing.to
        file, beside = folder / f"{outgoing.id}.xml", folder / f".{outgoing.id}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as written:
                written.write(outgoing.document)
                written.flush()
                os.fsync(written.fileno())
            beside.replace(file)
        except OSError as error:
            raise HandoffError(f"the file can't be written: {error.strerror or error}") from error
        return f"{outgoing.to}/{file.name}"
