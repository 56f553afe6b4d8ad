"""A file with a secret in it is the daemon's own, or it is not used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.daemon import secrets
from ortoo_daemon.errors import ConfigError

STRANGER = 54321


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return path


def read(path: Path) -> str:
    return secrets._read_secret(path, may_be_open=False)


def of_a_stranger(found: os.stat_result) -> os.stat_result:
    values: list[Any] = list(found)
    values[4] = STRANGER
    return os.stat_result(values)


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as error:
        read(path)
    assert "s3cret" not in str(error.value)
    return str(error.value)


def test_a_file_of_ones_own_and_a_link_to_it_are_read(key: Path) -> None:
    link = key.with_name("link")
    link.symlink_to(key)
    assert read(key) == read(link) == "s3cret"


def test_a_key_that_belongs_to_somebody_else_is_refused(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fstat = os.fstat
    monkeypatch.setattr(secrets.os, "fstat", lambda file: of_a_stranger(fstat(file)))
    assert "belongs to another user" in refused(key)


def test_a_link_that_somebody_else_made_is_refused(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lstat = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda path: of_a_stranger(lstat(path)))
    assert "this link belongs to another user" in refused(key)


def test_a_link_to_a_file_that_others_can_read_is_refused(key: Path) -> None:
    key.chmod(0o644)
    link = key.with_name("link")
    link.symlink_to(key)
    assert "other users" in refused(link)


def test_what_is_no_file_of_text_is_refused_at_once(key: Path) -> None:
    pipe = key.with_name("pipe")
    os.mkfifo(pipe, 0o600)
    assert "is no file" in refused(pipe)
    assert "is no file" in refused(key.parent)
    key.write_bytes(b"\xff\xfe\x00")
    assert "is no text" in refused(key)
    key.write_text("x" * 100_000)
    assert "is longer than" in refused(key)
