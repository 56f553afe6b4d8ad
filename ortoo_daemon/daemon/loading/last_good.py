"""Which files were in force last, should those on disk be wrong when the daemon starts?

Kept in the daemon's own store whenever files pass everything that is asked of an edit. Only a copy: what
is on disk comes first as long as it is in order, and losing the store loses no decision.
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from ortoo_daemon import __version__
from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.loading.policy_files import FilesFound, files_of
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.policies")

_NAME = "last_good_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """Files that passed, when, and by which version of this program.

    ``returned_from`` is the digest of an edit of theirs that was taken back, ``returned_why`` its reason:
    empty where none was.
    """

    files: FilesFound
    commit: Commit | None
    passed_at: datetime
    version: str = __version__
    returned_from: str = ""
    returned_why: str = ""

    @property
    def seen_by_this_version(self) -> bool:
        """Whether what passed would pass again, as far as the program goes."""
        return self.version == __version__


async def keep_last_good(queue: WorkQueue, good: LastGood) -> None:
    """Make the files those that the next start may fall back on. Raises StateError."""
    await queue.note(_NAME, _packed(good))


async def read_last_good(queue: WorkQueue) -> LastGood | None:
    """None when no files ever passed, or what was kept can't be read. Raises StateError."""
    text = await queue.noted(_NAME)
    if text is None:
        return None
    try:
        return _unpacked(text)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        _log.error("policies.last_good_unreadable", error=f"{type(error).__name__}: {error}")
        return None


def _packed(good: LastGood) -> str:
    document = {
        "contents": {name: _text(data) for name, data in good.files.contents.items()},
        "directory": _named(good.files.directory),
        "commit": asdict(good.commit) if good.commit else None,
        "passed_at": instant_text(good.passed_at),
        "version": good.version,
        "returned_from": good.returned_from,
        "returned_why": good.returned_why,
    }
    return base64.b64encode(zlib.compress(json.dumps(document).encode(), 6)).decode("ascii")


def _unpacked(text: str) -> LastGood:
    document = json.loads(zlib.decompress(base64.b64decode(text)))
    contents = {name: _bytes(data) for name, data in document["contents"].items()}
    name, data = document["directory"]
    passed_at = instant(document["passed_at"])
    if passed_at is None:
        raise ValueError("it does not say when it passed")
    return LastGood(
        files=files_of(contents, (name, _bytes(data))),
        commit=Commit(**document["commit"]) if document["commit"] else None,
        passed_at=passed_at,
        version=document["version"],
        returned_from=document.get("returned_from", ""),
        returned_why=document.get("returned_why", ""),
    )


def _named(directory: tuple[str, bytes] | None) -> tuple[str, str]:
    if directory is None:
        raise ValueError("files are kept with the directory file that they were checked with")
    return directory[0], _text(directory[1])


def _text(data: bytes) -> str:
    """Any bytes as text that JSON gives back unchanged."""
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
