"""Decision records that are old enough go from a live sandbox org to the archive, whole chains of them."""

from __future__ import annotations

import gzip
import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.archive import Archive
from ortoo_daemon.daemon.archiving import Archiving
from ortoo_daemon.daemon.asking.verifying import verify
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.errors import StateError, TemporaryOrgError
from ortoo_daemon.records import WorkReason
from tests.daemon.rig import claim_of, handler_on, now
from tests.sandbox.live import Live, live

KEEP, LATER = timedelta(days=90), timedelta(days=91)
ALL = ["Lead"]


async def decided(live: Live, handler: Handler, *, times: int = 1) -> str:
    lead = live.lead()
    await handler.handle(claim_of(lead))
    for number in range(1, times):
        await again(handler, lead, number)
    return lead


async def again(handler: Handler, lead: str, number: int) -> None:
    asked = claim_of(lead, reason=WorkReason.REQUEUED, entry=f"requeue-{number}")
    await handler.handle(asked)


def in_spring() -> datetime:
    return now() + LATER


async def spring(live: Live) -> None:
    """So much later that what was decided before need not be kept."""
    await live.control("/clock", {"shift_seconds": LATER.total_seconds()})


def archiving(handler: Handler, folder: Path) -> Archiving:
    return Archiving(handler.org, Archive(folder), keep=KEEP, now=in_spring)


def left(live: Live, lead: str) -> list[dict[str, Any]]:
    return live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in folder.glob("*.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def rewrite(folder: Path, content: bytes) -> None:
    (path,) = folder.glob("*.gz")
    path.write_bytes(content)


def test_records_all_of_whose_decisions_are_old_go_and_their_chains_stay_whole(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "archive"

    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            old = await decided(live, handler, times=2)
            living = await decided(live, handler)
            await spring(live)
            await again(handler, living, 1)
            await archiving(handler, folder).run()
            assert left(live, old) == []
            assert len(left(live, living)) == 2, "its last decision is new"
            found = await verify(handler.org, ALL, now=in_spring(), archive=Archive(folder))
            assert (found.broken, found.decisions) == ((), 4)
            alone = await verify(handler.org, ALL, now=in_spring())
            assert [each.record for each in alone.broken] == [old], "the lead names its decision"
            await again(handler, old, 7)
            found = await verify(handler.org, ALL, now=in_spring(), archive=Archive(folder))
            assert found.broken == (), "a chain in the org begins anew"

    scenario()
    kept = lines(folder)
    assert len(kept) == 2
    assert all("Trace__c" not in row and "Facts__c" not in row for row in kept)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*")} == {0o600}


def test_what_was_changed_in_the_archive_shows(tmp_path: Path) -> None:
    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            await decided(live, handler)
            await spring(live)
            await archiving(handler, tmp_path).run()
            (row,) = lines(tmp_path)
            rewrite(tmp_path, gzip.compress(json.dumps({**row, "Owner_After__c": "x"}).encode()))
            found = await verify(handler.org, ALL, now=in_spring(), archive=Archive(tmp_path))
            assert ["was changed" in each.what for each in found.broken] == [True]
            rewrite(tmp_path, b"no gzip")
            with pytest.raises(StateError, match=r"decisions-.*can't be read"):
                await verify(handler.org, ALL, now=in_spring(), archive=Archive(tmp_path))

    scenario()


@pytest.mark.parametrize("left", [1, 30])
def test_what_was_written_half_before_a_kill_costs_nothing_of_the_archive(
    tmp_path: Path, left: int
) -> None:
    """It was not deleted in the org, and comes again."""
    first, second = ({"Ortoo_Key__c": key, "Decided_At__c": "2026-11-23"} for key in "ab")
    Archive(tmp_path).add([first], now="2027-03-01T00:00:00Z")
    (path,) = tmp_path.glob("*.gz")
    whole = path.read_bytes()
    path.write_bytes(whole + gzip.compress(json.dumps(second).encode())[:left])
    again = Archive(tmp_path)
    with capture_logs() as logs:
        again.add([second], now="2027-03-01T01:00:00Z")
        again.add([{**first, "Ortoo_Key__c": "c"}], now="2027-03-01T02:00:00Z")
    assert [(log["event"], log["bytes"]) for log in logs] == [("archive.mended", left)]
    assert [row["Ortoo_Key__c"] for row in Archive(tmp_path).rows()] == ["a", "b", "c"]


def test_a_disk_that_is_full_leaves_no_half_of_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, row = Archive(tmp_path), {"Ortoo_Key__c": "a", "Decided_At__c": "2026-11-23"}
    archive.add([row], now="2027-03-01T00:00:00Z")
    (path,) = tmp_path.glob("*.gz")
    whole = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("ortoo_daemon.daemon.archive.os.fsync", full)
        with pytest.raises(StateError, match="No space left"):
            archive.add([row], now="2027-03-01T01:00:00Z")
    assert path.read_bytes() == whole


def test_a_deletion_that_failed_is_made_up_for_and_no_decision_counts_twice(
    tmp_path: Path,
) -> None:
    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            lead = await decided(live, handler)
            await spring(live)
            sweep = archiving(handler, tmp_path)
            fault = {"kind": "error", "path": "DELETE|composite/sobjects", "status": 503}
            made = await live.control("/faults", {**fault, "body": "", "times": None})
            with pytest.raises(TemporaryOrgError):
                await sweep.run()
            assert len(left(live, lead)) == 1
            await live.control(f"/faults/{made['id']}", method="DELETE")
            await sweep.run()
            assert left(live, lead) == []
            assert len(lines(tmp_path)) == 2
            assert len(list(Archive(tmp_path).rows())) == 1

    scenario()


def test_nothing_leaves_the_org_where_the_archive_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            lead = await decided(live, handler)
            await spring(live)
            with pytest.raises(StateError, match="can't be written"):
                await archiving(handler, in_the_way).run()
            assert len(left(live, lead)) == 1

    scenario()
