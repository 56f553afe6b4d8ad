"""What stands between the daemon and the org answers in its place, or the org of a record before it shows it.

No record is taken for gone, or parked, for what was said of no record; and none waits for a sweep.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.network import Network

READ = "query.*LastModifiedById.*FROM.{1,3}Lead.*Id.{1,3}IN"
WRITE = "/composite(/sobjects)?/?$"
PROOF = "/composite/sobjects/Ortoo_Decision__c"
PAGE = "<html><head><title>URL No Longer Exists</title></head><body>Sorry</body></html>"
NOT_FOUND = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
DISABLED = [{"errorCode": "API_CURRENTLY_DISABLED", "message": "API is temporarily disabled"}]
NOBODY = {"totalSize": 0, "done": True, "records": []}
CURSOR = "/services/data/v66.0/query/01gGONE-2000"

ANSWERS: tuple[dict[str, Any], ...] = (
    {"path": READ, "status": 404, "body": PAGE},
    {"path": READ, "status": 200, "body": NOBODY},
    {"path": READ, "status": 200, "body": {**NOBODY, "done": False, "nextRecordsUrl": CURSOR}},
    {"path": WRITE, "status": 404, "body": PAGE},
    {"path": WRITE, "status": 404, "body": NOT_FOUND},
    {"path": WRITE, "status": 403, "body": PAGE},
    {"path": WRITE, "status": 403, "body": DISABLED},
    {"path": PROOF, "status": 404, "body": NOT_FOUND},
)


@pytest.mark.timeout(120)
def test_an_answer_that_is_of_no_record_costs_none(network: Network) -> None:
    """One after the other, in the place of the org's own answer."""
    sandbox, every = network.sandbox, []
    settings = {"sweeps": {"reconcile_every": "1h"}}
    with network.daemon(settings=settings) as daemon:
        daemon.until_ready()
        daemon.until_logged("sweep.reconcile")
        for answer in ANSWERS:
            met = sandbox.fault("error", times=1, **answer)
            ids = network.leads(2)
            network.until_proven(ids)
            faults = {each["id"] for each in sandbox.control("GET", "/faults")["faults"]}
            assert met not in faults, f"never met: {answer}"
            every += ids
        gone = daemon.events("record_gone")
        assert daemon.terminate() == 0
    assert gone == []
    network.assert_routed_once(every)
    assert {lead["Ortoo_Parked__c"] for lead in network.read(every).values()} == {None}


def test_a_token_that_the_org_moved_away_from_is_replaced_and_the_calls_go_where_it_says(
    network: Network,
) -> None:
    """The org was moved: its former address leads elsewhere, and the next login tells where it is."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        moved = {"status": 302, "body": "", "headers": {"Location": "https://login.example/"}}
        fault = sandbox.fault("error", path="composite", times=None, **moved)
        (lead,) = network.leads(1)
        waiting = daemon.until_logged("records.waiting")
        assert waiting["code"] == "ERROR_HTTP_302"
        assert len(daemon.events("org.logged_in")) > 1
        sandbox.control("DELETE", f"/faults/{fault}")
        network.until_routed([lead])
        secret = sandbox.about["client_secret"].encode()
        assert secret not in Path(f"/proc/{daemon.process.pid}/cmdline").read_bytes()
        assert daemon.terminate() == 0
    network.assert_routed_once([lead])
    kept = [daemon.log, *network.folder.glob("state.db*")]
    assert [file.name for file in kept if secret in file.read_bytes()] == []
