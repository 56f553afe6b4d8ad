"""Which commit the daemon names for the files it has read, and when it waits for git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ortoo_daemon.daemon.loading.checkout import Commit, commit_of, is_being_written
from ortoo_daemon.daemon.loading.policy_files import find_files
from tests.git import Repository, git, needs_git

pytestmark = needs_git


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    repository = Repository.at(tmp_path / "upstream")
    repository.commit("Before", policies__leads="policy: leads\n")
    note = "Fleet from ten cars on\n\nAs agreed with everybody."
    repository.commit(note, policies__leads="policy: leads # 10\n", directory="people: {}\n")
    return repository.checkout(tmp_path / "checkout")


def commit(checkout: Path) -> Commit | None:
    folder = checkout / "policies"
    return commit_of(folder, find_files(folder).contents)


def test_the_commit_is_told_with_its_author_and_the_first_line_of_its_message(checkout):
    id_ = git(checkout, "rev-parse", "HEAD")
    found = commit(checkout)
    assert found == Commit(id=id_, author="Anna Roy", note="Fleet from ten cars on")
    assert str(found) == f"{id_[:12]} by Anna Roy: Fleet from ten cars on"


@pytest.mark.parametrize("name", ["policies/leads.yaml", "policies/new.yaml"])
def test_files_that_are_not_as_committed_are_told(checkout, name):
    (checkout / name).write_text("edited\n")
    found = commit(checkout)
    assert found is not None
    assert found.edited
    assert str(found).endswith("Fleet from ten cars on, edited since")


def test_edits_of_files_that_are_not_read_are_nobodys_business(checkout):
    (checkout / "README.md").write_text("edited\n")
    found = commit(checkout)
    assert found is not None
    assert not found.edited


def test_a_folder_outside_git_has_no_commit(tmp_path):
    (tmp_path / "policies").mkdir()
    assert commit_of(tmp_path / "policies", {}) is None
    assert not is_being_written(tmp_path / "policies")


def test_a_repository_without_a_commit_or_without_sense_has_none(tmp_path):
    Repository.at(tmp_path / "empty")
    assert commit_of(tmp_path / "empty", {}) is None
    (tmp_path / "broken" / ".git").mkdir(parents=True)
    assert commit_of(tmp_path / "broken", {}) is None


def test_a_machine_without_git_has_none(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert commit(checkout) is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_checkout_that_belongs_to_the_user_who_pulls_can_be_read(checkout):
    subprocess.run(["chown", "-R", "65534", str(checkout)], check=True)
    assert commit(checkout) is not None


def test_files_are_being_written_while_git_holds_the_index_and_for_ever_they_are_not(checkout):
    folder = checkout / "policies"
    assert not is_being_written(folder)
    lock = checkout / ".git" / "index.lock"
    lock.touch()
    assert is_being_written(folder)
    os.utime(lock, (1, 1))  # left behind by a git that was killed
    assert not is_being_written(folder)


def test_a_worktree_has_its_own_commit_and_its_own_lock(checkout, tmp_path):
    git(checkout, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "HEAD~1")
    found = commit(tmp_path / "tree")
    assert found is not None
    assert found.note == "Before"
    Path(git(tmp_path / "tree", "rev-parse", "--git-path", "index.lock")).touch()
    assert is_being_written(tmp_path / "tree" / "policies")
    assert not is_being_written(checkout / "policies")
