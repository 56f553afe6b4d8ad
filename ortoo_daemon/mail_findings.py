"""What was found in the e-mail of a case, and under which names may policies ask for it?

Plain values, so that findings can be kept with a decision and on the record, and read again as they were.
How they are found is the intake's part; here is only what they are called. Pure.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ortoo_daemon.json_text import json_text
from ortoo_daemon.records import FieldValue, RecordId


class FoundKind(StrEnum):
    """What kind of value stands behind a name."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"
    RECORD = "record"


MOST_NUMBERED = 5
"""Of names with a number behind them there are so many: ``vin_1`` to ``vin_5``."""

_REQUEST: Mapping[str, FoundKind] = {
    "account": FoundKind.RECORD,
    "account_name": FoundKind.TEXT,
    "account_code": FoundKind.TEXT,
    "account_group": FoundKind.TEXT,
    "account_country": FoundKind.TEXT,
    "account_closed": FoundKind.FLAG,
    "basis": FoundKind.TEXT,
    "confidence": FoundKind.NUMBER,
    "account_evidence": FoundKind.TEXT,
    "brand": FoundKind.TEXT,
    "type": FoundKind.TEXT,
    "type_score": FoundKind.NUMBER,
    "type_margin": FoundKind.NUMBER,
    "skill": FoundKind.TEXT,
    "desk": FoundKind.TEXT,
    "urgency": FoundKind.TEXT,
    "vin": FoundKind.TEXT,
    "vins": FoundKind.TEXT,
    "vin_count": FoundKind.NUMBER,
    "maker": FoundKind.TEXT,
    "model_year": FoundKind.NUMBER,
    "evidence": FoundKind.TEXT,
    "needs_person": FoundKind.FLAG,
    "number": FoundKind.NUMBER,
}

_NUMBERED_OF_REQUEST: Mapping[str, FoundKind] = {
    "vin": FoundKind.TEXT,
    "evidence": FoundKind.TEXT,
    "candidate": FoundKind.RECORD,
    "candidate_name": FoundKind.TEXT,
    "candidate_confidence": FoundKind.NUMBER,
}

_MAIL: Mapping[str, FoundKind] = {
    "mail": FoundKind.RECORD,
    "contact": FoundKind.RECORD,
    "contact_name": FoundKind.TEXT,
    "contact_title": FoundKind.TEXT,
    "sender": FoundKind.TEXT,
    "sender_name": FoundKind.TEXT,
    "sender_domain": FoundKind.TEXT,
    "subject": FoundKind.TEXT,
    "text": FoundKind.TEXT,
    "language": FoundKind.TEXT,
    "received_at": FoundKind.MOMENT,
    "automatic": FoundKind.TEXT,
    "orders_to_machines": FoundKind.FLAG,
    "reply": FoundKind.FLAG,
    "reply_to": FoundKind.RECORD,
    "quoted": FoundKind.FLAG,
    "forwarded": FoundKind.FLAG,
    "signature": FoundKind.TEXT,
    "attachments": FoundKind.TEXT,
    "adf": FoundKind.TEXT,
    "requests": FoundKind.NUMBER,
    "split": FoundKind.FLAG,
}

_NUMBERED_OF_MAIL: Mapping[str, FoundKind] = dict.fromkeys(
    ("dealer_code", "phone", "email", "plate", "order", "listing", "invoice", "claim", "case"),
    FoundKind.TEXT,
)


def _numbered(kinds: Mapping[str, FoundKind]) -> dict[str, FoundKind]:
    return {
        f"{name}_{number}": kind
        for name, kind in kinds.items()
        for number in range(1, MOST_NUMBERED + 1)
    }


REQUEST_NAMES: Mapping[str, FoundKind] = {**_REQUEST, **_numbered(_NUMBERED_OF_REQUEST)}
"""What is found of one request, by the name behind ``$triage.``."""

MAIL_NAMES: Mapping[str, FoundKind] = {**_MAIL, **_numbered(_NUMBERED_OF_MAIL)}
"""What is found of the e-mail as a whole."""

NAMES: Mapping[str, FoundKind] = {**REQUEST_NAMES, **MAIL_NAMES}
"""Every name behind ``$triage.``."""

FINDINGS_FIELD = "Ortoo_Triage__c"
"""Where a record keeps what was found in its e-mail."""

SPLIT_KEY = "Ortoo_Split_Key__c"
"""The external id by which the case of one request is made once."""

