"""What is one decision of the past, and how does it stand in an export file?

One JSON object a line. The first line is the heading (`History`): what was read, when, and the
directory of that moment, so that a file can be replayed without the org. Every other line is one
`PastDecision`. Values of a record's fields are those of the moment of the decision as far as
``of_then`` names them; the others are as they stood when the history was read. Pure: text in, text out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.callouts import CallAnswer, answer_kept, answer_unkept
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Tally, Turns, Unlisted
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.interpretation import Said
from ortoo_daemon.json_text import json_text
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.matches import Found, found_kept, found_unkept
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.records import FieldValue, Owner, OwnerKind, RecordId, WorkReason, record_id
from ortoo_daemon.simulation.snapshot import directory_from_json, directory_to_json
from ortoo_daemon.vehicles import Vehicles

KIND = "ortoo-history"
VERSION = 1

LEFT_ALONE = Outcome.LEFT_ALONE.value
_ASSIGNED, _RECOVERED = Outcome.ASSIGNED.value, Outcome.RECOVERED.value

CustomerKey = tuple[str, str]
"""A field and its folded value: by what a customer who comes again is known."""


Asked = tuple[str, str, str]
"""Whom a decision called: the kind, the target, and what was sent as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What really came of the record then, by its decision record."""

    outcome: str
    reason: str
    policy: str | None = None
    rule: str | None = None
    rooftop: RecordId | None = None
    owner: RecordId | None = None
    owner_name: str | None = None
    revision: str | None = None
    summary: str | None = None

    @property
    def was_placed(self) -> bool:
        """Whether it was given to the owner that is told of; else that one just kept it."""
        if self.outcome == _RECOVERED:
            return self.owner_name is not None
        return self.outcome == _ASSIGNED

    @property
    def person(self) -> RecordId | None:
        """Who really got it, where that was no queue."""
        if self.owner is None or not self.was_placed:
            return None
        return self.owner if Owner.kind_of(self.owner) is OwnerKind.USER else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """One record, as it was decided about last in the time looked at.

    ``past_owners`` are the answers that were kept, ``past_matches`` the records that were found of the same
    customer (None: nobody looked); ``open_work``, ``load``, ``turns`` and ``given`` the counters of those who
    were compared, as they stood before the decision. ``mail`` is what was found in its e-mail,
    ``said`` what models read out of its text, by the label of the step that asked, ``calls`` what services
    said, ``vehicles`` those with its VIN, ``enquiry`` the document of its e-mails, ``unlisted`` what of them
    no pick-list took.
    """

    key: str
    object: str
    record: RecordId
    decided_at: datetime
    way_in: WorkReason
    seen_owner: RecordId | None
    happened: Happened
    fields: Mapping[str, FieldValue]
    of_then: frozenset[str] = frozenset()
    past_owners: Mapping[CustomerKey, RecordId | None] = field(default_factory=dict)
    past_matches: tuple[Found, ...] | None = None
    open_work: Mapping[RecordId, int] = field(default_factory=dict)
    load: Mapping[RecordId, float] = field(default_factory=dict)
    pool: str | None = None
    turns: Turns | None = None
    given: Mapping[Tally, Sequence[int]] = field(default_factory=dict)
    mail: MailFindings | None = None
    enquiry: Mapping[str, FieldValue] | None = None
    vehicles: Vehicles | None = None
    unlisted: Unlisted = frozenset()
    said: Mapping[str, Said] = field(default_factory=dict)
    calls: Mapping[Asked, CallAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What all decisions share. ``fields`` are those that were read, by object.

    ``left_out`` counts decisions that are not in it, by why; ``gaps`` say what could not be read.
    """

    since: datetime
    until: datetime
    read_at: datetime
    directory: Directory
    daemon_user: RecordId | None = None
    usernames: Mapping[str, RecordId] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


def heading_text(history: History) -> str:
    """The first line of a file."""
    return json_text(
        {
            "kind": KIND,
            "v": VERSION,
            "since": instant_text(history.since),
            "until": instant_text(history.until),
            "read_at": instant_text(history.read_at),
            "daemon_user": history.daemon_user,
            "usernames": dict(history.usernames),
            "fields": {name: sorted(names) for name, names in history.fields.items()},
            "left_out": dict(history.left_out),
            "gaps": list(history.gaps),
            "directory": json.loads(directory_to_json(history.directory)),
        }
    )


