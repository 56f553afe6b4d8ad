"""What the pull of policies does with a checkout, and what it says where it can do nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.git import Repository, git, needs_git

PULL = Path(__file__).parents[2] / "systemd" / "ortoo-policies-pull"
pytestmark = needs_git


def pull(folder: Path) -> tuple[int, str]:
    """The exit code, and everything that was said."""
    done = subprocess.run(
        [str(PULL), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )
    return done.returncode, done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository.at(tmp_path / "upstream")
    found.commit("First policies", policies__leads="policy: leads\n")
    return found


@pytest.fixture
def checkout(repository: Repository, tmp_path: Path) -> Path:
    return repository.checkout(tmp_path / "checkout")


def test_a_new_commit_is_pulled_and_named_with_its_author(repository, checkout):
    repository.commit("Fleet from ten cars on", policies__leads="policy: leads # 10\n")
    code, said = pull(checkout)
    assert code == 0
    assert "Anna Roy: Fleet from ten cars on" in said
    assert (checkout / "policies" / "leads.yaml").read_text() == "policy: leads # 10\n"


def test_where_nothing_is_new_nothing_is_said(checkout):
    assert pull(checkout) == (0, "")


@pytest.mark.parametrize("name", ["policies/leads.yaml", "policies/mine.yaml"])
def test_files_edited_on_the_machine_are_named_and_kept_and_nothing_is_pulled(
    repository, checkout, name
):
    repository.commit("Another file", policies__cases="policy: cases\n")
    (checkout / name).write_text("edited: here\n")
    code, said = pull(checkout)
    assert code == 1
    assert name in said
    assert "stash" in said
    assert (checkout / name).read_text() == "edited: here\n"
    assert not (checkout / "policies" / "cases.yaml").exists()


def test_a_history_that_was_rewritten_upstream_is_not_merged_and_the_way_out_is_told(
    repository, checkout
):
    head = git(checkout, "rev-parse", "HEAD")
    git(repository.upstream, "commit", "--quiet", "--amend", "--message", "Another history")
    code, said = pull(checkout)
    assert code == 1
    assert "can't be moved forward" in said
    assert "reset --hard" in said
    assert git(checkout, "rev-parse", "HEAD") == head


def test_a_repository_that_can_not_be_reached_is_told_of(repository, checkout):
    repository.upstream.rename(repository.upstream.with_name("gone"))
    code, said = pull(checkout)
    assert code == 1
    assert "can't fetch" in said


def test_a_folder_that_is_no_checkout_is_told_with_how_to_make_one(tmp_path):
    code, said = pull(tmp_path)
    assert code == 1
    assert "git clone" in said


def test_a_checkout_of_a_commit_instead_of_a_branch_is_told(checkout):
    git(checkout, "checkout", "--quiet", "--detach")
    code, said = pull(checkout)
    assert code == 1
    assert "is on no branch" in said


def test_a_branch_that_follows_none_is_told(checkout):
    git(checkout, "checkout", "--quiet", "-b", "own")
    code, said = pull(checkout)
    assert code == 1
    assert "--set-upstream-to" in said


def test_no_hook_of_the_checkout_is_run(repository, checkout, tmp_path):
    hook = checkout / ".git" / "hooks" / "post-merge"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    repository.commit("New", policies__leads="policy: leads # new\n")
    assert pull(checkout)[0] == 0
    assert not (tmp_path / "ran").exists()
