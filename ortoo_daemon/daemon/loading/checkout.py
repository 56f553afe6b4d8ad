"""Whose commit do the policies come from, where their folder is a Git checkout?

Asks git with plumbing commands only, which run no hook, filter or other program that a repository's own
configuration names. Never changes the checkout.
"""

import hashlib
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ANSWERS_WITHIN = 5.0
_LOCK_IS_STALE_AFTER = 60.0
_LONGEST_NOTE = 255
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as its author left it. ``edited``: the files that were read are not all as it holds them."""

    id: str
    author: str
    note: str
    edited: bool = False

    def __str__(self) -> str:
        edited = ", edited since" if self.edited else ""
        return f"{self.id[:12]} by {self.author}: {self.note}{edited}"


def commit_of(folder: Path, contents: Mapping[str, bytes]) -> Commit | None:
    """The commit that is checked out; None where the folder is no checkout, or git does not say.

    ``contents`` are the files that were read, by path. Blocks for as long as git takes, seconds at most.
    """
    top = _top(folder)
    if top is None:
        return None
    try:
        head = _git(top, "cat-file", "--batch", asked=b"HEAD\n")
        first, _, rest = head.partition(b"\n")
        id_, kind, size = first.decode().split(" ")
        if kind != "commit":
            return None
        held = _blobs(_git(top, "ls-tree", "-r", "-z", "--full-tree", id_))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    text = rest[: int(size)].decode("utf-8", "replace")
    return Commit(
        id=id_,
        author=_author(text),
        note=_note(text),
        edited=any(_is_other(Path(name), data, top, held) for name, data in contents.items()),
    )


def is_being_written(folder: Path) -> bool:
    """Whether git is at the files at this moment: it holds the index while it checks out."""
    top = _top(folder)
    if top is None:
        return False
    try:
        written_at = (_git_folder(top) / "index.lock").stat().st_mtime
    except OSError:
        return False
    # A git that was killed leaves its lock for ever.
    return time.time() - written_at < _LOCK_IS_STALE_AFTER


def _top(folder: Path) -> Path | None:
    """The nearest folder above that holds a ``.git``."""
    folder = folder.resolve()
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def _git_folder(top: Path) -> Path:
    """Where git keeps its own files: in a worktree or submodule ``.git`` is a file that says where."""
    git = top / ".git"
    if git.is_dir():
        return git
    named = git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    return top / named


def _git(top: Path, *arguments: str, asked: bytes = b"") -> bytes:
    """What git answers. Raises OSError or SubprocessError."""
    # The checkout may belong to the user who pulls: reading it is harmless with these commands.
    command = ["git", "-c", "safe.directory=*", "-C", str(top), *arguments]
    done = subprocess.run(
        command,
        input=asked,
        capture_output=True,
        check=True,
        timeout=_ANSWERS_WITHIN,
        env={**os.environ, **_QUIET},
    )
    return done.stdout


def _blobs(listing: bytes) -> dict[str, str]:
    """Ids of blobs by path from the checkout's top."""
    found = {}
    for line in listing.split(b"\0"):
        about, tab, path = line.partition(b"\t")
        if tab:
            found[os.fsdecode(path)] = about.decode().split(" ")[2]
    return found


def _is_other(path: Path, data: bytes, top: Path, held: Mapping[str, str]) -> bool:
    """Whether a file of the checkout is not what the commit holds. Files beside it say nothing."""
    path = path.resolve()
    if not path.is_relative_to(top):
        return False
    id_ = held.get(path.relative_to(top).as_posix(), "")
    kind = hashlib.sha256 if len(id_) == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(data) + data).hexdigest() != id_


def _author(commit: str) -> str:
    """The author's name, without address and time."""
    line = next((each for each in commit.splitlines() if each.startswith("author ")), "author ?")
    return line.removeprefix("author ").partition(" <")[0][:_LONGEST_NOTE]


def _note(commit: str) -> str:
    """The message's first line."""
    message = commit.partition("\n\n")[2].lstrip("\n")
    return message.partition("\n")[0].strip()[:_LONGEST_NOTE]