def heading_of(text: str) -> History:
    """The heading again. Raises ValueError when the line is none, ConfigError for its directory."""
    saved = _object(text)
    if saved.get("kind") != KIND or saved.get("v") != VERSION:
        raise ValueError("not the heading of a history")
    user = saved.get("daemon_user")
    try:
        return History(
            since=_moment(saved["since"]),
            until=_moment(saved["until"]),
            read_at=_moment(saved["read_at"]),
            directory=directory_from_json(json.dumps(saved["directory"]), file="history"),
            daemon_user=record_id(user) if user else None,
            usernames={str(n): record_id(i) for n, i in saved.get("usernames", {}).items()},
            fields={name: frozenset(names) for name, names in saved["fields"].items()},
            left_out=dict(saved.get("left_out", {})),
            gaps=tuple(saved.get("gaps", ())),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not the heading of a history: {error!r}") from error


def decision_text(past: PastDecision) -> str:
    """One line; what is empty is left out."""
    then = past.happened
    saved: dict[str, Any] = {
        "key": past.key,
        "object": past.object,
        "record": past.record,
        "decided_at": instant_text(past.decided_at),
        "way_in": past.way_in.value,
        "seen_owner": past.seen_owner,
        "happened": {
            name: value
            for name in Happened.__dataclass_fields__
            if (value := getattr(then, name)) is not None
        },
        "fields": dict(past.fields),
        "of_then": sorted(past.of_then),
        "past_owners": [[*key, owner] for key, owner in past.past_owners.items()],
        "open_work": dict(past.open_work),
        "load": dict(past.load),
        "given": [[*tally, list(moments)] for tally, moments in past.given.items()],
    }
    if past.past_matches is not None:
        saved["past_matches"] = [found_kept(found) for found in past.past_matches]
    if past.calls:
        saved["calls"] = [[*asked, answer_kept(each)] for asked, each in past.calls.items()]
    if past.pool is not None and past.turns is not None:
        saved["turns"] = {
            "pool": past.pool,
            "clock": past.turns.clock,
            "at": dict(past.turns.at),
        }
    return json_text(saved)


def decision_from(text: str) -> PastDecision:
    """The decision again. Raises ValueError saying what is wrong with the line."""
    saved = _object(text)
    try:
        seen, turns = saved.get("seen_owner"), saved.get("turns")
        return PastDecision(
            key=saved["key"],
            object=saved["object"],
            record=record_id(saved["record"]),
            decided_at=_moment(saved["decided_at"]),
            way_in=WorkReason(saved["way_in"]),
            seen_owner=RecordId(seen) if seen else None,
            happened=Happened(**saved["happened"]),
            fields=dict(saved["fields"]),
            of_then=frozenset(saved.get("of_then", ())),
            past_owners={
                (name, value): owner for name, value, owner in saved.get("past_owners", ())
            },
            past_matches=_matches(saved.get("past_matches")),
            calls={
                (kind, target, sent): answer_unkept(each)
                for kind, target, sent, each in saved.get("calls", ())
            },
            open_work=dict(saved.get("open_work", {})),
            load=dict(saved.get("load", {})),
            pool=turns["pool"] if turns else None,
            turns=Turns(clock=float(turns["clock"]), at=dict(turns["at"])) if turns else None,
            given={Tally(*names): tuple(moments) for *names, moments in saved.get("given", ())},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a decision of a history: {error!r}") from error


def _matches(saved: list[Any] | None) -> tuple[Found, ...] | None:
    return None if saved is None else tuple(map(found_unkept, saved))


def _object(text: str) -> dict[str, Any]:
    saved = json.loads(text)
    if not isinstance(saved, dict):
        raise ValueError("not an object")
    return saved


def _moment(value: FieldValue) -> datetime:
    found = instant(value)
    if found is None:
        raise ValueError(f"{value!r} is no moment")
    return found
