"""However the org tells of a record, and if it does not tell at all: it is routed, and routed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.acceptance.network import Network
from tests.processes import CHANNEL, DISPATCHER, DaemonProcess, SandboxProcess, wait_until

EVENT = "/event/Ortoo_Record__e"
FLOW = "Ortoo_Lead_Changed"
ADMIN = "admin@ortoo.example"
WATCHED = {"watch": {"listen": "127.0.0.1:0"}}
REOPENING = {"on": ["created", "enters", {"changed": ["Rating"]}]}


@pytest.fixture
def flow(sandbox: SandboxProcess) -> Iterator[None]:
    """The shipped record-triggered flow is on for the time of a test."""
    sandbox.control("POST", "/flows", {"name": FLOW, "active": True})
    yield
    sandbox.control("POST", "/flows", {"name": FLOW, "active": False})


def listening_to(
    network: Network, *channels: Any, settings: Any = None, **files: Any
) -> DaemonProcess:
    settings = dict(settings or {})
    settings["events"] = {"channels": list(channels), **settings.get("events", {})}
    return network.daemon(settings=settings, **files)


def until_subscribed(daemon: DaemonProcess, *channels: str) -> None:
    def live() -> bool:
        return set(channels) <= {line["channel"] for line in daemon.events("stream.subscribed")}

    daemon.until_ready()
    wait_until(live, 20, f"subscriptions of {', '.join(channels)}")
    daemon.until_logged("sweep.reconcile")


def shown(daemon: DaemonProcess) -> str:
    """The metrics."""
    address = daemon.until_logged("watch.listening")["address"]
    return requests.get(f"http://{address}/metrics", timeout=30).text


def heard(metrics: str) -> float:
    """Events taken so far."""
    return sum(map(float, re.findall(r"ortoo_stream_events_total{.*} (\S+)", metrics)))


def idle(metrics: str) -> str | None:
    """The metrics, when nothing waits and nothing is in hand."""
    busy = re.findall(r'ortoo_queue_items{state="(?:ready|leased)"} (\S+)', metrics)
    return metrics if [float(number) for number in busy] == [0, 0] else None


def ways_in(daemon: DaemonProcess) -> set[str]:
    return {line["way_in"] for line in daemon.events("record_handled")}


def decisions(network: Network, id: str) -> list[str]:
    """Keys of a lead's decisions, less the lead's id and moments."""
    rows = network.proofs([id]).get(id, [])
    return sorted(str(row["Ortoo_Key__c"]).split(":")[1] for row in rows)


# -- platform events and PushTopics -------------------------------------------------------------------


def test_leads_told_of_by_a_platform_event_are_routed_by_it(network: Network, flow: None) -> None:
    with listening_to(network, EVENT) as daemon:
        until_subscribed(daemon, EVENT)
        ids = network.leads(10)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert ways_in(daemon) == {"changed"}, "found by a sweep, not by the stream"
    network.assert_routed_once(ids)


def test_leads_told_of_by_a_push_topic_are_routed_by_it_and_our_own_echo_does_no_harm(
    network: Network,
) -> None:
    name = f"Leads{network.company.split()[-1]}"
    query = "SELECT Id, Status FROM Lead"
    topic = {"Name": name, "Query": query, "ApiVersion": 66.0, "NotifyForFields": "All"}
    network.sandbox.create([topic], object="PushTopic", user=ADMIN)
    with listening_to(network, f"/topic/{name}") as daemon:
        until_subscribed(daemon, f"/topic/{name}")
        ids = network.leads(10)
        network.until_routed(ids)
        network.sandbox.control("POST", "/streams/drop")
        ids += network.leads(5)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert ways_in(daemon) <= {"created", "changed"}
    network.assert_routed_once(ids)


def test_a_platform_event_of_another_make_names_its_record_by_a_field_of_its_own(
    network: Network, flow: None
) -> None:
    """Here the field is wrong at first: that is told, and the sweep takes the lead."""
    wrong = {"channel": EVENT, "record_id": "LeadId__c"}
    with listening_to(network, wrong) as daemon:
        until_subscribed(daemon, EVENT)
        ids = network.leads(1)
        network.until_routed(ids)
        said = daemon.until_logged("stream.event_unusable")
        assert daemon.terminate() == 0
    assert "LeadId__c" in said["reason"]
    assert "RecordId__c" in said["reason"], "what the event has instead"
    assert ids[0] not in said["reason"]
    network.assert_routed_once(ids)


def test_events_that_our_own_writes_publish_start_nothing(network: Network) -> None:
    """A flow without the shipped filter: each of our writes comes back as an event."""
    own = {"name": "Unfiltered", "object": "Lead", "event": EVENT.removeprefix("/event/")}
    own |= {"on": ["create", "update"], "values": {"RecordId__c": "$Record.Id"}}
    network.sandbox.control("POST", "/flows", own)
    try:
        with listening_to(network, EVENT, settings=WATCHED) as daemon:
            until_subscribed(daemon, EVENT)
            ids = network.leads(20)
            network.until_routed(ids)
            wait_until(lambda: heard(shown(daemon)) >= 40, 20, "creations and our writes")
            text = wait_until(lambda: idle(shown(daemon)), 20, "idleness")
            assert daemon.terminate() == 0
    finally:
        network.sandbox.control("POST", "/flows", {"name": "Unfiltered", "active": False})
    assert 'outcome="nothing"' not in text, "our own events were looked at"
    network.assert_routed_once(ids)


# -- several channels ---------------------------------------------------------------------------------


def test_a_lead_told_of_by_two_channels_is_routed_once(network: Network, flow: None) -> None:
    with listening_to(network, CHANNEL, EVENT) as daemon:
        until_subscribed(daemon, CHANNEL, EVENT)
        ids = network.leads(40)
        network.until_routed(ids)
        network.sandbox.control("POST", "/streams/drop")
        ids += network.leads(20)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert ways_in(daemon) <= {"created", "changed"}
    network.assert_routed_once(ids)


def test_a_channel_that_the_org_refuses_does_not_stop_the_other(network: Network) -> None:
    with listening_to(network, "/data/Nobody__chn", CHANNEL) as daemon:
        said = daemon.until_logged("stream.channel_refused")
        daemon.until_ready()
        daemon.until_logged("sweep.reconcile", within=10)
        ids = network.leads(5)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert said["channel"] == "/data/Nobody__chn"
    network.assert_routed_once(ids)


def test_an_expired_position_of_one_channel_is_no_gap_of_the_other(
    network: Network, flow: None
) -> None:
    sandbox = network.sandbox
    with listening_to(network, CHANNEL, EVENT) as daemon:
        until_subscribed(daemon, CHANNEL, EVENT)
        ids = network.leads(3)
        network.until_routed(ids)
        sandbox.control("POST", "/streams/expire", {"channel": EVENT})
        sandbox.control("POST", "/streams/drop")
        wait_until(lambda: len(daemon.events("stream.subscribed")) >= 4, 20, "both anew")
        ids += network.leads(3)
        network.until_routed(ids)
        expired = [
            line["channel"]
            for line in daemon.events("stream.gap")
            if line["reason"] == "position_expired"
        ]
        assert daemon.terminate() == 0
    assert expired == [EVENT]
    network.assert_routed_once(ids)


def test_a_first_start_reconciles_once_and_warns_of_nothing(network: Network, flow: None) -> None:
    early = network.leads(3)
    with listening_to(network, CHANNEL, EVENT) as daemon:
        until_subscribed(daemon, CHANNEL, EVENT)
        network.until_routed(early)
        late = network.leads(2)
        network.until_routed(early + late)
        assert daemon.terminate() == 0
    assert len(daemon.events("sweep.reconcile")) == 1
    assert {line["level"] for line in daemon.events("stream.gap")} == {"info"}
    network.assert_routed_once(early + late)


# -- gaps ---------------------------------------------------------------------------------------------


def test_leads_of_gap_events_are_routed_without_waiting_for_a_sweep(network: Network) -> None:
    with listening_to(network, CHANNEL) as daemon:
        until_subscribed(daemon, CHANNEL)
        network.sandbox.control("POST", "/streams/gap", {"object": "Lead", "next": 3})
        ids = [network.leads(1)[0] for _ in range(3)]
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert len(daemon.events("sweep.reconcile")) == 1, "at the start"
    network.assert_routed_once(ids)


def test_an_event_nobody_can_read_costs_itself_alone_however_often_it_comes(
    network: Network,
) -> None:
    """The session goes on, the records are found, and the next session does not begin with the event."""
    sandbox = network.sandbox
    with listening_to(network, CHANNEL) as daemon:
        until_subscribed(daemon, CHANNEL)
        poison = {"object": "Lead", "next": 3, "header": {"recordIds": [5], "changeType": "CREATE"}}
        sandbox.control("POST", "/streams/damage", poison)
        ids = [network.leads(1)[0] for _ in range(5)]
        network.until_routed(ids)
        daemon.until_logged("stream.message_unreadable")
        assert not daemon.events("stream.session_ended")
        sandbox.control("POST", "/streams/drop")
        ids += network.leads(1)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    assert len(daemon.events("stream.message_unreadable")) == 3, "read again by the next session"
    network.assert_routed_once(ids)


def test_an_overflow_brings_new_leads_and_changes_of_decided_ones(network: Network) -> None:
    """One transaction changes and makes more than the org tells of by name."""
    sandbox = network.sandbox
    with listening_to(network, CHANNEL, policy=REOPENING) as daemon:
        until_subscribed(daemon, CHANNEL)
        old = network.leads(6)
        network.until_routed(old)
        sandbox.control("POST", "/streams/gap", {"overflow_after": 2})
        try:
            sandbox.change(*old, Rating="Hot")
            new = network.leads(6)
        finally:
            sandbox.control("POST", "/streams/gap", {"overflow_after": 100_000})
        network.until_routed(new)
        wait_until(
            lambda: all(decisions(network, id) == ["first", "reopened"] for id in old),
            20,
            "changed leads are decided again",
        )
        assert daemon.terminate() == 0
    assert daemon.events("sweep.resync")
    network.assert_routed_once(new)


# -- what changed, where the event does not say ---------------------------------------------------------


def test_a_platform_event_reopens_a_lead_when_a_watched_field_changed_and_only_then(
    network: Network, flow: None
) -> None:
    sandbox = network.sandbox
    with listening_to(network, EVENT, policy=REOPENING) as daemon:
        until_subscribed(daemon, EVENT)
        changed, touched = network.leads(2)
        network.until_routed([changed, touched])
        sandbox.change(touched, Phone="+33 1 70 00 00 00", user=DISPATCHER)
        sandbox.change(changed, Rating="Hot", user=DISPATCHER)
        wait_until(lambda: decisions(network, changed) == ["first", "reopened"], 20, "reopened")
        assert decisions(network, touched) == ["first"]
        assert daemon.terminate() == 0


def test_events_that_are_delivered_again_reopen_nothing(network: Network) -> None:
    """The position goes back by all that the org keeps."""
    sandbox = network.sandbox
    with listening_to(network, CHANNEL, policy=REOPENING) as daemon:
        until_subscribed(daemon, CHANNEL)
        (lead,) = network.leads(1)
        network.until_routed([lead])
        sandbox.change(lead, Rating="Hot", user=DISPATCHER)
        wait_until(lambda: decisions(network, lead) == ["first", "reopened"], 20, "reopened")
        before = network.proofs([lead])[lead]
        assert daemon.terminate() == 0
    network.rewind(CHANNEL)
    with network.again() as daemon:
        until_subscribed(daemon, CHANNEL)
        (last,) = network.leads(1)
        network.until_routed([last])
        assert daemon.terminate() == 0
    assert network.proofs([lead])[lead] == before


# -- silence --------------------------------------------------------------------------------------------


IMPATIENT = {
    "events": {"silent_after": "1s"},
    "sweeps": {"reconcile_every": "1s"},
    "watch": {"listen": "127.0.0.1:0"},
}


def until_silent(network: Network, daemon: DaemonProcess) -> list[str]:
    """Leads are made until the daemon has noticed; they are found by the sweep meanwhile."""
    ids: list[str] = []

    def noticed() -> bool:
        if not network.undecided():
            ids.extend(network.leads(1))
        return bool(daemon.events("stream.silent"))

    wait_until(noticed, 40, "stream.silent")
    return ids


def test_a_silent_stream_is_noticed_told_and_built_anew(network: Network) -> None:
    sandbox = network.sandbox
    with listening_to(network, CHANNEL, settings=IMPATIENT) as daemon:
        until_subscribed(daemon, CHANNEL)
        url = f"http://{daemon.until_logged('watch.listening')['address']}"
        sandbox.fault("silent", times=None)
        ids = until_silent(network, daemon)
        wait_until(lambda: len(daemon.events("stream.subscribed")) >= 2, 20, "a new session")
        answer = requests.get(f"{url}/readyz", timeout=30)
        assert answer.status_code == 503
        assert "silent" in answer.text
        assert (
            f'ortoo_stream_silent{{channel="{CHANNEL}"}} 1.0'
            in requests.get(f"{url}/metrics", timeout=30).text
        )
        sandbox.heal()
        ids += network.leads(1)
        wait_until(
            lambda: requests.get(f"{url}/readyz", timeout=30).status_code == 200, 20, "readiness"
        )
        network.until_routed(ids)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_a_new_session_ends_the_silence_and_brings_what_was_missed(network: Network) -> None:
    with listening_to(network, CHANNEL, settings=IMPATIENT) as daemon:
        until_subscribed(daemon, CHANNEL)
        ids = network.leads(1)
        network.until_routed(ids)
        network.sandbox.fault("silent", until="handshake", times=None)
        ids += until_silent(network, daemon)
        ids += network.leads(3)
        network.until_routed(ids)  # by the sweep, maybe, while the session is being closed
        wait_until(lambda: len(daemon.events("stream.subscribed")) >= 2, 20, "a new session")
        ended = [line["reason"] for line in daemon.events("stream.session_ended")]
        assert daemon.terminate() == 0
    assert ended == [f"silent: {CHANNEL}"]
    network.assert_routed_once(ids)
