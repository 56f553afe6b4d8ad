"""What of its facts must be kept with a decision, so that it can be decided again much later? Pure.

Beside answers and counters (`record`) these are the way in, the record as it was read, and the people of
every place that was asked. Rooftops, queues, opening hours and postal codes are not kept: they are many
and change seldom. Of rooftops that the trace names a fingerprint is, so that a change since then is told.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ortoo_daemon.callouts import (
    CallAnswer,
    CallQuestion,
    HoldQuestion,
    answer_kept,
    call_kept,
)
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import (
    Answer,
    EnquiryQuestion,
    Facts,
    LateFieldsQuestion,
    PastOwnerQuestion,
    Question,
    UnlistedQuestion,
)
from ortoo_daemon.instants import instant_text
from ortoo_daemon.interpretation import InterpretQuestion, Said, kept_said
from ortoo_daemon.json_text import json_text
from ortoo_daemon.mail_findings import MailFindings, kept_findings
from ortoo_daemon.matches import MatchQuestion, found_kept, question_kept
from ortoo_daemon.person import Person
from ortoo_daemon.policy.sla_model import Superior
from ortoo_daemon.records import FIRST_ENTRY, FieldValue, Record, RecordId
from ortoo_daemon.repeats import KnownQuestion
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles, vehicle_question_kept

LONGEST_VALUE = 4_000
"""A longer value of the record is kept as its SHA-256: as long as it stands there, it can be read again."""

MOST_PEOPLE = 60
"""Of more people than so many only those whom the trace names are kept, up to so many."""

MOST_CONTACTS = 50
"""The first of a record's contacts: those that may have stopped a clock."""

_CUTS = (
    "people",
    "superiors",
    "rooftops",
    "hashes",
    "fields",
    "turns",
    "given",
    "load",
    "open_work",
    "answers",
)
"""What goes first when the whole is longer than its field; the moment and watched fields stay longest."""


def kept_to_replay(
    decision: Decision, facts: Facts, *, staff: Sequence[Person], more: int
) -> dict[str, Any]:
    """``item``, ``intake_owners``, ``fields`` and ``hashes`` of the record, ``people`` and how many
    ``more_people`` there were, their ``superiors`` of other places, ``rooftops`` and ``changed_since``; what
    is empty is left out. ``staff`` and ``more`` are what `staff_asked` says."""
    directory = facts.directory
    kept: dict[str, Any] = {
        "item": _item(facts),
        "intake_owners": sorted(facts.intake_owners),
        **_record(facts.record),
        "people": [directory.as_kept(person) for person in staff],
        "more_people": more,
        "superiors": [directory.as_kept(each) for each in superiors_asked(decision, facts, staff)],
        "rooftops": _fingerprints(decision, directory),
    }
    kept = {name: part for name, part in kept.items() if part}
    if facts.contacts is not None:
        kept["contacts"] = [
            [each.kind.value, instant_text(each.at), each.both_ways]
            for each in facts.contacts[:MOST_CONTACTS]
        ]
    if facts.changed_since is not None:
        kept["changed_since"] = sorted(facts.changed_since)
    return kept


def kept_question(asked: Question, answer: Answer) -> dict[str, Any]:
    """A question with its answer; what was found in an e-mail or read out of a text whole, with what models
    said of it."""
    if isinstance(asked, PastOwnerQuestion):
        return {
            "past_owner_of": {"field": asked.field, "value": asked.value},
            "since": instant_text(asked.since),
            "answer": answer,
        }
    if isinstance(asked, CallQuestion):
        came = answer_kept(answer) if isinstance(answer, CallAnswer) else None
        return {"call": call_kept(asked), "answer": came}
    if isinstance(asked, HoldQuestion):
        return {"hold": {"step": asked.step}, "answer": answer}
    if isinstance(asked, MatchQuestion):
        records = [found_kept(each) for each in answer] if isinstance(answer, tuple) else answer
        return {"match": question_kept(asked), "answer": records}
    if isinstance(asked, VehicleQuestion):
        rows = [dict(each) for each in answer.rows] if isinstance(answer, Vehicles) else answer
        return {"vehicle_of": vehicle_question_kept(asked), "answer": rows}
    if isinstance(asked, InterpretQuestion):
        about = {"label": asked.label, "task": asked.task, "digest": asked.digest}
        said = kept_said(answer) if isinstance(answer, Said) else answer
        return {"said_of": about, "answer": said}
    if isinstance(asked, KnownQuestion):
        values = dict(answer.fields) if isinstance(answer, Record) else answer
        return {"known": [asked.object, asked.id, list(asked.fields)], "answer": values}
    if isinstance(asked, UnlistedQuestion):
        refused = sorted(map(list, answer)) if isinstance(answer, frozenset) else None
        return {"unlisted": refused}
    if isinstance(asked, LateFieldsQuestion):
        return {"late_of": asked.label, "answer": _late(asked, answer)}
    if isinstance(asked, EnquiryQuestion):
        document = dict(answer) if isinstance(answer, Mapping) else answer
        return {"enquiry_of": {"patient": asked.patient}, "answer": document}
    found = kept_findings(answer) if isinstance(answer, MailFindings) else answer
    return {"mail_of": {"patient": asked.patient, "task": asked.task}, "answer": found}


