"""Who is in the org already? Leads and contacts of many years, put straight into the sandbox's file.

Through the API a million rows would take most of an hour; so the sandbox makes one row of each kind, and
copies with customers of their own are written beside it while it is stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.dealers import Adviser
from benchmarks.leads import Place
from benchmarks.org import Org
from ortoo_daemon.action import stamps
from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.matching.name_keys import person_key
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY
from ortoo_daemon.sandbox.schema import Schema
from ortoo_daemon.sandbox.storage import Storage

METADATA = Path(__file__).parents[1] / "config" / "salesforce"
LEADS_OF_TEN = 7
"""So many of ten are leads, the others contacts."""

_FIRST = ("Anne", "Karl", "María", "Owen", "Lucie", "Jürgen", "Ines", "Paul", "Greta", "Hugo")
_PARTS = tuple(a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "ou"))
CAME_WITHIN = timedelta(days=360)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """One customer, the same for the same number."""

    number: int
    first_name: str
    last_name: str
    place: Place
    came_ago: timedelta

    @property
    def email(self) -> str:
        return f"known.{self.number}@mail.example"

    @property
    def phone(self) -> str:
        return f"+336{self.number:08d}"

    @property
    def is_lead(self) -> bool:
        return self.number % 10 < LEADS_OF_TEN


def customer(number: int, found: Sequence[Place]) -> KnownCustomer:
    random = Random(number)
    return KnownCustomer(
        number=number,
        first_name=random.choice(_FIRST),
        last_name=surname(random),
        place=random.choice(found),
        came_ago=CAME_WITHIN * random.random(),
    )


def surname(random: Random) -> str:
    return (random.choice(_PARTS) + random.choice(_PARTS) + random.choice("nrstl")).title()


def make_patterns(org: Org, holder: Adviser) -> None:
    """The rows that are copied: nobody's work any more."""
    lead = {
        "attributes": {"type": "Lead"},
        "LastName": "Pattern",
        "Company": "private",
        "Status": "Qualified",
        stamps.ASSIGNED_OWNER: holder.id,
        stamps.DECISION_KEY: "pattern",
        stamps.DECIDED_AT: instant_text(org.now() - timedelta(days=30)),
    }
    org.create([lead, {"attributes": {"type": "Contact"}, "LastName": "Pattern"}])


def put_in(
    state: Path, found: Sequence[Place], holders: Sequence[Adviser], count: int, *, now: datetime
) -> None:
    """So many customers into the file of a stopped sandbox."""
    storage = Storage(Schema.load(METADATA), state)
    try:
        for name in ("Lead", "Contact"):
            (pattern,) = storage.find(name, LastName="Pattern")
            _copy(storage, name, pattern, _rows(name, found, holders, count, now))
    finally:
        storage.close()


def _copy(
    storage: Storage, name: str, pattern: dict[str, Any], rows: Iterator[dict[str, Any]]
) -> None:
    names = list(pattern)
    columns, marks = ", ".join(f'"{each}"' for each in names), ", ".join("?" * len(names))
    sql = f'INSERT INTO "{name}" ({columns}) VALUES ({marks})'
    prefix = str(pattern["Id"])[:3]
    storage.db.execute("PRAGMA synchronous=OFF")
    indexes = _without_indexes(storage, name)
    storage.begin()
    storage.db.executemany(
        sql,
        (
            [row.get(each, pattern[each]) for each in names]
            for row in ({**values, "Id": storage.next_id(prefix)} for values in rows)
        ),
    )
    storage.commit()
    for statement in indexes:
        storage.db.execute(statement)


def _without_indexes(storage: Storage, name: str) -> list[str]:
    """Takes them away: to make them once, of all rows, is many times faster. How they are made."""
    asked = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql != ''"
    )
    found = storage.query(asked, [name])
    for index, _ in found:
        storage.db.execute(f'DROP INDEX "{index}"')
    return [str(sql) for _, sql in found]


def _rows(
    name: str, found: Sequence[Place], holders: Sequence[Adviser], count: int, now: datetime
) -> Iterator[dict[str, Any]]:
    for number in range(count):
        known = customer(number, found)
        if known.is_lead is not (name == "Lead"):
            continue
        holder = holders[number % len(holders)]
        made_at = instant_text(now - known.came_ago)
        row = {
            "FirstName": known.first_name,
            "LastName": known.last_name,
            "Name": f"{known.first_name} {known.last_name}",
            "Email": known.email,
            "Phone": known.phone,
            EMAIL_KEY: known.email,
            PHONE_KEY: known.phone,
            NAME_KEY: person_key(known.last_name, known.place.postal_code),
            "OwnerId": holder.id,
            "CreatedDate": made_at.replace("Z", "+0000"),
        }
        if name == "Lead":
            row |= {
                "Country": known.place.country,
                "PostalCode": known.place.postal_code,
                "Brand__c": known.place.brand,
                stamps.ASSIGNED_OWNER: holder.id,
                stamps.ROOFTOP: holder.rooftop,
                stamps.DECISION_KEY: f"known/{number}",
            }
        else:
            row |= {"MailingPostalCode": known.place.postal_code}
        yield row
