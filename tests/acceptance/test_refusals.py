"""What the org refuses: a value never costs the owner, an owner never costs the record."""

from __future__ import annotations

import json

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network


def queue_id(network: Network, name: str) -> str:
    found = network.sandbox.query(f"SELECT Id FROM Group WHERE DeveloperName = '{name}'")
    return str(found[0]["Id"])


def test_bad_field_values_are_reported_and_cost_no_owner(network: Network) -> None:
    values = {"Fuel__c": "Plutonium", "Title": "x" * 200, "Industry": "Automotive"}
    with network.daemon(policy={"action": {"set": values}}) as daemon:
        daemon.until_ready()
        few = network.leads(2)
        network.until_routed(few)
        many = network.leads(80)
        network.until_routed(many)
        assert daemon.terminate() == 0
        said = [line for line in daemon.events("record_handled") if "refused_fields" in line]
    ids = few + many
    network.assert_routed_once(ids)
    assert len(said) == len(ids)
    for lead in network.read(ids, "Fuel__c", "Title", "Industry").values():
        assert (lead["Fuel__c"], lead["Title"], lead["Industry"]) == (None, None, "Automotive")
    for id in ids:
        fields = json.loads(network.proof(id)["Fields_Written__c"])
        assert set(fields["refused"]) == {"Fuel__c", "Title"}
        assert fields["written"]["Industry"] == "Automotive"


def test_a_stamp_that_the_daemon_may_write_no_more_costs_no_owner(network: Network) -> None:
    """An admin took away the right to edit two fields that only people look at; the daemon runs on."""
    names = ["Ortoo_Rooftop__c", "Ortoo_Rule__c"]
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        message = f"Unable to create/update fields: {', '.join(names)}."
        refusal = {"code": "INVALID_FIELD_FOR_INSERT_UPDATE", "message": message}
        sandbox.fault("row", object="Lead", written=names, names=names, times=None, **refusal)
        ids = network.leads(2)
        network.until_routed(ids)
        ids += network.leads(60)
        network.until_routed(ids)
        assert daemon.terminate() == 0
        said = [line for line in daemon.events("record_handled") if "refused_fields" in line]
    network.assert_routed_once(ids)
    assert len(said) == len(ids)
    assert {lead["Ortoo_Rule__c"] for lead in network.read(ids, "Ortoo_Rule__c").values()} == {None}


def test_an_owner_who_just_left_is_passed_over_for_the_next(network: Network) -> None:
    """The daemon read the directory before; only the org knows."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        gone = network.lead(lead)["OwnerId"]
        sandbox.change(gone, user=seed.ADMIN_USER_ID, IsActive=False)
        try:
            ids = network.leads(40)
            network.until_routed(ids)
            refused = daemon.events("owner_refused")
            assert daemon.terminate() == 0
        finally:
            sandbox.change(gone, user=seed.ADMIN_USER_ID, IsActive=True)
    network.assert_routed_once(ids)
    owners = {row["OwnerId"] for row in network.read(ids).values()}
    assert gone not in owners
    assert all(owner.startswith("005") for owner in owners)
    assert {line["owner"] for line in refused} == {gone}


def test_a_fixed_person_who_left_and_a_queue_that_takes_no_leads_lead_to_otherwise(
    network: Network,
) -> None:
    sandbox = network.sandbox
    (someone,) = sandbox.query(
        "SELECT Id, Username FROM User WHERE IsActive = true AND Ortoo_Role__c = 'rooftop_manager'"
        " ORDER BY Id LIMIT 1"
    )
    rules = [
        {"name": "person", "when": {"City": "Lyon"}, "assign": {"user": someone["Username"]}},
        {"name": "queue", "assign": {"queue": seed.NOT_FOR_LEADS_QUEUE}},
    ]
    ownership = {"rules": rules, "otherwise": {"queue": seed.UNROUTED_QUEUE}}
    with network.daemon(policy={"ownership": ownership}) as daemon:
        daemon.until_ready()
        sandbox.change(someone["Id"], user=seed.ADMIN_USER_ID, IsActive=False)
        try:
            ids = network.leads(2, City="Lyon") + network.leads(2)
            network.until_routed(ids)
            assert daemon.terminate() == 0
        finally:
            sandbox.change(someone["Id"], user=seed.ADMIN_USER_ID, IsActive=True)
    network.assert_routed_once(ids)
    unrouted = queue_id(network, seed.UNROUTED_QUEUE)
    assert {row["OwnerId"] for row in network.read(ids).values()} == {unrouted}


def test_a_record_that_nobody_can_own_is_parked_with_a_reason(network: Network) -> None:
    queue = {"queue": seed.NOT_FOR_LEADS_QUEUE}
    with network.daemon(assign=queue, otherwise=queue) as daemon:
        (lead,) = network.leads(1)
        network.until_routed([lead])
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == seed.WEB_FORMS_USER_ID
    assert network.lead(lead)["Ortoo_Parked__c"].startswith("no_target")
    assert network.proof(lead)["Outcome__c"] == "parked"


def test_a_record_whose_write_is_refused_for_good_is_parked_with_the_orgs_words(
    network: Network,
) -> None:
    """Some rule of the org's own refuses the whole row at every try, with the customer's keys and without,
    for no field in particular."""
    refusal = {
        "compositeResponse": [
            {
                "httpStatusCode": 400,
                "referenceId": "row0",
                "body": [{"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Not now"}],
            }
        ]
    }
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        sandbox.fault("error", path="/composite$", status=200, body=refusal, times=2)
        (lead,) = network.leads(1)
        network.until_routed([lead])
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == seed.WEB_FORMS_USER_ID
    assert network.lead(lead)["Ortoo_Parked__c"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION: Not now"
    assert network.proof(lead)["Reason_Code__c"] == "refused_by_org"
