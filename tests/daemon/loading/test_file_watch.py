"""Which files an edit is made of, and that a half-written one is none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from watchfiles import Change

from ortoo_daemon.daemon.loading import file_watch
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from tests.asynchronous import asynchronous
from tests.git import Repository, git, needs_git

FILES = 400


@pytest.fixture
def watch(tmp_path: Path) -> FileWatch:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "leads.yaml").write_text("policy: leads\n")
    (tmp_path / "directory.yaml").write_text("people: {}\n")
    return FileWatch(
        folder=tmp_path / "policies", directory=tmp_path / "directory.yaml", asked=asyncio.Event()
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "_SETTLES_WITHIN", 0.01)


@asynchronous
async def test_files_that_stand_still_are_told_with_the_directory_file(watch, quick):
    found = await watch.settled("")
    assert found is not None
    assert list(found.contents.values()) == [b"policy: leads\n"]
    assert found.directory == (watch.directory.as_posix(), b"people: {}\n")
    before = found.digest
    watch.directory.write_text("people: {from: User}\n")
    after = await watch.settled(before)
    assert after is not None
    assert after.digest != before


@asynchronous
async def test_files_that_never_stand_still_are_not_told(watch, quick, monkeypatch):
    number = 0
    find = file_watch.find_files

    def find_and_change(*given):
        nonlocal number
        number += 1
        (watch.folder / "leads.yaml").write_text(f"policy: leads # {number}\n")
        return find(*given)

    monkeypatch.setattr(file_watch, "find_files", find_and_change)
    assert await watch.settled("") is None


@asynchronous
async def test_files_that_git_is_writing_are_not_told_however_still_they_stand(watch, quick):
    (watch.folder.parent / ".git").mkdir()
    lock = watch.folder.parent / ".git" / "index.lock"
    lock.touch()
    assert await watch.settled("") is None
    lock.unlink()
    assert await watch.settled("") is not None


@needs_git
@asynchronous
async def test_a_pull_of_many_files_is_seen_whole_or_not_at_all(tmp_path, quick):
    """The files of each commit say which one they are of."""
    repository = Repository.at(tmp_path / "upstream")
    commits = []
    for word in ("old", "new"):
        files = {f"policies__p{number}": word * 500 for number in range(FILES)}
        commits.append(repository.commit(word, directory="people: {}\n", **files))
    checkout = repository.checkout(tmp_path / "checkout")
    git(checkout, "reset", "--quiet", "--hard", commits[0])
    watch = FileWatch(
        folder=checkout / "policies", directory=checkout / "directory.yaml", asked=asyncio.Event()
    )
    pulling = asyncio.create_task(
        asyncio.to_thread(git, checkout, "merge", "--quiet", "--ff-only", commits[1])
    )
    seen = set()
    async with asyncio.timeout(60):
        while "new" not in seen:
            found = await watch.settled("")
            if found is not None:
                assert len(found.contents) == FILES
                words = {data[:3].decode() for data in found.contents.values()}
                assert len(words) == 1, "two commits at once"
                seen |= words
    await pulling


def test_what_git_does_for_itself_is_no_sign_of_an_edit_and_a_swapped_config_map_is_one():
    is_sign = file_watch._may_be_an_edit
    assert not is_sign(Change.modified, "/etc/ortoo/policies/.git/FETCH_HEAD")
    assert is_sign(Change.modified, "/etc/ortoo/policies/leads.yaml")
    assert is_sign(Change.added, "/etc/ortoo/policies/..data")
