"""Who works in the seeded org?  Sales people at the rooftops and agents at the service desks.

Generated from a fixed seed: the same people, names and ids in every run.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.seed.hours import Hours
from ortoo_daemon.sandbox.seed.identities import (
    ADMIN_USER_ID,
    FLAGSHIP_ADVISERS,
    FLAGSHIP_ROOFTOP_ID,
)
from ortoo_daemon.sandbox.seed.places import COUNTRIES, Country
from ortoo_daemon.sandbox.seed.rooftops import Rooftop
from ortoo_daemon.sandbox.seed.rows import created
from ortoo_daemon.sandbox.values import format_datetime

SKILLS = (
    "LISTINGS",
    "FEED_TECH",
    "LEADS",
    "BILLING",
    "RECALL",
    "WARRANTY",
    "PARTS",
    "ACCESS",
    "CONTRACTS",
    "DEALER_DATA",
    "DEALER_CARE",
    "EV_HV",
)
PODS = ("POD-RG", "POD-ST", "POD-VAG", "POD-PREM", "POD-INT", "POD-GEN")
DESKS = {"fr": "FR", "de": "DE", "es": "ES", "it": "IT", "en": "GB", "nl": "NL"}
AGENTS_PER_DESK = 12
_INACTIVE_SHARE, _AWAY_SHARE, _BUSY_SHARE = 0.02, 0.03, 0.02
_FLAGSHIP_LIMIT = 60

ADVISER, MANAGER, AGENT, LEAD = "sales_adviser", "rooftop_manager", "service_agent", "desk_lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One generated user; `manager` is the position of their manager in the roster."""

    role: str
    values: Mapping[str, Any]
    manager: int | None = None


@dataclass(slots=True)
class _Hiring:
    """The state of one generation: the dice and the user names given so far."""

    hours: Hours
    away_until: str
    dice: random.Random = field(default_factory=lambda: random.Random(20261121))
    taken: set[str] = field(default_factory=set)


def load_roster(org: Org, rooftops: Sequence[Rooftop], hours: Hours) -> list[str]:
    """Create the roster; returns its ids."""
    away_until = format_datetime(org.clock() + timedelta(days=10))
    people = _people(rooftops, _Hiring(hours, away_until))
    ids = created(org, "User", [dict(p.values) for p in people], user_id=ADMIN_USER_ID)
    managed = [
        {"Id": own, "ManagerId": ids[person.manager]}
        for own, person in zip(ids, people, strict=True)
        if person.manager is not None
    ]
    org.update_many("User", managed, user_id=ADMIN_USER_ID)
    return ids


def _people(rooftops: Sequence[Rooftop], hiring: _Hiring) -> list[Person]:
    people: list[Person] = []
    for rooftop in rooftops:
        if rooftop.active:
            people += _site(rooftop, len(people), hiring)
    for language, country in DESKS.items():
        people += _desk(language, COUNTRIES[country], len(people), hiring)
    return people


def _site(rooftop: Rooftop, start: int, hiring: _Hiring) -> Iterator[Person]:
    """A manager first, then the advisers."""
    country = COUNTRIES[rooftop.country]
    at = {"Ortoo_Rooftop__c": rooftop.id, "CompanyName": rooftop.name[:80], "Division": "Sales"}
    at |= {"TimeZoneSidKey": rooftop.zone}
    boss = _named(country, "Sales Manager", hiring) | at
    boss |= {"Ortoo_Languages__c": _languages(country, hiring), "Ortoo_Skills__c": "senior"}
    yield Person(role=MANAGER, values=boss | {"Ortoo_Role__c": MANAGER})
    flagship = rooftop.id == FLAGSHIP_ROOFTOP_ID
    count = FLAGSHIP_ADVISERS if flagship else hiring.dice.choice((2, 2, 3, 3, 4))
    for position in range(count):
        skills = _sales_skills(rooftop, position, hiring)
        values = _named(country, _title(skills), hiring) | at
        values |= {
            "Ortoo_Role__c": ADVISER,
            "Ortoo_Skills__c": ";".join(skills) or None,
            "Ortoo_Languages__c": _languages(country, hiring),
            "Ortoo_Open_Limit__c": _FLAGSHIP_LIMIT if flagship else hiring.dice.choice((20, 25)),
            "Ortoo_Weight__c": 100,
        }
        if not flagship:
            values |= _circumstances(country, rooftop.zone, hiring)
        yield Person(role=ADVISER, values=values, manager=start)


