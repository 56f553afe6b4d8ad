"""A candidate that can't be looked through is told and costs nothing; what came of one is measured."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from structlog.testing import capture_logs

from ortoo_daemon.daemon.candidate import loading
from ortoo_daemon.daemon.candidate.comparing import Comparison
from ortoo_daemon.daemon.candidate.deciding import Candidate
from ortoo_daemon.daemon.candidate.loading import CandidateLoading
from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.watching.metrics import Exposition
from ortoo_daemon.errors import TemporaryOrgError
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, now, parts_in
from tests.policy.files import HEAD, OTHERWISE, ROOT


def loading_of(folder: Path) -> CandidateLoading:
    return CandidateLoading(
        settings=load_settings(ROOT / "config" / "ortoo.yaml").model_copy(
            update={"policy_order": ()}
        ),
        folder=folder,
        org=cast(Any, None),
        candidate=Candidate(cast(Any, None), now=now),
        now=now,
    )


def written(folder: Path) -> Path:
    folder.mkdir()
    (folder / "leads.yaml").write_text(f"{HEAD}ownership:\n{OTHERWISE}")
    return folder


@asynchronous
async def test_an_org_that_can_not_be_asked_is_asked_again_later(tmp_path, monkeypatch):
    async def busy(org, parsed):
        raise TemporaryOrgError("SERVER_UNAVAILABLE", "busy")

    monkeypatch.setattr(loading, "check_by_org", busy)
    found = loading_of(written(tmp_path / "candidate"))
    with capture_logs() as logs:
        await found.look()
        await found.look()  # not yet
    assert [each["event"] for each in logs] == ["candidate.delayed"]
    assert found.document()["why"].startswith("waits for the org: ")
    assert not found.in_order


@asynchronous
async def test_a_defect_ends_neither_the_looking_nor_the_daemon(tmp_path, monkeypatch):
    tried = asyncio.Event()

    async def breaks(org, parsed):
        tried.set()
        raise ZeroDivisionError

    monkeypatch.setattr(loading, "check_by_org", breaks)
    found = loading_of(written(tmp_path / "candidate"))
    with capture_logs() as logs:
        running = asyncio.create_task(found.run())
        await tried.wait()
        await asyncio.sleep(0)
        assert not running.done()
        running.cancel()
        await asyncio.wait([running])
    assert [each["event"] for each in logs] == ["candidate.failed", "candidate.refused"]
    assert [problem.rule for problem in found.problems] == ["defect"]


@asynchronous
async def test_a_folder_that_is_not_there_is_told_once(tmp_path):
    found = loading_of(tmp_path / "candidate")
    with capture_logs() as logs:
        await found.look()
        await found.look()
    assert [each["event"] for each in logs] == ["candidate.refused"]


@asynchronous
async def test_what_could_not_be_compared_is_counted_by_why(tmp_path):
    async with parts_in(tmp_path) as parts:
        found = parts.candidate = loading_of(tmp_path)
        found.candidate.comparison = Comparison(live="a", candidate="b", since=NOW)
        for number in (1, 2):
            found.candidate.comparison.not_compared["failed"] += 1
            text = Exposition(parts).text(View(parts=parts, at=NOW, queue=None)).decode()
            assert f'ortoo_candidate_not_compared{{why="failed"}} {number}.0' in text
