"""What does the earlier record get, now that its customer has asked again? Pure.

Fields that the policy names, by the rule it names for each; nothing is emptied, nothing is deleted, and what
stood there before is part of the decision. The earlier record says itself which enquiries it has counted,
so that each counts once, whatever crashes in between.
"""

from collections.abc import Mapping
from datetime import datetime

from ortoo_daemon.handling import Handling, same_value
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.json_text import json_text
from ortoo_daemon.policy.repeat_model import MergedField, RepeatRule, Survivor
from ortoo_daemon.policy.values import fold, number
from ortoo_daemon.records import FieldValue, Owner, OwnerKind, Record, RecordId
from ortoo_daemon.repeats import (
    ASKED_AGAIN_AT,
    REPEATS,
    REPEATS_LENGTH,
    Attached,
    KnownUpdate,
)

_MODIFIED_AT = "LastModifiedDate"
_MOST_SUBJECT, _MOST_TEXT, _MOST_SHOWN = 255, 32_000, 200


def note_repeat(handling: Handling) -> None:
    """Set ``handling.known_update`` where a rule is for the record that was found, or ``noted_on`` where it
    knows the enquiry already."""
    known = handling.known
    if known is None:
        return
    rule = _rule(handling, known)
    if rule is None:
        return
    if handling.facts.record.id in known.text(REPEATS):
        handling.noted_on = known.object, known.id
        handling.trace.notes.append(f"repeat: {known.object} {known.id} knows this enquiry already")
        return
    fields = _merged(handling, rule, known) | _set(handling, rule, known)
    own = _own(handling, rule, known, fields)
    handling.known_update = KnownUpdate(
        object=known.object,
        record_id=known.id,
        fields=fields,
        own=own,
        before={name: known.get(name) for name in known.fields if name != _MODIFIED_AT},
        modified_at=known.text(_MODIFIED_AT),
        attached=_attached(handling, rule, known),
    )
    what = [", ".join(sorted(fields)) or "no field"]
    what += [f"counted in {rule.count}"] if rule.count else []
    what += ["the enquiry as a task"] if rule.attach else []
    handling.trace.notes.append(f"repeat: {known.object} {known.id} gets {'; '.join(what)}")


def _rule(handling: Handling, known: Record) -> RepeatRule | None:
    for rule in handling.policy.repeats:
        if rule.object == known.object and (rule.when is None or rule.when.holds(handling.scope)):
            return rule
    return None


def _set(handling: Handling, rule: RepeatRule, known: Record) -> dict[str, FieldValue]:
    found = {each.field: each.value.evaluate(handling.scope) for each in rule.sets}
    return {n: value for n, value in found.items() if not same_value(known.get(n), value)}


def _merged(handling: Handling, rule: RepeatRule, known: Record) -> dict[str, FieldValue]:
    """Fields in which the value of the record at hand survives."""
    found: dict[str, FieldValue] = {}
    for each in rule.merge:
        here, there = handling.scope.value(each.of), known.get(each.field)
        if _blank(here) or same_value(there, here):
            continue
        if _blank(there) or _survives(handling, rule, each, known):
            found[each.field] = here
    return found


def _survives(handling: Handling, rule: RepeatRule, merged: MergedField, known: Record) -> bool:
    """Whether the value of the record at hand stays, of two that differ."""
    match merged.keep:
        case Survivor.NEWEST:
            return not _is_older(handling)
        case Survivor.OLDEST:
            return _is_older(handling)
        case Survivor.LONGEST:
            here, there = handling.scope.text(merged.of), known.text(merged.field)
            return len(here) > len(there)
        case Survivor.MOST_COMPLETE:
            filled = sum(not _blank(handling.scope.value(each.of)) for each in rule.merge)
            return filled > sum(not _blank(known.get(each.field)) for each in rule.merge)
        case Survivor.SOURCES:
            return _trust(merged, _source(handling, None)) < _trust(
                merged, _source(handling, known)
            )


def _is_older(handling: Handling) -> bool:
    """Whether the record at hand was made before the one that was found."""
    found_at = instant(handling.scope.match.get("age"))
    return found_at is not None and handling.received_at < found_at


def _source(handling: Handling, known: Record | None) -> str:
    object_name = handling.facts.record.object if known is None else known.object
    sources = handling.customers.get(object_name)
    name = sources.source if sources is not None else None
    if not name:
        return ""
    return fold(handling.scope.text(name) if known is None else known.text(name))


def _trust(merged: MergedField, source: str) -> int:
    """The place of a source in the order; those that are not named come last."""
    return merged.sources.index(source) if source in merged.sources else len(merged.sources)


def _own(
    handling: Handling, rule: RepeatRule, known: Record, fields: Mapping[str, FieldValue]
) -> dict[str, FieldValue]:
    """The line tells what was replaced, too: it lands with the values, whatever becomes of the proof."""
    now, record = handling.facts.now, handling.facts.record
    line = f"{instant_text(now)} {record.id} {_source_shown(handling)}".rstrip()
    before = ((name, known.get(name)) for name in sorted(fields))
    line += "".join(f"; {name} was {_shown(value)}" for name, value in before)
    own: dict[str, FieldValue] = {
        REPEATS: _with_line(known.text(REPEATS), line),
        ASKED_AGAIN_AT: _later(instant(known.get(ASKED_AGAIN_AT)), now),
    }
    if rule.count is not None:
        own[rule.count] = int(number(known.text(rule.count)) or 0) + 1
    return own


def _shown(value: FieldValue) -> str:
    return "empty" if _blank(value) else json_text(value)[:_MOST_SHOWN]


def _later(before: datetime | None, now: datetime) -> str:
    return instant_text(now if before is None or before < now else before)


def _source_shown(handling: Handling) -> str:
    sources = handling.key_sources
    return handling.scope.text(sources.source) if sources is not None else ""


def _with_line(text: str, line: str) -> str:
    """The newest last; of what is too long the oldest lines go."""
    lines = [*text.splitlines(), line]
    while len("\n".join(lines)) > REPEATS_LENGTH:
        lines.pop(0)
    return "\n".join(lines)


def _attached(handling: Handling, rule: RepeatRule, known: Record) -> Attached | None:
    if rule.attach is None:
        return None
    subject = _text(rule.attach.subject.evaluate(handling.scope))
    owner = known.text("OwnerId")
    person = handling.facts.directory.people.get(RecordId(owner)) if owner else None
    is_user = bool(owner) and Owner.kind_of(owner) is OwnerKind.USER
    return Attached(
        subject=subject[:_MOST_SUBJECT] or handling.facts.record.object,
        text=_text(rule.attach.text.evaluate(handling.scope))[:_MOST_TEXT],
        owner=person.id if is_user and person is not None and person.active else None,
        done=rule.attach.done,
    )


def _text(value: FieldValue) -> str:
    return "" if value is None else str(value).strip()


def _blank(value: FieldValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
