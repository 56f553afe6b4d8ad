"""Real git repositories for tests: a shared one, and checkouts of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Anna Roy",
    "GIT_AUTHOR_EMAIL": "anna@admins.example",
    "GIT_COMMITTER_NAME": "Git's web page",
    "GIT_COMMITTER_EMAIL": "web@git.example",
}


def git(folder: Path, *arguments: str) -> str:
    """What git says; fails with its words."""
    done = subprocess.run(
        [str(GIT), "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, **_ENVIRONMENT},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Repository:
    """``upstream`` is where admins commit; `checkout` makes what the daemon reads."""

    upstream: Path

    @classmethod
    def at(cls, folder: Path) -> Repository:
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch", "main")
        return cls(folder)

    def commit(self, note: str, **files: str) -> str:
        """An admin's commit of whole files; the commit's id. ``__`` in a name stands for a slash."""
        for name, text in files.items():
            path = self.upstream / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git(self.upstream, "add", "--all")
        git(self.upstream, "commit", "--quiet", "--message", note)
        return git(self.upstream, "rev-parse", "HEAD")

    def checkout(self, folder: Path) -> Path:
        git(self.upstream, "clone", "--quiet", str(self.upstream), str(folder))
        return folder