LONGEST_KEPT = 32_768
"""Characters of the field in which a record keeps its findings."""

_LONGEST_KIND = 48
"""Characters of a kind of request that fit the external id beside mail and rooftop."""

_DROPPED_FIRST = ("adf", "text", "signature", "evidence", "account_evidence", "attachments")

Values = Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFindings:
    """What one e-mail asks for: ``mail`` is found once, ``requests`` hold one mapping each, in their order.

    ``key`` tells the e-mail from all others, also where it comes a second time. ``model`` says what a
    model's part in it was, as plain JSON; None where none was asked.
    """

    key: str
    mail: Values
    requests: tuple[Values, ...]
    model: Mapping[str, Any] | None = field(default=None, hash=False)

    def value(self, name: str) -> FieldValue:
        """By the name behind ``$triage.``; of several requests what all of them have in common."""
        if name not in REQUEST_NAMES:
            return self.mail.get(name)
        found = [request.get(name) for request in self.requests]
        if name == "needs_person":
            return any(found)
        return found[0] if found and all(each == found[0] for each in found) else None

    def only(self, number: int) -> "MailFindings":
        """The same with one of its requests, counted from 0."""
        return MailFindings(
            key=self.key,
            mail={**self.mail, "requests": 1, "split": False},
            requests=(self.requests[number],),
            model=self.model,
        )

    def split_key(self, number: int) -> str:
        """By which the case of a request, counted from 0, is known: the e-mail, rooftop and kind."""
        wanted = [_identity(request) for request in self.requests]
        again = wanted[:number].count(wanted[number])
        return f"{self.key}:{wanted[number]}" + (f":{again + 1}" if again else "")


def kept_findings(findings: MailFindings) -> dict[str, Any]:
    """As plain JSON; ``restored_findings`` gives the same back."""
    kept: dict[str, Any] = {
        "key": findings.key,
        "mail": dict(findings.mail),
        "requests": [dict(request) for request in findings.requests],
    }
    if findings.model is not None:
        kept["model"] = dict(findings.model)
    return kept


def restored_findings(kept: Mapping[str, Any]) -> MailFindings:
    """Raises ValueError for what was not kept like this."""
    try:
        return MailFindings(
            key=str(kept["key"]),
            mail=dict(kept["mail"]),
            requests=tuple(dict(request) for request in kept["requests"]),
            model=kept.get("model"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are no findings: {error}") from error


def findings_text(findings: MailFindings) -> str:
    """For the record's own field, without what models said; what is too long goes, long texts first."""
    kept = kept_findings(findings)
    kept.pop("model", None)
    for name in ("", *_DROPPED_FIRST):
        kept = {
            "key": kept["key"],
            "mail": _without(kept["mail"], name),
            "requests": [_without(request, name) for request in kept["requests"]],
        }
        if len(text := json_text(kept)) <= LONGEST_KEPT:
            return text
    return json_text({"key": kept["key"], "mail": {}, "requests": []})


def findings_in(text: str) -> MailFindings | None:
    """What `findings_text` wrote; None for anything else."""
    try:
        return restored_findings(json.loads(text))
    except ValueError:
        return None


def made_findings(
    mail: Values, requests: Iterable[Values], *, key: str, id: RecordId
) -> MailFindings:
    """Of values by name: counts what there is. Findings of a mail that no person wrote have no requests."""
    asked = tuple(
        {**request, "number": number, "needs_person": bool(_lacks(request))}
        for number, request in enumerate(requests, 1)
    )
    counted: dict[str, FieldValue] = {"mail": id, "requests": len(asked), "split": len(asked) > 1}
    return MailFindings(key=key, mail={**mail, **counted}, requests=asked)


def _lacks(request: Values) -> bool:
    return not request.get("account") or not request.get("type")


def _identity(request: Values) -> str:
    kind = str(request.get("type") or "-")
    if len(kind) > _LONGEST_KIND:
        digest = hashlib.sha256(kind.encode("utf-8", "surrogatepass")).hexdigest()
        kind = f"{kind[: _LONGEST_KIND - 9]}~{digest[:8]}"
    return f"{request.get('account') or '-'}:{kind}"


def _without(values: Values, name: str) -> dict[str, FieldValue]:
    """Without the value of this name, and those with a number behind it."""
    if not name:
        return dict(values)
    return {
        each: value
        for each, value in values.items()
        if each != name and not each.startswith(f"{name}_")
    }
