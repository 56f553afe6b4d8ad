"""How edits are noticed where the system says nothing, and how their outcome is told in one line."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import structlog

from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.loading import file_watch, reloading
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.last_load import LastLoad
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.reloading import Reloading
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.settings import ReloadSettings
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.work.verdicts import Finished
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, now
from tests.daemon.rig import claim_of, handler_on, policy_set, settings_in
from tests.sandbox.live import Live, live


def problem(message: str) -> Problem:
    return Problem(place=Place("leads.yaml", 3, 5), rule="unknown_key", message=message)


def test_a_refusal_is_one_line_with_its_place_and_how_many_more_there_are():
    refused = LastLoad(at=NOW, problems=(problem("no key 'onwership'"), problem("another")))
    assert refused.why == (
        "an edit was refused: leads.yaml:3:5: no key 'onwership' [unknown_key] (and 1 more)"
    )
    assert not refused.successful
    assert len(LastLoad(at=NOW, problems=(problem("x" * 5000),)).why) < 400


def test_an_edit_that_waits_is_told_and_is_no_failure():
    waiting = LastLoad(at=NOW, waiting="SERVER_UNAVAILABLE: busy")
    assert waiting.successful
    assert waiting.why == "an edit waits for the org: SERVER_UNAVAILABLE: busy"
    assert LastLoad(at=NOW).why == ""


def watch_of(folder: Path) -> FileWatch:
    return FileWatch(
        folder=folder / "policies", directory=folder / "directory.yaml", asked=asyncio.Event()
    )


def reloading_of(folder: Path) -> Reloading:
    """Its org, its store and its knowledge are not asked before files are read."""
    nothing = cast(Any, None)
    files = FilesFound(digest="d", contents={})
    return Reloading(
        org=nothing,
        queue=nothing,
        knowledge=cast(Any, SimpleNamespace(policies=Policies(policy_set()))),
        sweeping=nothing,
        notifier=Notifier(None),
        watch=watch_of(folder),
        settings_watch=SettingsWatch(settings_in(folder)),
        start=StartFiles(
            settings=cast(Any, SimpleNamespace(reload=ReloadSettings())),
            files=files,
            policies=policy_set(),
            mapping=DirectoryMapping(),
            commit=None,
            proven=True,
            seen="d",
        ),
        now=now,
        last_at_start=LastLoad(at=NOW),
        shadow=True,
    )


@asynchronous
async def test_a_system_without_watches_is_told_of_once_and_files_are_looked_at_by_time(
    tmp_path, monkeypatch
):
    tries, looks, often = Counter(), Counter(), asyncio.Event()

    def none_left(*_, **__):
        tries["watch"] += 1
        raise OSError("no more inotify watches")

    async def look(self):
        looks["look"] += 1
        if tries["watch"] > 2 and looks["look"] > 2:
            often.set()

    (tmp_path / "policies").mkdir()
    monkeypatch.setattr(file_watch, "awatch", none_left)
    monkeypatch.setattr(file_watch, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(Reloading, "look", look)
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(reloading_of(tmp_path).run())
        async with asyncio.timeout(10):
            await often.wait()
        task.cancel()
        await asyncio.wait([task])
    (told,) = logs
    assert (told["event"], told["error"]) == ("policies.watch_failed", "no more inotify watches")


@asynchronous
async def test_a_defect_that_an_edit_brings_to_light_ends_nothing(tmp_path, monkeypatch):
    def broken(*_):
        raise RecursionError("too deep")

    monkeypatch.setattr(reloading, "parse_anew", broken)
    (tmp_path / "policies").mkdir()
    (tmp_path / "directory.yaml").touch()
    running = reloading_of(tmp_path)
    with structlog.testing.capture_logs() as logs:
        await running.look()
    assert [line["event"] for line in logs] == ["policies.reload_failed"]
    assert "RecursionError" in running.last.why
    assert not running.last.successful


@live()
async def test_a_record_in_hand_is_finished_by_the_policies_it_was_begun_with(live: Live) -> None:
    after = Policies(policy_set(policy="others"))
    async with handler_on(live) as handler:
        read = handler.org.reader.read

        async def read_while_policies_change(*given):
            record = await read(*given)
            handler.knowledge.policies = after
            return record

        handler.org.reader.read = read_while_policies_change
        for policy in ("leads", "others"):
            lead = live.lead()
            assert await handler.handle(claim_of(lead)) == Finished("rule")
            (proof,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)
            assert proof["Policy__c"] == policy
