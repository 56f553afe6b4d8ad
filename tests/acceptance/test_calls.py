"""What the org gets from the daemon, call by call, while tokens, answers and gateways fail."""

from __future__ import annotations

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import wait_until

OWNER_WRITES = "/composite(/sobjects)?$"
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
PROOFS = "composite/sobjects/Ortoo_Decision__c"


def test_no_write_lets_the_assignment_rule_act_whatever_fails(network: Network) -> None:
    """The rule would give every lead to the dispatcher; not one write may let it."""
    sandbox = network.sandbox
    rule = {"object": "Lead", "owner": seed.DISPATCHER_USER_ID}
    sandbox.control("POST", "/assignment-rule", rule)
    before = sandbox.last_call()
    with network.daemon() as daemon:
        daemon.until_ready()
        for path in (OWNER_WRITES, PROOFS):
            sandbox.fault("lost_response", path=path, times=2)
            sandbox.fault("error", path=path, status=503, body="<html>Busy</html>", times=2)
            sandbox.fault("error", path=path, status=401, body=EXPIRED, times=2)
        ids = network.leads(40)
        wait_until(lambda: sandbox.writes(before), 20, "a write")
        sandbox.control("POST", "/sessions/revoke", {})
        ids += network.leads(100)
        network.until_routed(ids, 25)
        sandbox.control("POST", "/sessions/revoke", {})
        ids += network.leads(1)
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    sandbox.control("POST", "/assignment-rule", {**rule, "owner": None})
    writes = [each for each in sandbox.writes(before) if each["rows"]]
    assert {0, 401, 503} <= {each["status"] for each in writes}
    assert any("/sobjects/Lead/" in each["path"] for each in writes), "no composite subrequest"
    assert [each for each in writes if not each["guarded"]] == []
    network.assert_routed_once(ids)
