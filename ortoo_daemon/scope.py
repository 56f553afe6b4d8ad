"""What do the names in a policy mean for the record at hand?

Field names mean the record as the stages before left it; ``$triage.X``, ``$adf.X``, ``$match.X``,
``$rooftop.X``, ``$owner.X`` and ``$decision.X`` mean what the sequence has found so far. A name that
means nothing is None, as an empty field is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.instants import instant_text
from ortoo_daemon.mail_findings import FINDINGS_FIELD, MailFindings, findings_in
from ortoo_daemon.matches import Match
from ortoo_daemon.person import Person
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, Owner, Record, RecordId


class RecordScope:
    """Names for one record on its way through the stages. ``values`` is the working copy of its fields,
    ``hours`` are the business hours by which its policy counts open time."""

    __slots__ = (
        "adf", "decision", "hours", "match", "now", "owner", "person", "rooftop", "triage", "values", "zone",
    )  # fmt: skip

    def __init__(self, record: Record, *, now: datetime, zone: str) -> None:
        self.now = now
        self.zone = zone
        self.hours: BusinessHours | None = None
        self.values: dict[str, FieldValue] = dict(record.fields)
        self.values.setdefault("Id", record.id)
        self.rooftop: Rooftop | None = None
        self.owner: Owner | None = None
        self.person: Person | None = None
        self.triage: MailFindings | None = None
        self.adf: Mapping[str, FieldValue] = {}
        self.match: Mapping[str, FieldValue] = {}
        self.decision: Decision | None = None

    def matched(
        self, match: Match | None, *, rooftop: RecordId | None = None, active: bool = False
    ) -> None:
        """What ``$match`` means from now on; None: nobody knows the customer.

        ``rooftop`` is where the other record belongs, ``active`` says whether its owner is.
        """
        self.match = _NO_MATCH if match is None else _match_values(match, rooftop, active)

    def asked_by(self, policy: Policy, directory: Directory) -> None:
        """Count days and open time from now on as this policy does."""
        self.zone = policy.zone
        self.hours = directory.hours.get(policy.hours) if policy.hours else None

    def value(self, name: str) -> FieldValue:
        """The meaning of a field name or ``$`` name; None where there is none."""
        if name in self.values:
            return self.values[name]
        return self._found_so_far(name[1:]) if name[:1] == "$" else None

    def _found_so_far(self, name: str) -> FieldValue:
        root, _, rest = name.partition(".")
        if root == "rooftop":
            return None if self.rooftop is None else rooftop_value(self.rooftop, rest)
        if root == "owner":
            return self._owner_value(rest)
        if root == "triage":
            return self._triage_value(rest)
        if root == "match":
            return self.match.get(rest)
        if root == "adf":
            return self.adf.get(rest)
        if root == "decision":
            return None if self.decision is None else _decision_value(self.decision, rest)
        return None

    def text(self, name: str | None) -> str:
        """The value as trimmed text, empty where there is none."""
        if not name:
            return ""
        value = self.values.get(name)
        if value is None and name[:1] == "$":
            value = self.value(name)
        return "" if value is None else str(value).strip()

    def _triage_value(self, name: str) -> FieldValue:
        """What the e-mail was found to say, now or when the record was decided first."""
        if self.triage is None and (kept := self.text(FINDINGS_FIELD)):
            self.triage = findings_in(kept)
        return None if self.triage is None else self.triage.value(name)

    def _owner_value(self, name: str) -> FieldValue:
        if self.owner is None:
            return None
        if name in _OWNER_VALUES:
            return _OWNER_VALUES[name](self.owner)
        return None if self.person is None else person_value(self.person, name)


class RooftopScope:
    """Names for one rooftop, as a rooftop filter reads them; ``$`` names keep their meaning."""

    __slots__ = ("hours", "now", "outer", "rooftop", "zone")

    def __init__(self, outer: RecordScope, rooftop: Rooftop) -> None:
        self.now = outer.now
        self.zone = outer.zone
        self.hours = outer.hours
        self.outer = outer
        self.rooftop = rooftop

    def value(self, name: str) -> FieldValue:
        if name[:1] == "$" and not name.startswith("$rooftop."):
            return self.outer.value(name)
        return rooftop_value(self.rooftop, name.removeprefix("$rooftop."))


def rooftop_value(rooftop: Rooftop, name: str) -> FieldValue:
    """A rooftop's tag, else its Account field, else what the directory itself knows by that name."""
    if name in rooftop.tags:
        return rooftop.tags[name]
    if name in rooftop.fields:
        return rooftop.fields[name]
    known = _ROOFTOP_VALUES.get(name)
    return None if known is None else known(rooftop)


