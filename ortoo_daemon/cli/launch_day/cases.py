"""Which cases do dealers open on the launch day? Requests of dealer contacts in their own language.

Same seed, same rows. The subjects stand in ``requests.csv``, one row a request type.
"""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from random import Random
from typing import Any

from ortoo_daemon.cli.launch_day.leads import CALL_CENTRE, WEB_FORMS, Arrival, Kind

_DESK_LANGUAGES = {
    "FR": "fr",
    "DE": "de",
    "ES": "es",
    "IT": "it",
    "GB": "en",
    "US": "en",
    "NL": "nl",
}
_HELLO = {
    "fr": "Bonjour",
    "de": "Guten Tag",
    "es": "Buenos días",
    "it": "Buongiorno",
    "en": "Hello",
    "nl": "Goedendag",
}
_URGENCIES = ("normal", "normal", "normal", "low", "high", "high", "critical")
_NOTHING_SAID, _BRAND_ONLY, _SKILL_GIVEN = 0.06, 0.20, 0.28
"""Up to these chances a case says nothing but its text, its brand only, its skill and no type."""


def case_arrivals(
    count: int, *, dealers: Sequence[Mapping[str, Any]], dice: Random
) -> list[Arrival]:
    """``count`` cases in the order of their arrival."""
    subjects = _subjects()
    active = [each for each in dealers if each["Status__c"] == "Active" and each["Contacts"]]
    return [_case(dice.choice(active), subjects, dice) for _ in range(count)]


def _subjects() -> dict[str, Mapping[str, str]]:
    """Request type → language → subject."""
    text = (files(__package__) / "requests.csv").read_text(encoding="utf-8")
    return {row.pop("request_type"): row for row in csv.DictReader(text.splitlines())}


def _case(
    dealer: Mapping[str, Any], subjects: Mapping[str, Mapping[str, str]], dice: Random
) -> Arrival:
    contact = dice.choice(dealer["Contacts"])
    language = _DESK_LANGUAGES[dealer["BillingCountryCode"]]
    request_type = dice.choice(tuple(subjects))
    by_phone = dice.random() < 0.3
    subject = subjects[request_type][language]
    row = {
        "attributes": {"type": "Case"},
        "Subject": f"  {subject}" if dice.random() < 0.1 else subject,
        "Description": f"{_HELLO[language]},\n{subject} — {dealer['Name']}.\n{contact['Name']}",
        "Origin": "Phone" if by_phone else "Web",
        "AccountId": dealer["Id"],
        "Dealer_Code__c": dealer["Dealer_Code__c"],
        "SuppliedName": contact["Name"],
        "SuppliedEmail": contact["Email"],
        "SuppliedPhone": contact["Phone"],
        "SuppliedCompany": dealer["Name"][:80],
        "Language__c": language,
    }
    row |= _matter(request_type, dealer, dice)
    return Arrival(kind=Kind.CASE, user=CALL_CENTRE if by_phone else WEB_FORMS, row=row)


def _matter(request_type: str, dealer: Mapping[str, Any], dice: Random) -> dict[str, Any]:
    """How much of the case is filled in already."""
    chance = dice.random()
    if chance < _NOTHING_SAID:
        return {}
    brand = {"Brand__c": dice.choice(dealer["Brands__c"])}
    if chance < _BRAND_ONLY:
        return brand
    if chance < _SKILL_GIVEN:
        return brand | {"Skill__c": dice.choice(("EV_HV", "PARTS", "LISTINGS"))}
    given = {"Request_Type__c": request_type, "Urgency__c": dice.choice(_URGENCIES)}
    return given | (brand if dice.random() < 0.7 else {})
