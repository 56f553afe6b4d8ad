"""Which policies and facts is `decide` timed on? A list of rules of a given length over a small network.

Rules as admins write them where every brand and region has its own: first match wins, each asks for two
to four fields, inner rules hang from some. Records are spread so that the winner stands anywhere in the
list, or nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from ortoo_daemon.descriptions import FieldDescription, ObjectDescription, OrgDescription
from ortoo_daemon.directory import Directory, Queue, Rooftop
from ortoo_daemon.facts import Facts, Workload
from ortoo_daemon.person import Person
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason, record_id

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
_BRANDS = ("Renault", "Dacia", "Peugeot", "Citroën", "Opel", "Fiat", "Audi", "BMW", "Kia", "Škoda")
_COUNTRIES = ("FR", "DE", "ES", "IT", "GB")
_SOURCES = ("Web", "Phone", "Marketplace", "Dealer", "Fair")
_ROOFTOPS, _ADVISERS = 40, 5
_TEXTS = (
    "Status",
    "Email",
    "LastName",
    "City",
    "Brand__c",
    "Country",
    "PostalCode",
    "LeadSource",
    "Fuel__c",
)

_HEAD = """\
policy: bench
object: Lead
take_from: 2026-11-01T00:00:00+01:00
zone: Europe/Paris
on: [created]
enter: {Status: [New, Open]}
intake:
  cleanse: {Email: email, LastName: name, City: trim}
ownership:
  otherwise: {queue: Last}
  rules:
"""


def policy_text(rules: int) -> bytes:
    """A policy file with so many rules, inner ones included."""
    return (_HEAD + "".join(_rules(rules))).encode()


def policies(rules: int) -> PolicySet:
    return load({"policies/bench.yaml": policy_text(rules)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one of many flat rules asks for, to be written in any engine's words."""

    brand: str
    country: str
    area: str
    sources: tuple[str, ...] = ()
    electric_or_cheap: bool = False


def rows(count: int) -> Iterator[Row]:
    """The rules of `flat_policies`, in order."""
    for number in range(count):
        yield Row(
            brand=_brand(number),
            country=_country(number),
            area=_area(number),
            sources=(_SOURCES[number % 5], "Fair") if number % 5 < 2 else (),
            electric_or_cheap=number % 10 == 3,
        )


def flat_policies(rules: int) -> PolicySet:
    """So many rules side by side."""
    written = (
        f"    - name: rule {number}\n      when: {_when(number)}\n      assign: {{queue: Desk}}\n"
        for number in range(rules)
    )
    return load({"policies/bench.yaml": (_HEAD + "".join(written)).encode()})


def _rules(count: int) -> Iterator[str]:
    number = 0
    while number < count:
        inner = 1 if number % 10 == 0 and number + 1 < count else 0
        yield f"    - name: rule {number}\n      when: {_when(number)}\n"
        yield f"      assign: {_assign(number)}\n"
        if inner:
            yield "      rules:\n"
            yield f"        - name: rule {number + 1}\n"
            yield "          when: {Budget__c: {at_least: 40000}}\n"
        number += 1 + inner


def _brand(number: int) -> str:
    return _BRANDS[number % 10]


def _country(number: int) -> str:
    return _COUNTRIES[number // 10 % 5]


def _area(number: int) -> str:
    return f"{number // 50 % 1000:03d}"


def _when(number: int) -> str:
    parts = [f"Brand__c: {_brand(number)}", f"Country: {_country(number)}"]
    parts.append(f'PostalCode: {{starts_with: ["{_area(number)}"]}}')
    if number % 5 < 2:
        parts.append(f"LeadSource: [{_SOURCES[number % 5]}, Fair]")
    if number % 10 == 3:
        parts.append("any: [{Fuel__c: EV}, {Budget__c: {below: 30000}}]")
    return "{" + ", ".join(parts) + "}"


def _assign(number: int) -> str:
    if number % 3 == 0:
        return "{queue: Desk}"
    return "{rooftop: {brand: Brand__c}, team: {role: sales_adviser}, person: {by: least_loaded}}"


def facts(count: int, *, rules: int) -> list[Facts]:
    """Leads for rules drawn evenly from the list; one in ten finds none. The directory is shared."""
    random = Random(7)
    known = directory()
    return [_facts(number, random.randrange(rules), random, known) for number in range(count)]


def _facts(number: int, rule: int, random: Random, known: Directory) -> Facts:
    record = Record(
        object="Lead",
        id=_id("00Q", number),
        fields={
            "OwnerId": _id("00G", 1),
            "Status": "New",
            "CreatedDate": "2026-11-23T09:10:00.000+0000",
            "LastName": f" Martin{number} ",
            "Email": f"A.Martin{number}@mail.example",
            "City": " Rennes ",
            "Brand__c": _brand(rule),
            "Country": _country(rule),
            "PostalCode": f"{_area(rule)}00",
            "LeadSource": _SOURCES[rule % 5],
            "Fuel__c": random.choice(("EV", "Petrol")),
            "Budget__c": random.choice((15000, 35000, 55000)),
        },
    )
    item = WorkItem(object="Lead", record_id=record.id, reason=WorkReason.CREATED, heard_at=NOW)
    return Facts(item=item, record=record, now=NOW, directory=known, workload=Workload())


def description() -> OrgDescription:
    """The org's side of the policies: their fields and queues."""
    texts = {name: FieldDescription(name=name, type="string") for name in _TEXTS}
    fields = texts | {"Budget__c": FieldDescription(name="Budget__c", type="currency")}
    return OrgDescription(
        objects={"Lead": ObjectDescription(name="Lead", fields=fields)},
        queues={queue.name: queue.objects for queue in _queues()},
    )


def directory() -> Directory:
    rooftops = [
        Rooftop(id=_id("001", n), name=f"Site {n}", brands=frozenset({_BRANDS[n % 10]}))
        for n in range(_ROOFTOPS)
    ]
    return Directory.of(rooftops=rooftops, people=_people(rooftops), queues=_queues())


def _people(rooftops: Sequence[Rooftop]) -> list[Person]:
    return [
        Person(
            id=_id("005", n * _ADVISERS + each),
            name=f"Adviser {n}-{each}",
            username=f"a{n}.{each}@dealers.example",
            rooftop=rooftop.id,
            role="sales_adviser",
        )
        for n, rooftop in enumerate(rooftops)
        for each in range(_ADVISERS)
    ]


def _queues() -> list[Queue]:
    objects = frozenset({"Lead"})
    return [
        Queue(id=_id("00G", n), name=name, label=name, objects=objects)
        for n, name in enumerate(("Desk", "Last"), start=1)
    ]


def _id(prefix: str, number: int) -> RecordId:
    return record_id(f"{prefix}{number:012d}")
