"""Which facts was a decision made of, as far as its row keeps them? Pure.

What the row does not keep (rooftops, queues, opening hours, postal codes) is taken as it is now.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ortoo_daemon.audit.kept_facts import value_hash
from ortoo_daemon.audit.record import ERASED_AT
from ortoo_daemon.callouts import CallAnswer, CallQuestion, answer_unkept, call_unkept
from ortoo_daemon.directory import Directory, person_of
from ortoo_daemon.facts import (
    Answer,
    Contact,
    ContactKind,
    EnquiryQuestion,
    Facts,
    LateFieldsQuestion,
    MailQuestion,
    Moved,
    NotAsked,
    PastOwnerQuestion,
    Question,
    Tally,
    Turns,
    UnlistedQuestion,
    Workload,
)
from ortoo_daemon.instants import instant
from ortoo_daemon.interpretation import InterpretQuestion, Said, restored_said
from ortoo_daemon.mail_findings import restored_findings
from ortoo_daemon.matches import MatchQuestion, found_unkept, question_unkept
from ortoo_daemon.records import (
    FIRST_ENTRY,
    FieldValue,
    Record,
    RecordId,
    WorkItem,
    WorkReason,
    record_id,
)
from ortoo_daemon.repeats import KnownQuestion
from ortoo_daemon.vehicles import Vehicles, vehicle_question_unkept

Row = Mapping[str, Any]


class NotKeptError(ValueError):
    """The facts of the decision are not there, so it can't be made again; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What stands in where a decision keeps nothing of then.

    ``facts`` are any facts made now; ``record`` is the record as it stands, None where it is gone.
    """

    facts: Facts
    record: Record | None


def facts_of(row: Row, now: Now) -> tuple[Facts, list[str]]:
    """The facts of a decision's row, and what of them is not of then. Raises NotKeptError."""
    kept = _kept(row)
    moment, heard_at = instant(kept.get("now")), instant(kept.get("heard_at"))
    if moment is None or heard_at is None or "fields" not in kept or "item" not in kept:
        cut = f" (left out for length: {', '.join(kept['cut'])})" if kept.get("cut") else ""
        raise NotKeptError(f"the record as it was read was not kept with the decision{cut}")
    record, gaps = _record(row, kept, now.record)
    directory, changed = _directory(kept, now.facts.directory)
    changed_since = kept.get("changed_since")
    facts = replace(
        now.facts,
        item=_item(row, kept, heard_at),
        record=record,
        now=moment,
        directory=directory,
        workload=workload_of(kept),
        answers=dict(_answers(record, kept, key=str(row["Ortoo_Key__c"]))),
        intake_owners=frozenset(RecordId(each) for each in kept.get("intake_owners", ())),
        changed_since=None if changed_since is None else frozenset(changed_since),
        contacts=_contacts(kept),
    )
    return facts, gaps + changed + _cut(kept)


def _kept(row: Row) -> dict[str, Any]:
    if row.get(ERASED_AT):
        raise NotKeptError(f"its facts were erased (ortoo-daemon forget) at {row[ERASED_AT]}")
    try:
        kept = json.loads(row["Facts__c"] or "")
        if kept["v"] != 1:
            raise NotKeptError(f"the facts are of version {kept['v']}, known is 1")
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, NotKeptError):
            raise
        raise NotKeptError("the decision has no readable facts") from error
    return dict(kept)


def _item(row: Row, kept: Mapping[str, Any], heard_at: datetime) -> WorkItem:
    about = kept["item"]
    return WorkItem(
        object=str(row["Object__c"]),
        record_id=record_id(str(row["Record_Id__c"])),
        reason=WorkReason(about["reason"]),
        entry=about.get("entry", FIRST_ENTRY),
        heard_at=heard_at,
        committed_at=instant(kept.get("committed_at")),
        changed_fields=frozenset(about.get("changed", ())),
    )