def _decision_value(decision: Decision, name: str) -> FieldValue:
    known = _DECISION_VALUES.get(name)
    return None if known is None else known(decision)


def person_value(person: Person, name: str) -> FieldValue:
    """A person's User field, else what the directory itself knows by that name."""
    if name in person.fields:
        return person.fields[name]
    known = _PERSON_VALUES.get(name)
    return None if known is None else known(person)


_NO_MATCH: Mapping[str, FieldValue] = {"count": 0}


def _match_values(match: Match, rooftop: RecordId | None, active: bool) -> Mapping[str, FieldValue]:
    found = match.found
    created_at = instant_text(found.created_at)
    return {
        "Id": found.id,
        "object": found.object,
        "OwnerId": found.owner,
        "Owner.IsActive": active,
        "age": created_at,
        "how": match.how.value,
        "sure": match.sure,
        "count": match.count,
        "rooftop": rooftop,
        "brand": found.brand or None,
        "Ortoo_Rooftop__c": rooftop,
    }


_OWNER_VALUES: dict[str, Callable[[Owner], FieldValue]] = {
    "Id": lambda owner: owner.id,
    "Name": lambda owner: owner.name,
    "Kind": lambda owner: owner.kind.value,
}

_ROOFTOP_VALUES: dict[str, Callable[[Rooftop], FieldValue]] = {
    "Id": lambda rooftop: rooftop.id,
    "Name": lambda rooftop: rooftop.name,
    "Brands": lambda rooftop: ";".join(sorted(rooftop.brands)),
    "Region": lambda rooftop: rooftop.region,
    "Group": lambda rooftop: rooftop.group,
    "Country": lambda rooftop: rooftop.country,
    "PostalCode": lambda rooftop: rooftop.postal_code,
    "Code": lambda rooftop: rooftop.code,
}

_PERSON_VALUES: dict[str, Callable[[Person], FieldValue]] = {
    "Username": lambda person: person.username,
    "Role": lambda person: person.role,
    "Skills": lambda person: ";".join(sorted(person.skills)),
    "Languages": lambda person: ";".join(sorted(person.languages)),
    "Manager": lambda person: person.manager,
    "Rooftop": lambda person: person.rooftop,
}

_DECISION_VALUES: dict[str, Callable[[Decision], FieldValue]] = {
    "key": lambda decision: decision.key,
    "outcome": lambda decision: decision.outcome.value,
    "reason": lambda decision: decision.reason.value,
    "policy": lambda decision: decision.policy,
    "rule": lambda decision: decision.rule,
    "revision": lambda decision: decision.revision or None,
    "at": lambda decision: instant_text(decision.decided_at),
    "owner_before": lambda decision: decision.seen_owner,
    "owner_after": lambda decision: decision.owner.id if decision.owner else decision.seen_owner,
    "rooftop": lambda decision: decision.rooftop,
    "parked_for": lambda decision: decision.parked_for,
}

ROOFTOP_NAMES = frozenset(_ROOFTOP_VALUES)
"""What ``$rooftop.`` knows of itself, beside tags and fields of the directory file."""

OWNER_NAMES = frozenset(_OWNER_VALUES) | frozenset(_PERSON_VALUES)
"""What ``$owner.`` knows of itself, beside the fields of the directory file."""