def _late(asked: LateFieldsQuestion, answer: Answer) -> Answer:
    """What stood in the fields; an empty one is none."""
    if not isinstance(answer, Record):
        return answer
    held = ((name, answer.get(name)) for name in asked.fields)
    return {name: value for name, value in held if value not in (None, "")}


def staff_asked(decision: Decision, facts: Facts) -> tuple[Sequence[Person], int]:
    """Everybody at the places whose people were compared or given the record, of large places only those in
    the trace; and how many are left out."""
    known, by_rooftop = facts.directory.people, facts.directory.people_by_rooftop
    ids = [RecordId(step.id) for step in decision.trace.candidates if step.kind == "person"]
    if decision.owner:
        ids.append(decision.owner.id)
    for asked, answer in facts.answers.items():
        ids += _former(asked, answer)
    named = {id_: known[id_] for id_ in ids if id_ in known}
    places = dict.fromkeys([person.rooftop for person in named.values()])
    staff = [each for place in places for each in by_rooftop.get(place, ())]
    found = staff if len(staff) <= MOST_PEOPLE else list(named.values())[:MOST_PEOPLE]
    return found, len(staff) - len(found)


def superiors_asked(decision: Decision, facts: Facts, staff: Sequence[Person]) -> Sequence[Person]:
    """Managers beside the staff who were told, or passed over as they were away or not active."""
    directory = facts.directory
    holders = {facts.record.text("OwnerId"), decision.owner.id if decision.owner else ""}
    held_by = (directory.people.get(RecordId(each)) for each in holders)
    asked = {person.manager for person in held_by if person is not None}
    if decision.rooftop and all(each.rooftop != decision.rooftop for each in staff):
        site = directory.people_by_rooftop.get(decision.rooftop, ())
        role = Superior.ROOFTOP_MANAGER.value
        asked |= {each.id for each in site if (each.role or "").casefold() == role}
    beside = sorted(filter(None, asked - {each.id for each in staff}))
    if not beside:
        return ()  # nearly always
    told = {each for notice in decision.notices for each in notice.recipients}
    found = (directory.people[each] for each in beside if each in directory.people)
    return [each for each in found if each.id in told or not each.active or each.is_away(facts.now)]


def _former(asked: Question, answer: Answer) -> Iterable[RecordId]:
    """Who had the customer before, by an answer."""
    if isinstance(answer, tuple):
        return [found.owner for found in answer]
    return (RecordId(str(answer)),) if answer and isinstance(asked, PastOwnerQuestion) else ()


def value_hash(value: FieldValue) -> str:
    """By which a long value is known again."""
    return hashlib.sha256(str(value).encode("utf-8", "surrogatepass")).hexdigest()


def fitted(kept: dict[str, Any], *, length: int) -> str:
    """The facts as JSON; of what is too long parts are left out, and ``cut`` names them."""
    text, gone = json_text(kept), []
    for name in _CUTS:
        if len(text) <= length:
            return text
        if name in kept:
            gone.append(name)
            kept = {key: part for key, part in kept.items() if key != name} | {"cut": gone}
            text = json_text(kept)
    if len(text) <= length:
        return text
    return json_text({"v": 1, "now": kept["now"], "cut": [*gone, "watched", "item"]})


def _item(facts: Facts) -> dict[str, Any]:
    item = facts.item
    kept: dict[str, Any] = {"reason": item.reason.value}
    if item.entry != FIRST_ENTRY:
        kept["entry"] = item.entry
    if item.changed_fields:
        kept["changed"] = sorted(item.changed_fields)
    return kept


def _record(record: Record) -> dict[str, Any]:
    """What stood in the record; an empty field is none."""
    fields: dict[str, FieldValue] = {}
    hashes: dict[str, str] = {}
    for name, value in record.fields.items():
        if value is None or value == "":
            continue  # most fields
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            hashes[name] = value_hash(value)
        else:
            fields[name] = value
    return {"fields": fields, "hashes": hashes}


def _fingerprints(decision: Decision, directory: Directory) -> dict[str, str]:
    rooftops = directory.rooftops
    prints: dict[str, str] = {}
    for step in decision.trace.candidates:
        if step.kind == "rooftop" and (found := rooftops.get(RecordId(step.id))) is not None:
            prints[found.id] = directory.fingerprint(found)
    return prints
