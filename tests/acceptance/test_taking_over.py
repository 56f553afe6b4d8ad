"""A leader dies between two effects of its decisions: who takes over ends them, each once, and at once."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from shutil import copytree

import pytest

from tests.acceptance.network import Network
from tests.acceptance.test_many_daemons import daemons_on
from tests.acceptance.test_notices import bells
from tests.processes import ROOT, Row, wait_until
from tests.work.postgres import PostgresServer

SEAMS = {
    "before it is shared": {"path": "sobjects/LeadShare"},
    "before its proof": {"path": "composite/sobjects/Ortoo_Decision__c"},
    "before it is written": {"path": "/composite", "holding": '"Ortoo_Decision_Key__c":'},
}
"""Calls at which the leader stands when it dies, each with a record of its own. They arrive: the org carries
them out when nobody is there any more to hear of it."""


def shares(network: Network, ids: list[str]) -> list[Row]:
    where = ("Id", "LeadId", "RowCause")
    rows = network.sandbox.rows_of("LeadShare", where, ids, "LeadId")
    return [row for row in rows if row["RowCause"] == "Manual"]


@pytest.mark.timeout(120)
def test_who_takes_over_ends_what_a_dead_leader_had_begun_at_every_seam(
    network: Network, postgres: PostgresServer
) -> None:
    sandbox = network.sandbox
    action = {"notify": "owner", "share": {"with": {"group": "Launch_Partners"}}}
    leader, other = daemons_on(postgres, network, 2, policy={"action": action})
    for each in (leader, other):
        copytree(ROOT / "config" / "templates", each.log.parent / "templates")
    with ExitStack() as running:
        running.enter_context(leader).until_ready(60)
        ids = []
        for members in SEAMS.values():
            held = sandbox.fault("hold", times=1, **members)
            ids += network.leads(1)
            sandbox.until_met(held)
        running.enter_context(other).until_logged("service.ready", 60)
        assert not other.events("leadership.taken")
        leader.kill()
        killed_at = time.monotonic()
        sandbox.heal()
        network.until_routed(ids)
        wait_until(lambda: len(bells(network, ids)) >= len(ids), 40, "everybody is told")
        print(f"everybody told {time.monotonic() - killed_at:.1f} s after the kill")
        assert other.until_logged("leadership.taken")["epoch"] == 2
        assert other.terminate() == 0
    network.assert_routed_once(ids)
    assert Counter(bell["target"] for bell in bells(network, ids)) == Counter(ids)
    assert Counter(row["LeadId"] for row in shares(network, ids)) == Counter(ids)