def _desk(language: str, country: Country, start: int, hiring: _Hiring) -> Iterator[Person]:
    """A desk lead first, then agents who together cover every skill and pod of the language."""
    at = {"Division": "Service Desk", "TimeZoneSidKey": country.zone}
    at |= {"Ortoo_Business_Hours__c": hiring.hours.of("Desk", country.code, country.zone)}
    lead = _named(country, "Desk Lead", hiring) | at
    lead |= {"Ortoo_Languages__c": f"{language};en", "Ortoo_Skills__c": "senior"}
    yield Person(role=LEAD, values=lead | {"Ortoo_Role__c": LEAD, "Department": "POD-GEN"})
    for position in range(AGENTS_PER_DESK):
        pod = PODS[position % len(PODS)]
        skills = {SKILLS[position], SKILLS[(position * 5 + 1) % 12], hiring.dice.choice(SKILLS)}
        values = _named(country, "Service Agent", hiring) | at
        values |= {
            "Ortoo_Role__c": AGENT,
            "Ortoo_Skills__c": ";".join([*sorted(skills), pod]),
            "Ortoo_Languages__c": ";".join(
                sorted({language, hiring.dice.choice(("en", language))})
            ),
            "Ortoo_Open_Limit__c": 30,
            "Ortoo_Weight__c": 100,
            "Department": pod,
        }
        yield Person(role=AGENT, values=values, manager=start)


def _sales_skills(rooftop: Rooftop, position: int, hiring: _Hiring) -> list[str]:
    """The first two advisers of a certified site are its specialists."""
    skills = []
    if rooftop.ev and position in (0, 1):
        skills.append("ev")
    if rooftop.fleet and position in (1, 2):
        skills.append("fleet")
    for skill, chance in (("senior", 0.3), ("used_cars", 0.25), ("commercial_vehicles", 0.15)):
        if hiring.dice.random() < chance:
            skills.append(skill)
    return skills


def _title(skills: Sequence[str]) -> str:
    if "ev" in skills:
        return "EV Specialist"
    return "Fleet Specialist" if "fleet" in skills else "Sales Adviser"


def _languages(country: Country, hiring: _Hiring) -> str:
    own, others = country.languages[0], country.languages[1:]
    spoken = [own] + [each for each in others if hiring.dice.random() < 0.4]
    return ";".join(spoken)


def _circumstances(country: Country, zone: str, hiring: _Hiring) -> dict[str, Any]:
    """Part-time hours, absences and people who have left."""
    chance = hiring.dice.random()
    if chance < _INACTIVE_SHARE:
        return {"IsActive": False}
    values: dict[str, Any] = {}
    if chance < _INACTIVE_SHARE + _AWAY_SHARE:
        values = {"Ortoo_Availability__c": "Away", "Ortoo_Away_Until__c": hiring.away_until}
    elif chance < _INACTIVE_SHARE + _AWAY_SHARE + _BUSY_SHARE:
        values = {"Ortoo_Availability__c": "Busy"}
    if hiring.dice.random() < 0.15:
        shift = hiring.dice.choice(("Early", "Late", "Mornings"))
        values["Ortoo_Business_Hours__c"] = hiring.hours.of(shift, country.code, zone)
        if shift == "Mornings":
            values |= {"Ortoo_Weight__c": 50, "Ortoo_Open_Limit__c": 12}
    return values


def _named(country: Country, title: str, hiring: _Hiring) -> dict[str, Any]:
    first = hiring.dice.choice(country.first_names)
    last = hiring.dice.choice(country.last_names)
    stem = f"{_ascii(first)}.{_ascii(last)}"
    username, number = f"{stem}@ortoo.example", 1
    while username in hiring.taken:
        number += 1
        username = f"{stem}{number}@ortoo.example"
    hiring.taken.add(username)
    return {
        "Username": username,
        "Email": username,
        "FirstName": first,
        "LastName": last,
        "Alias": (_ascii(first)[:1] + _ascii(last))[:8],
        "Title": title,
        "LocaleSidKey": country.locale,
        "LanguageLocaleKey": "en_US" if country.languages[0] == "en" else country.languages[0],
        "Country": country.code,
    }


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain.lower())
