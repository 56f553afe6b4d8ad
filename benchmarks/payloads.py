"""What did the daemon write for each lead? Read back, so that another client can write the very same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.org import Org

DECISION = "Ortoo_Decision__c"
KEY = "Ortoo_Key__c"
_OF_THE_RECORD = ("Lead__c", "Record_Id__c", KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Field values of a lead, and of the decision row that proves them."""

    lead: Mapping[str, Any]
    decision: Mapping[str, Any]


def written_payloads(org: Org, fields: Sequence[str]) -> Iterator[Payload]:
    """One payload for each decision that stands in the org; ``fields`` are those of a decision row."""
    asked = ",".join(sorted({*fields, "Fields_Written__c"}))
    for row in org.rows(f"SELECT {asked} FROM {DECISION} WHERE Object__c = 'Lead'"):
        decision = {
            name: row[name]
            for name in fields
            if name not in _OF_THE_RECORD and row.get(name) is not None
        }
        yield Payload(lead=json.loads(row["Fields_Written__c"])["written"], decision=decision)


def for_lead(payload: Payload, lead_id: str, run: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The payload as rows of collections calls about another lead."""
    key = f"{run}/{lead_id}"
    lead = {
        **payload.lead,
        "attributes": {"type": "Lead"},
        "id": lead_id,
        "Ortoo_Decision_Key__c": key,
    }
    decision = {
        **payload.decision,
        "attributes": {"type": DECISION},
        KEY: key,
        "Record_Id__c": lead_id,
        "Lead__c": lead_id,
    }
    return lead, decision
