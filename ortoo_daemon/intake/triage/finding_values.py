"""Under which names do policies see what was understood of an e-mail? Plain values for `mail_findings`.

Excerpts are cut to what a reader needs; the mail itself stays where it is.
"""

from collections.abc import Iterator, Mapping, Sequence

from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.mail.model import IdentifierKind, MailReading, PartKind
from ortoo_daemon.intake.mail.reading import LATEST_YEAR
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.dealers import Dealer, DealerContact
from ortoo_daemon.intake.triage.model import Evidence, Segment
from ortoo_daemon.intake.triage.triager import Understood
from ortoo_daemon.intake.vin import read_vin
from ortoo_daemon.mail_findings import MOST_NUMBERED, MailFindings, made_findings
from ortoo_daemon.records import FieldValue, RecordId

LONGEST_EXCERPT = 500
LONGEST_TEXT = 8_000

_NUMBERED = {
    IdentifierKind.DEALER_CODE: "dealer_code",
    IdentifierKind.PHONE: "phone",
    IdentifierKind.EMAIL: "email",
    IdentifierKind.PLATE: "plate",
    IdentifierKind.ORDER: "order",
    IdentifierKind.LISTING: "listing",
    IdentifierKind.INVOICE: "invoice",
    IdentifierKind.CLAIM: "claim",
    IdentifierKind.CASE: "case",
}

Values = dict[str, FieldValue]


def findings_of(
    understood: Understood, index: DealerIndex, *, key: str, id: RecordId
) -> MailFindings:
    """What policies see. ``key`` is the e-mail's own, ``id`` that of its EmailMessage.

    Mail that no person wrote asks for nothing, whatever stands in it.
    """
    triage = understood.triage
    segments = () if triage.automatic is not None else triage.segments
    received_at = understood.reading.received_at
    latest_year = (received_at.year if received_at else LATEST_YEAR) + 1
    return made_findings(
        _mail(understood, index),
        [_request(segment, index, latest_year) for segment in segments],
        key=key,
        id=id,
    )


def _mail(understood: Understood, index: DealerIndex) -> Values:
    reading, triage = understood.reading, understood.triage
    kinds = {part.kind for part in reading.parts}
    found: Values = {
        "sender": reading.sender,
        "sender_name": reading.sender_name,
        "sender_domain": reading.sender.rpartition("@")[2],
        "subject": reading.subject,
        "text": _cut(triage.clean_body, LONGEST_TEXT),
        "language": triage.language,
        "received_at": instant_text(reading.received_at) if reading.received_at else None,
        "automatic": triage.automatic,
        "orders_to_machines": bool(triage.injection),
        "quoted": PartKind.QUOTED in kinds,
        "forwarded": PartKind.FORWARDED in kinds,
        "signature": _cut(_signature(reading), LONGEST_EXCERPT),
        "attachments": "; ".join(each.name for each in reading.attachments),
        **_contact(reading.sender, index),
        **dict(_identifiers(reading)),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _contact(sender: str, index: DealerIndex) -> Values:
    """Who writes, where one contact alone has the address."""
    accounts = index.by_email.get(sender.casefold(), frozenset())
    people = {
        contact.id: contact
        for account in accounts
        for contact in index.dealers[account].contacts
        if contact.id and contact.email == sender.casefold()
    }
    if len(people) != 1:
        return {}
    person: DealerContact = next(iter(people.values()))
    return {"contact": person.id, "contact_name": person.name, "contact_title": person.title}


def _signature(reading: MailReading) -> str:
    parts = [part.text for part in reading.parts if part.kind is PartKind.SIGNATURE]
    return parts[0].strip() if parts else ""


def _identifiers(reading: MailReading) -> Iterator[tuple[str, FieldValue]]:
    for kind, name in _NUMBERED.items():
        values = [one.value for one in reading.identifiers if one.kind is kind and one.valid]
        yield from _numbered(name, values)


def _request(segment: Segment, index: DealerIndex, latest_year: int) -> Values:
    found: Values = {
        **_account(segment, index),
        "basis": segment.basis.value,
        "confidence": round(segment.confidence, 3),
        "brand": segment.brand,
        "type": segment.request_type,
        "type_score": segment.type_score,
        "type_margin": segment.type_margin,
        "skill": segment.skill,
        "desk": segment.desk,
        "urgency": segment.urgency,
        **_vehicles(segment, latest_year),
        "evidence": _excerpts(segment.evidence),
        **dict(
            _numbered("evidence", [_cut(one.text, LONGEST_EXCERPT) for one in segment.evidence])
        ),
        **_candidates(segment),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _account(segment: Segment, index: DealerIndex) -> Values:
    dealer: Dealer | None = index.dealers.get(segment.account_id or "")
    if dealer is None:
        return {}
    best = segment.candidates[0] if segment.candidates else None
    return {
        "account": dealer.account_id,
        "account_name": dealer.name,
        "account_code": dealer.code,
        "account_group": dealer.group,
        "account_country": dealer.country,
        "account_closed": dealer.closed,
        "account_evidence": _excerpts(best.evidence) if best is not None else None,
    }


def _vehicles(segment: Segment, latest_year: int) -> Mapping[str, FieldValue]:
    found: Values = {"vin_count": len(segment.vins), **dict(_numbered("vin", segment.vins))}
    if segment.vins:
        first = read_vin(segment.vins[0], latest_year=latest_year)
        found |= {"vin": first.value, "vins": "; ".join(segment.vins), "maker": first.maker}
        found["model_year"] = first.model_year
    return found


def _candidates(segment: Segment) -> Values:
    found: Values = {}
    for number, one in enumerate(segment.candidates[:MOST_NUMBERED], 1):
        found[f"candidate_{number}"] = one.account_id
        found[f"candidate_name_{number}"] = one.name
        found[f"candidate_confidence_{number}"] = round(one.confidence, 3)
    return found


def _numbered(name: str, values: Sequence[str | None]) -> Iterator[tuple[str, FieldValue]]:
    several = [each for each in dict.fromkeys(values) if each]
    yield from (
        (f"{name}_{number}", value) for number, value in enumerate(several[:MOST_NUMBERED], 1)
    )


def _excerpts(evidence: Sequence[Evidence]) -> str | None:
    return _cut(" … ".join(dict.fromkeys(one.text.strip() for one in evidence)), LONGEST_TEXT // 4)


def _cut(text: str, length: int) -> str | None:
    text = text.strip()
    return (text if len(text) <= length else f"{text[: length - 1]}…") or None
