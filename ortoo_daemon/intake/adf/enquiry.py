"""What does the enquiry in ADF that came with a record say, and what follows for its fields?

The document is in a field of the record, so that it is read anew whenever the record is decided: the same
text says the same. One that can't be read is left as it is, and a person is asked to look.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ortoo_daemon.consequences import NewRecord
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.adf.model import AdfReading, Prospect
from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.intake.adf.values import Values, prospect_values, refused_values
from ortoo_daemon.intake.adf.writing import write_adf
from ortoo_daemon.intake.mapped import give_mapped, given_values
from ortoo_daemon.mail_findings import SPLIT_KEY
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.adf_model import Adf
from ortoo_daemon.policy.triage_model import Split
from ortoo_daemon.records import FieldValue, WorkReason
from ortoo_daemon.scope import RecordScope

STAGE = "intake"
_TOLD = 8


def take_enquiry(handling: Handling, adf: Adf, sources: Sequence[str], *, mailed: str = "") -> None:
    """Give ``$adf`` its meaning and the fields their values, and name the leads of further prospects.

    ``sources`` are names whose text may hold a document, ``mailed`` is one of an e-mail.
    """
    source, reading = _document(sources, handling.scope)
    if mailed and not reading.found:
        reading = read_adf(mailed)
    if not reading.found:
        return
    if reading.refusal is not None:
        _set_aside(handling, adf, reading)
        return
    _note(handling, adf, reading)
    scope = handling.scope
    addressed = _rooftop(handling, scope.text(adf.vendor))
    scope.adf = _values(handling, reading, 0, addressed)
    if handling.decided_before and handling.facts.item.reason is not WorkReason.REQUEUED:
        return  # what people have written since then stays
    if adf.keep is not None and adf.keep != source:
        text = scope.text(source) if source else mailed
        handling.give(adf.keep, text, stage=STAGE, place=adf.place)
    give_mapped(handling, adf.map, adf.sets)
    if adf.split is not None and len(reading.prospects) > 1:
        handling.children += _children(handling, adf, adf.split, reading)


def _document(sources: Sequence[str], scope: RecordScope) -> tuple[str, AdfReading]:
    """The first that holds one."""
    for name in sources:
        reading = read_adf(scope.text(name))
        if reading.found:
            return name, reading
    return "", AdfReading(found=False)


def _set_aside(handling: Handling, adf: Adf, reading: AdfReading) -> None:
    reason = reading.refusal.value if reading.refusal else ""
    handling.trace.notes.append(f"{adf.place}: the ADF can't be read: {reading.message} ({reason})")
    handling.scope.adf = refused_values(reading)
    if adf.park is not None:
        handling.parked_for = adf.park
        handling.reason = ReasonCode.ADF_UNREADABLE
        handling.place = adf.place


def _note(handling: Handling, adf: Adf, reading: AdfReading) -> None:
    notes = handling.trace.notes
    count = len(reading.oddities) + reading.left_out
    prospects = len(reading.prospects)
    notes.append(
        f"{adf.place}: ADF of {prospects} prospect{'s' * (prospects > 1)}, {count} oddities"
    )
    notes += [f"{adf.place}: in the ADF at {each}" for each in reading.oddities[:_TOLD]]


def _values(
    handling: Handling, reading: AdfReading, number: int, addressed: Rooftop | None
) -> Values:
    """With what the directory knows of the vendor."""
    values = prospect_values(reading, number)
    vendor = reading.prospects[number].vendor
    names = (*(each.value for each in vendor.ids), vendor.name)
    rooftop = next(filter(None, (_rooftop(handling, name) for name in names)), None)
    values["vendor_known"] = rooftop is not None
    values["wrong_site"] = False
    if rooftop is not None:
        values["vendor_rooftop"] = rooftop.id
        values["wrong_site"] = addressed is not None and addressed.id != rooftop.id
    return values


def _rooftop(handling: Handling, text: str) -> Rooftop | None:
    """The rooftop of this code, id or unmistakable name."""
    return handling.facts.directory.rooftop_named(text) if text else None


def _children(
    handling: Handling, adf: Adf, split: Split, reading: AdfReading
) -> Iterator[NewRecord]:
    """One for each prospect but the first, with a document of its own."""
    record = handling.facts.record
    for number in range(1, len(reading.prospects)):
        prospect = reading.prospects[number]
        alone = AdfReading(found=True, prospects=(prospect,))
        fields: dict[str, FieldValue] = {
            name: value for name in split.copy if (value := record.get(name)) is not None
        }
        copied = replace(record, fields=fields)
        scope = RecordScope(copied, now=handling.facts.now, zone=handling.policy.zone)
        scope.hours = handling.scope.hours
        scope.adf = _values(handling, alone, 0, _rooftop(handling, scope.text(adf.vendor)))
        for given in given_values(adf.map, adf.sets, scope, scope.text):
            if given.value is not None:
                fields[given.field] = scope.values[given.field] = given.value
        fields[adf.own_field] = write_adf((prospect,), now=handling.received_at)
        yield NewRecord(
            object=record.object,
            key_field=SPLIT_KEY,
            key=_key(handling, prospect, number),
            fields=fields,
        )


def _key(handling: Handling, prospect: Prospect, number: int) -> str:
    """By which the lead of a prospect is known, also where the same document comes again."""
    named = [f"{each.source}\n{each.value}" for each in prospect.ids[:1]]
    said = named[0] if named else write_adf((prospect,), now=handling.received_at)
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return f"adf:{digest[:40]}" if named else f"adf:{digest[:40]}:{number}"
