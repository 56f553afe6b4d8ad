"""How does what was understood of an e-mail look as JSON?

``segments`` and ``clean_body`` are what a scorer of predictions compares; the rest says why.
"""

from collections.abc import Mapping
from typing import Any

from ortoo_daemon.intake.mail.model import Identifier, MailPart, MailReading
from ortoo_daemon.intake.triage.model import AccountCandidate, Evidence, Segment, Triage
from ortoo_daemon.intake.triage.triager import Understood


def prediction(id: str, triage: Triage) -> dict[str, Any]:
    """One e-mail in the format of predictions, each segment with its confidence and evidence."""
    return {
        "id": id,
        "segments": [_segment(segment) for segment in triage.segments],
        "clean_body": triage.clean_body,
        "needs_a_person": triage.needs_a_person,
    }


def understood_json(id: str, found: Understood) -> dict[str, Any]:
    """The prediction, and what was read, cut and found."""
    return {**prediction(id, found.triage), **_reading(found.reading, found.triage)}


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "account_id": segment.account_id,
        "basis": segment.basis.value,
        "confidence": segment.confidence,
        "brand": segment.brand,
        "request_type": segment.request_type,
        "skill": segment.skill,
        "desk": segment.desk,
        "urgency": segment.urgency,
        "language": segment.language,
        "vins": list(segment.vins),
        "needs_a_person": segment.needs_a_person,
        "type_score": segment.type_score,
        "type_margin": segment.type_margin,
        "evidence": [_evidence(piece) for piece in segment.evidence],
        "candidates": [_candidate(candidate) for candidate in segment.candidates],
    }


def _candidate(candidate: AccountCandidate) -> Mapping[str, Any]:
    return {
        "account_id": candidate.account_id,
        "name": candidate.name,
        "confidence": candidate.confidence,
        "basis": candidate.basis.value,
        "evidence": [_evidence(piece) for piece in candidate.evidence],
    }


def _evidence(piece: Evidence) -> Mapping[str, Any]:
    return {"what": piece.what, "text": piece.text, "start": piece.start, "end": piece.end}


def _reading(reading: MailReading, triage: Triage) -> dict[str, Any]:
    return {
        "subject": reading.subject,
        "sender": reading.sender,
        "received_at": reading.received_at.isoformat() if reading.received_at else None,
        "language": reading.language,
        "automatic": reading.automatic,
        "parts": [_part(part) for part in reading.parts],
        "identifiers": [_identifier(found) for found in reading.identifiers],
        "attachments": [attachment.name for attachment in reading.attachments],
        "injection": [_evidence(piece) for piece in triage.injection],
        "settled": [_evidence(piece) for piece in triage.settled],
    }


def _part(part: MailPart) -> Mapping[str, Any]:
    return {
        "kind": part.kind.value,
        "start": part.start,
        "end": part.end,
        "message": part.message,
        "reason": part.reason,
    }


def _identifier(found: Identifier) -> Mapping[str, Any]:
    return {
        "kind": found.kind.value,
        "value": found.value,
        "start": found.start,
        "end": found.end,
        "part": found.part,
        "valid": found.valid,
        "note": found.note,
    }