def _record(row: Row, kept: Mapping[str, Any], now: Record | None) -> tuple[Record, list[str]]:
    fields: dict[str, FieldValue] = dict(kept["fields"])
    gaps = []
    for name, wanted in kept.get("hashes", {}).items():
        value = now.get(name) if now is not None else None
        if value_hash(value) == wanted:
            fields[name] = value
        else:
            gaps.append(f"{name}: its long text of then is not kept, and it has changed since")
    id_ = record_id(str(row["Record_Id__c"]))
    return Record(object=str(row["Object__c"]), id=id_, fields=fields), gaps


def _directory(kept: Mapping[str, Any], now: Directory) -> tuple[Directory, list[str]]:
    """Today's directory with the people of then at the places that were asked, and the managers of then."""
    above = {person.id: person for person in map(person_of, kept.get("superiors", ()))}
    then = {person.id: person for person in map(person_of, kept.get("people", ()))}
    gaps = list(_changed_rooftops(kept.get("rooftops", {}), now))
    more = kept.get("more_people", 0)
    if more:
        gaps.append(f"{more} more people at these places were not kept: they are as they are now")
    places = set() if more else {person.rooftop for person in then.values()}
    others = {id_: each for id_, each in now.people.items() if each.rooftop not in places}
    changed = [each.name for each in then.values() if now.people.get(each.id) != each]
    changed += [each.name for each in above.values() if now.people.get(each.id) != each]
    people = {**others, **above, **then}
    return replace(now, people=people) if changed or places else now, gaps


def _changed_rooftops(prints: Mapping[str, str], now: Directory) -> Iterator[str]:
    for place, then in prints.items():
        rooftop = now.rooftops.get(RecordId(place))
        if rooftop is None:
            yield f"rooftop {place} is no longer in the directory"
        elif now.fingerprint(rooftop) != then:
            yield f"rooftop {rooftop.name} ({place}) has changed since; taken as it is now"


def workload_of(kept: Mapping[str, Any]) -> Workload:
    """The counters that a decision's ``Facts__c`` keeps: of those who were asked, and of one rotation."""
    open_work = {RecordId(id_): int(n) for id_, n in kept.get("open_work", {}).items()}
    turns: dict[str, Turns] = {}
    if (saved := kept.get("turns")) is not None:
        at = {RecordId(id_): float(turn) for id_, turn in saved["at"].items()}
        turns[saved["pool"]] = Turns(clock=float(saved["clock"]), at=at)
    given = {
        Tally(policy, level, subject, tag): list(moments)
        for policy, level, subject, tag, moments in kept.get("given", ())
    }
    load = {RecordId(id_): float(weight) for id_, weight in kept.get("load", {}).items()}
    moved = {of: Moved(*each) for of, each in kept.get("moved", {}).items()}
    return Workload(open_work=open_work, turns=turns, given=given, load=load, moved=moved)


def matches_of(
    kept: Mapping[str, Any], *, object_name: str, beside: RecordId
) -> Iterator[tuple[MatchQuestion, Answer]]:
    """What was asked about other records of the customer, and what was found."""
    for each in kept.get("answers", ()):
        if "match" in each:
            question = question_unkept(each["match"], object_name=object_name, beside=beside)
            answer = each["answer"]
            found = tuple(map(found_unkept, answer)) if isinstance(answer, list) else None
            yield question, NotAsked(answer) if isinstance(answer, str) else found


def calls_of(
    kept: Mapping[str, Any], *, record: RecordId, key: str
) -> Iterator[tuple[CallQuestion, CallAnswer]]:
    """What was asked of services, and what came of it."""
    for each in kept.get("answers", ()):
        if "call" in each and each["answer"] is not None:
            question = call_unkept(each["call"], record=record, key=key)
            yield question, answer_unkept(each["answer"])


