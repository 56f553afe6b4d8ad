"""Each code with which an org refuses a row has its end: the next try, the next owner, a person, or nothing.

Looked at on the org's side: who owns the record, what its decision record says, how often it was moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DaemonProcess, wait_until

APEX = "Ortoo.LeadTrigger: execution of BeforeUpdate caused by: "


@dataclass(frozen=True)
class Refusal:
    """How a row is refused, and how often."""

    code: str
    message: str
    times: int = 1
    names: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


TRIED_AGAIN = (
    Refusal("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", times=2),
    Refusal(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        f"{APEX}System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access",
        times=2,
    ),
    Refusal("APEX_ERROR", "System.LimitException: Apex CPU time limit exceeded", times=2),
    Refusal("CANNOT_EXECUTE_FLOW_TRIGGER", "Too many SOQL queries: 101", times=2),
    Refusal("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1-2 (3)", times=2),
    Refusal("QUERY_TIMEOUT", "Your query request was running for too long."),
    Refusal("SERVER_UNAVAILABLE", "Too many requests waiting for connections"),
    Refusal("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "The org is read-only"),
    Refusal("ENTITY_IS_DELETED", "entity is deleted"),
)
ANOTHER_OWNER = (
    Refusal("INACTIVE_OWNER_OR_USER", "operation performed with inactive user [005] as owner"),
    Refusal("TRANSFER_REQUIRES_READ", "The new owner must have read permission"),
    Refusal("INVALID_OPERATION", "Queue not associated with this SObject type"),
    Refusal("INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank", names=("OwnerId",)),
    Refusal(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id: 005",
        names=("OwnerId",),
    ),
)
FOR_A_PERSON = (
    Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", "A lead needs a campaign", times=2),
    Refusal(
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [Vat__c]",
        names=("Vat__c",),
        times=2,
    ),
    Refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", times=2),
    Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"{APEX}System.NullPointerException", times=2),
    Refusal(
        "APEX_ERROR", "System.NullPointerException: Attempt to de-reference a null object", times=2
    ),
    Refusal("CANNOT_EXECUTE_FLOW_TRIGGER", "The flow failed: no such record", times=2),
    Refusal("DUPLICATES_DETECTED", "Use one of these records?", times=2),
    Refusal("TXN_SECURITY_NO_ACCESS", "The operation was blocked by a security policy", times=2),
    Refusal("TXN_SECURITY_TWO_FA_REQUIRED", "Two-factor authentication is required", times=2),
    Refusal("TXN_SECURITY_END_A_SESSION", "End another session first", times=2),
    Refusal("FIELD_INTEGRITY_EXCEPTION", "There's a problem with this state", times=2),
    Refusal("MALFORMED_ID", "Owner ID: id value of incorrect type", times=2),
)
"""Refused with the customer's keys, and again without them."""

NOTHING_LEFT_TO_DO = (Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"),)
EVERY = (*TRIED_AGAIN, *ANOTHER_OWNER, *FOR_A_PERSON, *NOTHING_LEFT_TO_DO)


def said_gone(daemon: DaemonProcess) -> set[str]:
    return {line["record"] for line in daemon.events("record_gone")}


@pytest.mark.parametrize("others", [0, 120], ids=["row by row", "in bulk"])
def test_each_refusal_of_a_row_has_its_own_end(network: Network, others: int) -> None:
    sandbox = network.sandbox
    ids = network.leads(len(EVERY))
    beside = network.leads(others) if others else []
    refused = dict(zip(ids, EVERY, strict=True))
    for id, refusal in refused.items():
        sandbox.fault(
            "row",
            object="Lead",
            ids=[id],
            code=refusal.code,
            message=refusal.message,
            names=list(refusal.names),
            times=refusal.times,
        )
    gone = [id for id, refusal in refused.items() if refusal in NOTHING_LEFT_TO_DO]
    decided = [id for id in ids if id not in gone]
    with network.daemon() as daemon:
        daemon.until_ready()
        network.until_proven([*decided, *beside], within=60)
        wait_until(lambda: said_gone(daemon) == set(gone), 20, "the gone ones to be told of")
        assert daemon.terminate() == 0
    parked = [id for id, refusal in refused.items() if refusal in FOR_A_PERSON]
    network.assert_routed_once([id for id in [*decided, *beside] if id not in parked])
    for id in parked:
        lead, proof = network.lead(id), network.proof(id)
        assert lead["OwnerId"] == seed.WEB_FORMS_USER_ID, refused[id]
        assert lead["Ortoo_Parked__c"].startswith(f"{refused[id].code}: ")
        duplicate = refused[id].code == "DUPLICATES_DETECTED"
        reason = "duplicates_detected" if duplicate else "refused_by_org"
        assert (proof["Outcome__c"], proof["Reason_Code__c"]) == ("parked", reason)
    network.assert_untouched(gone)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"{APEX}System.LimitException: Apex CPU time limit exceeded",
        ),
        (
            "UNABLE_TO_LOCK_ROW",
            "unable to obtain exclusive access to this record or 200 records: 0015f00000KjWeFAAV",
        ),
    ],
    ids=["Apex CPU time", "a parent's lock"],
)
def test_a_batch_too_large_for_the_orgs_triggers_is_written_in_smaller_ones(
    network: Network, code: str, message: str
) -> None:
    """Beyond 60 rows at once Apex runs out of CPU time, or a parent is locked: no row is written."""
    sandbox = network.sandbox
    ids = network.leads(240)
    fault = sandbox.fault(
        "row",
        object="Lead",
        above=60,
        code=code,
        message=message,
        times=None,
    )
    with network.daemon() as daemon:
        daemon.until_ready()
        network.until_routed(ids, within=60)
        assert daemon.terminate() == 0
    assert sandbox.fault_used(fault) > 0, "no batch was too large"
    network.assert_routed_once(ids)
    assert {proof["Outcome__c"] for (proof,) in network.proofs(ids).values()} == {"assigned"}
