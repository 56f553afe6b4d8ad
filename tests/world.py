"""Small dealer networks, policies and facts for tests of the pure core."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory, Point, Queue, Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.facts import Facts, Workload
from ortoo_daemon.flow import decide
from ortoo_daemon.person import Person
from ortoo_daemon.policy.conditions import AllOf, FieldTest
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.ownership_model import (
    Assignment,
    PersonChoice,
    PersonMethod,
    QueueTarget,
    RooftopChoice,
    Rule,
    TeamChoice,
)
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkItem, WorkReason, record_id

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
TAKE_FROM = datetime(2026, 11, 1, tzinfo=UTC)
PLACE = Place("policies/leads.yaml", 1, 1)


def an_id(prefix: str, number: int) -> RecordId:
    return record_id(f"{prefix}{number:0{15 - len(prefix)}d}")


def is_(field: str, *values: str, line: int = 1) -> FieldTest:
    operand = tuple(value.casefold() for value in values)
    written = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
    return FieldTest(field, "in", operand, place=Place(PLACE.file, line, 5), written=written)


def blank(field: str, wanted: bool = True) -> FieldTest:
    written = f"{{blank: {str(wanted).lower()}}}"
    return FieldTest(field, "blank", (wanted,), place=PLACE, written=written)


def every(*conditions: Condition) -> Condition:
    return AllOf(PLACE, conditions)


def rooftop(number: int, name: str, *, at: tuple[float, float] | None = None, **given) -> Rooftop:
    point = Point(latitude=at[0], longitude=at[1]) if at else None
    brands = frozenset(given.pop("brands", ("Peugeot",)))
    return Rooftop(id=an_id("001", number), name=name, point=point, brands=brands, **given)


def person(number: int, *, at: Rooftop | None = None, **given) -> Person:
    given.setdefault("name", f"Person {number}")
    given.setdefault("username", f"p{number}@example.com")
    given.setdefault("role", "sales_adviser")
    for names in ("skills", "languages"):
        given[names] = frozenset(given.get(names, ()))
    return Person(id=an_id("005", number), rooftop=at.id if at else None, **given)


DESK = Queue(id=an_id("00G", 1), name="Desk", label="The desk", objects=frozenset({"Lead"}))
LAST = Queue(id=an_id("00G", 2), name="Last", label="Last resort", objects=frozenset({"Lead"}))
CASES_ONLY = Queue(id=an_id("00G", 3), name="Cases", label="Cases", objects=frozenset({"Case"}))


def directory(
    rooftops: tuple[Rooftop, ...] = (),
    people: tuple[Person, ...] = (),
    hours: Mapping[str, BusinessHours] | None = None,
) -> Directory:
    return Directory.of(
        rooftops=rooftops, people=people, queues=(DESK, LAST, CASES_ONLY), hours=hours
    )


def to_queue(name: str = "Desk") -> Assignment:
    return Assignment(target=QueueTarget(queue=name, place=PLACE), place=PLACE)


def to_people(
    by: PersonMethod = PersonMethod.ROTATION,
    *,
    rooftop: RooftopChoice | None = None,
    team: TeamChoice | None = None,
    person: PersonChoice | None = None,
) -> Assignment:
    return Assignment(
        rooftop=rooftop,
        team=team or TeamChoice(role="sales_adviser", place=PLACE),
        person=person or PersonChoice(by=by, place=PLACE),
        place=PLACE,
    )


def rule(*path: str, assign: Assignment | None = None, line: int = 10, **given) -> Rule:
    given.setdefault("when", None)
    given.setdefault("during", None)
    place = Place(PLACE.file, line, 7)
    return Rule(path=path, assign=assign or to_queue(), place=place, **given)


def policy(*rules: Rule, **given) -> Policy:
    given.setdefault("name", "leads")
    given.setdefault("object", "Lead")
    given.setdefault("take_from", TAKE_FROM)
    given.setdefault("zone", "Europe/Paris")
    given.setdefault("otherwise", QueueTarget(queue="Last", place=PLACE))
    return Policy(rules=rules, place=PLACE, **given)


def policies(*found: Policy, signals: Mapping[str, str] | None = None) -> PolicySet:
    return PolicySet(policies=found, revision="0123456789ab", signals=signals or {})


LEAD = an_id("00Q", 1)


def lead(number: int = 1, **fields: FieldValue) -> Record:
    fields.setdefault("CreatedDate", "2026-11-23T09:10:00.000+0000")
    return Record(object="Lead", id=an_id("00Q", number), fields=fields)


def item(record: Record, **given) -> WorkItem:
    given.setdefault("reason", WorkReason.CREATED)
    given.setdefault("heard_at", NOW)
    return WorkItem(object=record.object, record_id=record.id, **given)


def facts(record: Record, directory: Directory, *, work: WorkItem | None = None, **given) -> Facts:
    given.setdefault("now", NOW)
    given.setdefault("workload", Workload())
    return Facts(item=work or item(record), record=record, directory=directory, **given)


def decided(policy_set: PolicySet | Policy, given: Facts) -> Decision:
    """The decision, where none of the facts is missing."""
    asked = policy_set if isinstance(policy_set, PolicySet) else policies(policy_set)
    found = decide(asked, given)
    assert isinstance(found, Decision), found
    return found


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
