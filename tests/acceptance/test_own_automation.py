"""The org's own automation as a step: a flow is started once, and the record waits for what it fills."""

from __future__ import annotations

from tests.acceptance.network import Network
from tests.processes import wait_until

POLICY = {
    "enrichment": [
        {"flow": {"name": "Profile", "send": {"recordId": "Id"}, "set": {"Rating": "rating"}}},
        {
            "hold_until": {
                "Model__c": {"blank": False},
                "at_most": "1h",
                "else": {"Timeframe__c": "not known"},
            }
        },
    ]
}


def test_a_flow_is_started_once_and_the_record_waits_for_what_the_org_fills(network: Network):
    sandbox = network.sandbox
    flow = {"name": "flow/Profile", "outputs": {"rating": "Hot"}}
    sandbox.control("POST", "/invocables", flow)
    with network.daemon(policy=POLICY) as daemon:
        daemon.until_ready()
        filled, late = network.leads(2)
        wait_until(lambda: len(runs(network, filled, late)) == 2, 20, "both flows are started")
        assert network.undecided() == 2
        sandbox.change(filled, Model__c="e-208")
        network.until_proven([filled], within=30)
        assert network.lead(filled, "Rating", "Model__c")["Rating"] == "Hot"
        assert network.undecided() == 1
        sandbox.shift_clock(3700)  # nobody fills the other one
        network.until_routed([late], within=40)
        lead = network.lead(late, "Rating", "Timeframe__c")
        assert (lead["Rating"], lead["Timeframe__c"]) == ("Hot", "not known")
        assert sorted(runs(network, filled, late)) == sorted([filled, late])  # each once


def test_a_wait_goes_on_after_a_kill_and_an_agent_that_fails_costs_its_fields_alone(
    network: Network,
):
    sandbox = network.sandbox
    agent = {"name": "generateAiAgentResponse/Qualifier", "fails": "AGENT_NOT_ACTIVE"}
    sandbox.control("POST", "/invocables", agent)
    asks = {
        "name": "Qualifier",
        "send": {"userMessage": "Company"},
        "set": {"Rating": "agentResponse"},
    }
    wait = {"Model__c": {"blank": False}, "at_most": "1h"}
    steps = [{"agent": asks | {"else": {"Rating": "Cold"}}}, {"hold_until": wait}]
    with network.daemon(policy={"enrichment": steps}) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        wait_until(lambda: agents_asked(network), 20, "the agent is asked")
        daemon.kill()
    with network.again() as daemon:
        daemon.until_ready()
        assert network.undecided() == 1
        sandbox.change(lead, Model__c="e-208")
        network.until_proven([lead], within=40)
        assert network.lead(lead, "Rating")["Rating"] == "Cold"


def agents_asked(network: Network) -> bool:
    started = network.sandbox.control("GET", "/told")["started"]
    return any(each["name"].endswith("/Qualifier") for each in started)


def runs(network: Network, *ids: str) -> list[str]:
    started = network.sandbox.control("GET", "/told")["started"]
    found = (str(each["inputs"].get("recordId")) for each in started)
    return [each for each in found if each in ids]


def test_an_event_that_a_flow_publishes_with_the_proof_comes_once_for_each_decision(
    network: Network,
):
    sandbox = network.sandbox
    flow = {
        "name": "Tell_Others",
        "object": "Ortoo_Decision__c",
        "event": "Ortoo_Record__e",
        "on": ["create"],
        "values": {"RecordId__c": "$Record.Record_Id__c", "Object__c": "$Record.Object__c"},
    }
    before = published(network)
    sandbox.control("POST", "/flows", flow)
    try:
        with network.daemon() as daemon:
            daemon.until_ready()
            ids = network.leads(150)
            wait_until(lambda: network.undecided() < 150, 20, "some are decided")
            daemon.kill()
        with network.again() as daemon:
            network.until_routed(ids)
        proofs = sum(len(each) for each in network.proofs(ids).values())
        assert proofs == len(ids)
        assert published(network) - before == proofs
    finally:
        sandbox.control("POST", "/flows", {"name": "Tell_Others", "active": False})


def test_an_event_that_the_policy_publishes_comes_once_for_each_decision_through_a_kill(
    network: Network,
):
    event = {"event": "Ortoo_Record__e", "set": {"RecordId__c": "{{ Id }}"}}
    policy = {"action": {"publish": event}}
    before = published(network)
    with network.daemon(policy=policy) as daemon:
        daemon.until_ready()
        ids = network.leads(80)
        wait_until(lambda: network.undecided() < 80, 20, "some are decided")
        daemon.kill()
    with network.again() as daemon:
        network.until_routed(ids)
        network.until_proven(ids, within=30)
    proofs = sum(len(each) for each in network.proofs(ids).values())
    assert proofs == len(ids)
    assert published(network) - before == proofs


def published(network: Network) -> int:
    return int(network.sandbox.control("GET", "")["usage"]["published"])
