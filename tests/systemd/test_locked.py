"""What is installed for the daemon is locked, and is what it needs and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def locked(purpose: str, constraints: Path = ROOT / "constraints.txt") -> str:
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "systemd" / "locked.py"),
            purpose,
            str(ROOT / "pyproject.toml"),
            str(constraints),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return done.stdout


def names(requirements: str) -> set[str]:
    return {match.lower() for match in re.findall(r"^([\w.-]+)==", requirements, re.M)}


def needed_by(package: str) -> set[str]:
    """What an installed package needs whatever the machine, by its own metadata."""
    found = [each for each in requires(package) or () if ";" not in each]
    return {re.split(r"[^\w.-]", each)[0].lower().replace("_", "-") for each in found}


def test_everything_that_the_daemon_needs_is_locked_down_to_the_last_package():
    run = names(locked("run"))
    assert {"aiohttp", "pydantic-core", "psycopg-binary", "typer"} <= run
    for package in run:
        assert needed_by(package) <= run, package


def test_nothing_that_only_developers_need_is_installed():
    assert not names(locked("run")) & {"pytest", "mypy", "ruff", "hypothesis", "hatchling"}


def test_every_line_is_pinned_with_hashes():
    for purpose in ("run", "build"):
        text = locked(purpose)
        assert text.count("==") == len(names(text))
        for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]:
            assert "--hash=sha256:" in block


def test_a_lock_that_lacks_a_package_says_so(tmp_path):
    stale = tmp_path / "constraints.txt"
    stale.write_text("aiohttp==3.14.5 --hash=sha256:00\n")
    with pytest.raises(ValueError, match=r"lacks .*typer.*make constraints"):
        locked("run", stale)