def _answers(
    record: Record, kept: Mapping[str, Any], *, key: str
) -> Iterator[tuple[Question, Answer]]:
    yield from matches_of(kept, object_name=record.object, beside=record.id)
    yield from calls_of(kept, record=record.id, key=key)
    for each in kept.get("answers", ()):
        if "mail_of" in each:
            yield _mail(record, each)
        if "enquiry_of" in each:
            patient = bool(each["enquiry_of"]["patient"])
            asked = EnquiryQuestion(record.object, record.id, patient)
            yield asked, enquiry_kept(each["answer"])
        if "vehicle_of" in each:
            yield vehicle_question_unkept(each["vehicle_of"]), vehicles_kept(each["answer"])
        if "said_of" in each:
            yield _said(record, each)
        if "known" in each:
            yield _known(each)
        if "unlisted" in each:
            yield _unlisted(record, each)
        if "late_of" in each:
            yield _late(record, each)
        if "past_owner_of" not in each:
            continue
        since = instant(each["since"])
        if since is None:
            continue
        question = PastOwnerQuestion(
            object=record.object,
            field=each["past_owner_of"]["field"],
            value=each["past_owner_of"]["value"],
            since=since,
            beside=record.id,
        )
        answer = each["answer"]
        yield question, NotAsked.BUDGET if answer == NotAsked.BUDGET.value else answer


def _known(kept: Mapping[str, Any]) -> tuple[KnownQuestion, Answer]:
    """What the earlier record of the customer held then."""
    object_name, id_, names = kept["known"]
    question = KnownQuestion(object_name, RecordId(id_), tuple(names))
    answer = kept["answer"]
    if isinstance(answer, Mapping):
        return question, Record(object=object_name, id=question.id, fields=answer)
    return question, NotAsked(answer) if isinstance(answer, str) else None


def _unlisted(record: Record, kept: Mapping[str, Any]) -> tuple[UnlistedQuestion, Answer]:
    """What the pick-lists of then did not take."""
    refused = kept["unlisted"]
    question = UnlistedQuestion(object=record.object, record=record.id)
    if refused is None:
        return question, None
    return question, frozenset((str(name), str(value)) for name, value in refused)


def _late(record: Record, kept: Mapping[str, Any]) -> tuple[LateFieldsQuestion, Answer]:
    """What the record held then of what was not read with it."""
    question = LateFieldsQuestion(object=record.object, record=record.id, label=kept["late_of"])
    answer = kept["answer"]
    if isinstance(answer, Mapping):
        return question, Record(object=record.object, id=record.id, fields=answer)
    return question, NotAsked(answer) if isinstance(answer, str) else None


def _mail(record: Record, kept: Mapping[str, Any]) -> tuple[Question, Answer]:
    """What was found in the e-mail then."""
    about, found = kept["mail_of"], kept["answer"]
    question = MailQuestion(record.object, record.id, bool(about["patient"]), about["task"])
    return question, restored_findings(found) if isinstance(found, Mapping) else None


def _said(record: Record, kept: Mapping[str, Any]) -> tuple[Question, Answer]:
    """What was read out of the record's text then."""
    about = kept["said_of"]
    question = InterpretQuestion(
        object=record.object,
        record=record.id,
        label=about["label"],
        task=about["task"],
        digest=about["digest"],
    )
    return question, said_kept(kept["answer"])


def enquiry_kept(answer: Any) -> Answer:
    """The document that was found then, or why nobody looked."""
    if isinstance(answer, str):
        return NotAsked(answer)
    return answer if isinstance(answer, Mapping) else None


def vehicles_kept(answer: Any) -> Answer:
    """Vehicles that were found then, or why nobody looked."""
    if isinstance(answer, str):
        return NotAsked(answer)
    return Vehicles(answer) if isinstance(answer, list) else None


def said_kept(answer: Any) -> Said | None:
    """An answer that a decision keeps; None where nobody was asked."""
    return restored_said(answer) if isinstance(answer, Mapping) else None


def _contacts(kept: Mapping[str, Any]) -> tuple[Contact, ...] | None:
    if "contacts" not in kept:
        return None
    told = ((ContactKind(kind), instant(at), both) for kind, at, both in kept["contacts"])
    return tuple(Contact(kind, at, both) for kind, at, both in told if at is not None)


def _cut(kept: Mapping[str, Any]) -> list[str]:
    cut = kept.get("cut", ())
    return [f"left out for length when it was kept: {', '.join(cut)}"] if cut else []
