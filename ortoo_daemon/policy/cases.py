"""What is a test beside a policy, once its YAML has been read? Running them is elsewhere.

Expectations are partial: what a case does not mention may be anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ortoo_daemon.errors import Place
from ortoo_daemon.facts import ContactKind
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.matches import How
from ortoo_daemon.records import FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What is different about one person in a case; None leaves it as the directory has it.

    ``given_last`` is how long ago each record was that the policy gave to the person.
    """

    username: str
    active: bool | None = None
    away: bool | None = None
    open_work: int | None = None
    load: float | None = None
    given_last: tuple[timedelta, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOwner:
    """Which person may get the record: every attribute given must hold, every skill be there."""

    username: str | None = None
    name: str | None = None
    role: str | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case expects; None and empty expect nothing.

    ``rule`` is a rule's own name or its whole path joined by `` / ``; ``rooftop`` a name or code;
    ``parked`` the reason of parking; ``sla`` targets by clock; ``told`` who is told;
    ``fields`` values to be written; ``children`` values of each case that the record is split into, in
    order, None where nothing is expected of them; ``reopened`` values that the record which the e-mail
    answers gets; ``known`` all values of the policy's that the earlier record of the customer gets,
    ``attached`` the subject of the task on it, "" for none; ``shared`` whom it is shared with;
    ``campaign`` the value by which the campaign that it joins is looked up, "" for none.
    ``outcome`` is what came of it. ``no_write``: the record must be left as it is.
    """

    no_write: bool = False
    outcome: str | None = None
    rule: str | None = None
    rooftop: str | None = None
    owner: ExpectedOwner | None = None
    queue: str | None = None
    parked: str | None = None
    sla: Mapping[str, timedelta] = field(default_factory=dict)
    told: frozenset[str] | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    children: tuple[Mapping[str, FieldValue], ...] | None = None
    reopened: Mapping[str, FieldValue] | None = None
    known: Mapping[str, FieldValue] | None = None
    attached: str | None = None
    handoff: str | None = None
    published: Mapping[str, Mapping[str, FieldValue]] | None = None
    shared: frozenset[str] | None = None
    campaign: str | None = None


OWNER, FORMER_OWNER = "owner", "former_owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What becomes of the record later: so long after ``now``, with who goes away, leaves or comes back
    then, what somebody has changed by then, how somebody was in touch with the customer, and what the dealer
    answered to the e-mail by which the record was handed over.

    In this ``roster`` a person may also be `OWNER`, whoever holds the record then, or `FORMER_OWNER`, from
    whom it was moved for an absence.

    What is expected is the last that happened since the moment before.
    """

    after: timedelta
    given: Mapping[str, FieldValue]
    activity: frozenset[ContactKind] = frozenset()
    roster: tuple[RosterChange, ...] = ()
    reply: str | None = None
    expect: Expectation
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMatch:
    """Another record that bears the keys of the case's customer.

    ``how`` says what it has of the customer: its number or address, its phone, its name and place, or all of
    that but the first name (a household), or its company alone. ``owner`` is a username, or the
    DeveloperName of a queue; ``rooftop`` a name or code; ``age`` how long ago it was created; ``fields``
    further values that it holds.
    """

    object: str
    how: How = How.EMAIL
    owner: str | None = None
    rooftop: str | None = None
    source: str = ""
    brand: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    age: timedelta
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What a step that asks somebody outside is answered: plain JSON; None where nobody answers.

    A word alone says why a service gave no answer.
    """

    value: Any
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """One case; the file's defaults, ``now`` and roster are already part of it.

    ``moved`` is how many records were moved within the time of each fuse, by programme; that of the policy
    itself stands under ``""``. ``mail`` is what is found in the e-mail of the record, ``match`` what the org
    holds of the same customer. ``answers`` are those of steps that ask somebody outside, by label.
    """

    name: str
    given: Mapping[str, FieldValue]
    now: datetime
    roster: tuple[RosterChange, ...] = ()
    moved: Mapping[str, int] = field(default_factory=dict)
    mail: MailFindings | None = None
    match: tuple[GivenMatch, ...] = ()
    answers: Mapping[str, GivenAnswer] = field(default_factory=dict)
    expect: Expectation
    then: tuple[Later, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTests:
    """One file of tests."""

    policy: str
    cases: tuple[PolicyCase, ...]
    place: Place
