"""Sessions end, streams break, positions expire, logins fail: nothing is lost, nothing done twice."""

from __future__ import annotations

from tests.acceptance.network import Network

STREAM = "/cometd/"


def test_leads_made_while_the_stream_is_down_are_routed_once(network: Network) -> None:
    """The org forgot the client (403 Unknown client); the next session resumes where the last ended."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(5)
        network.until_routed(ids)
        for _ in range(2):
            sandbox.control("POST", "/streams/drop")
            ids += network.leads(5)
        network.until_routed(ids)
        assert daemon.terminate() == 0
        reasons = {line["way_in"] for line in daemon.events("record_handled")}
    network.assert_routed_once(ids)
    assert reasons == {"created"}, "found by a sweep, not by the stream"


def test_leads_behind_an_expired_position_are_found_by_reconciling(network: Network) -> None:
    """The events are gone for good: only the org's rows tell of these leads."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(5)
        network.until_routed(ids)
        sandbox.fault("hold", path=STREAM, times=None)
        sandbox.control("POST", "/streams/drop")
        ids += network.leads(30)
        sandbox.control("POST", "/streams/expire", {})
        sandbox.heal()
        network.until_routed(ids)
        gaps = [line["reason"] for line in daemon.events("stream.gap")]
        assert daemon.terminate() == 0
    assert "position_expired" in gaps
    network.assert_routed_once(ids)


def test_a_position_that_expired_while_the_daemon_was_down_costs_nothing(network: Network) -> None:
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(3)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    ids += network.leads(30)
    sandbox.control("POST", "/streams/expire", {})
    with network.again() as daemon:
        daemon.until_ready()
        ids += network.leads(3)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_an_org_that_gives_no_token_for_a_while_delays_and_loses_nothing(network: Network) -> None:
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(3)
        network.until_routed(ids)
        down = sandbox.fault("error", path="/oauth2/token", status=503, body="", times=None)
        sandbox.control("POST", "/sessions/revoke", {})
        ids += network.leads(20)
        sandbox.until_met(down, times=3)
        sandbox.control("DELETE", f"/faults/{down}")
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_a_start_without_the_org_waits_for_it(network: Network) -> None:
    sandbox = network.sandbox
    network.write()
    down = sandbox.fault("error", path="/oauth2/token", status=503, body="", times=None)
    with network.again() as daemon:
        daemon.until_logged("service.waiting_for_org")
        ids = network.leads(3)
        sandbox.control("DELETE", f"/faults/{down}")
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_a_start_that_the_org_refuses_waits_until_it_is_mended(network: Network) -> None:
    sandbox = network.sandbox
    network.write()
    refusal = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "insufficient access rights"}]
    fault = sandbox.fault("error", path="query.*COUNT", status=403, body=refusal, times=None)
    with network.again() as daemon:
        refused = daemon.until_logged("service.refused_by_org")
        assert "INSUFFICIENT_ACCESS" in refused["error"]
        assert refused["step"] == "count open work"
        ids = network.leads(3)
        sandbox.control("DELETE", f"/faults/{fault}")
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_a_missing_object_for_proofs_is_no_missing_lead(network: Network) -> None:
    """The org answers 404 to the call; the leads are there, and are proven once the object is."""
    sandbox = network.sandbox
    refusal = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    path = "composite/sobjects/Ortoo_Decision__c"
    with network.daemon() as daemon:
        daemon.until_ready()
        fault = sandbox.fault("error", path=path, status=404, body=refusal, times=None)
        ids = network.leads(3)
        sandbox.until_met(fault, times=2)
        sandbox.control("DELETE", f"/faults/{fault}")
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
        assert not daemon.events("record_gone")
    network.assert_routed_once(ids)


def test_an_org_that_answers_nothing_but_errors_for_a_while_loses_nothing(network: Network) -> None:
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        down = sandbox.fault("error", path="/services/data/.*", status=503, body="", times=None)
        ids = network.leads(30)
        sandbox.until_met(down, times=5)
        sandbox.control("DELETE", f"/faults/{down}")
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_leads_heard_before_the_directory_could_be_read_wait_for_it(network: Network) -> None:
    """The stream is up, a gap is told, but nobody knows yet who works where."""
    sandbox = network.sandbox
    network.write()
    early = network.leads(3)
    down = sandbox.fault("error", path="query.*FROM.{1,3}Account", status=503, body="", times=None)
    with network.again() as daemon:
        daemon.until_logged("stream.gap")
        waiting = daemon.until_logged("service.waiting_for_org")
        late = network.leads(3)
        assert waiting["step"] in ("check the policies", "read the directory"), "both look at sites"
        assert network.undecided() == 6
        sandbox.control("DELETE", f"/faults/{down}")
        network.until_routed(early + late, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(early + late)
