"""What stands in the metrics about budgets, SLA steps and parked records, as it changes."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.parts import Parts, looked_at
from ortoo_daemon.daemon.reviewing import ParkedCensus
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.daemon.watching.metrics import Exposition
from ortoo_daemon.directory import Directory
from ortoo_daemon.salesforce.allocations import Allocation, AllocationUse
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.sweeps.sla import Outlook
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, now, parts_in
from tests.daemon.rig import DIRECTORY
from tests.world import an_id

MINUTE = timedelta(minutes=1)


def sweeping_of(parts: Parts) -> Sweeping:
    knowledge = Knowledge(
        policies=Policies(parts.policies),
        directory=Directory(),
        ledger=Ledger(),
        daemon_user=an_id("005", 1),
    )
    roster = DirectoryReader(parts.org, read_directory_mapping(DIRECTORY))
    sweeping = Sweeping(parts.org, parts.queue, knowledge, roster, now=now)
    sweeping.plan(SweepSettings(), shadow=False)
    return sweeping


async def shown(parts: Parts) -> dict[str, float]:
    """The samples of our own, by name and labels."""
    text = Exposition(parts).text(await looked_at(parts, NOW)).decode()
    found = re.findall(r"^(ortoo_(?:budget|sla|parked)_\S+) (\S+)$", text, re.M)
    return {name: float(value) for name, value in found}


@asynchronous
async def test_budgets_are_shown_with_their_levels_and_ends(tmp_path: Path) -> None:
    async with parts_in(tmp_path) as parts:
        assert await shown(parts) == {}, "what the org has not told is not shown"
        calls = parts.budgets.budgets[Allocation.API_CALLS]
        for minute in range(21):  # from 600 by ten a minute: the end comes after twenty more
            calls.note(AllocationUse(used=600 + 10 * minute, allowed=1000), NOW + minute * MINUTE)
        ends = (NOW + 40 * MINUTE).timestamp()
        name = 'ortoo_budget_{}{{budget="api_calls"}}'
        assert await shown(parts) == {
            name.format("used"): 800,
            name.format("allowed"): 1000,
            name.format("level"): 1,
            name.format("runs_out_timestamp_seconds"): ends,
        }
        calls.note(AllocationUse(used=980, allowed=2000), NOW + 21 * MINUTE)
        after = await shown(parts)
        assert after[name.format("level")] == 0
        assert after[name.format("runs_out_timestamp_seconds")] > ends
        calls.note(AllocationUse(used=10, allowed=2000), NOW + 22 * MINUTE)
        assert name.format("runs_out_timestamp_seconds") not in await shown(parts)


@asynchronous
async def test_due_steps_and_parked_records_are_shown_as_they_were_last_counted(
    tmp_path: Path,
) -> None:
    async with parts_in(tmp_path) as parts:
        parts.sweeping = sweeping = sweeping_of(parts)
        assert await shown(parts) == {}
        assert sweeping.reviewing is not None
        sweeping.outlook = Outlook(at=NOW, overdue=2, soon=40)
        parked_at = NOW - timedelta(days=3)
        sweeping.reviewing.census = ParkedCensus(
            at=NOW, by_reason={"no_phone": 7, "no_target": 1}, oldest_at=parked_at
        )
        assert await shown(parts) == {
            'ortoo_sla_steps_due{when="overdue"}': 2,
            'ortoo_sla_steps_due{when="soon"}': 40,
            'ortoo_parked_records{reason="no_phone"}': 7,
            'ortoo_parked_records{reason="no_target"}': 1,
            "ortoo_parked_oldest_timestamp_seconds": parked_at.timestamp(),
        }
        sweeping.reviewing.census = ParkedCensus(at=NOW, by_reason={"no_phone": 1}, oldest_at=NOW)
        after = await shown(parts)
        assert after["ortoo_parked_oldest_timestamp_seconds"] == NOW.timestamp()
        assert 'ortoo_parked_records{reason="no_target"}' not in after
