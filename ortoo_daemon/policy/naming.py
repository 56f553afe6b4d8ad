"""Which names may stand in a policy, and what did the admin probably mean?

API names and paths (``Brand__c``, ``Account.Region__c``) and ``$`` names for what the sequence has
found so far (``$match.OwnerId``, ``$rooftop.Name``).
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from ortoo_daemon.adf_findings import ADF_NAMES
from ortoo_daemon.mail_findings import NAMES

FOUND_SO_FAR = frozenset({"rooftop", "owner"})
"""Roots of ``$`` names that ownership finds: each is known from there on."""

TRIAGE = frozenset({"triage"})
"""The root of what was found in a case's e-mail, known after ``enter`` to policies with ``intake.triage``."""

ADF = frozenset({"adf"})
"""The root of what an enquiry in ADF says, known after ``enter`` to policies with ``intake.adf``."""

FOUND_BY_INTAKE = frozenset({"match"})
"""Roots of ``$`` names that are known from the end of intake on, where the policy looks for duplicates."""

DECIDED = frozenset({"decision"})
"""The root of what was decided, known where events are published (``action.publish``)."""

ROOTS = FOUND_SO_FAR | TRIAGE | ADF | FOUND_BY_INTAKE | DECIDED
"""Every root of ``$`` names in this version."""

MATCH_TYPES = {
    "Id": "id",
    "object": "string",
    "OwnerId": "reference",
    "Owner.IsActive": "boolean",
    "age": "datetime",
    "how": "string",
    "sure": "double",
    "count": "int",
    "rooftop": "reference",
    "brand": "string",
    "Ortoo_Rooftop__c": "reference",
}
"""What ``$match.`` knows, with types as the org calls them."""

DECISION_NAMES = (
    "key",
    "outcome",
    "reason",
    "policy",
    "rule",
    "revision",
    "at",
    "owner_before",
    "owner_after",
    "rooftop",
    "parked_for",
)
"""What ``$decision.`` knows."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}")
_FOUND = re.compile(r"\$([a-z_]+)\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,4})")


def is_field_name(text: str) -> bool:
    """Whether the text could be an API name or a path of at most six steps."""
    return _NAME.fullmatch(text) is not None


def wrong_with_name(text: str, roots: frozenset[str]) -> str | None:
    """Why a name can't stand here, None when it can. ``roots`` are the ``$`` roots known here."""
    if not text.startswith("$"):
        return None if is_field_name(text) else f"{text!r} is not the API name of a field"
    found = _FOUND.fullmatch(text)
    if not found:
        return f"{text!r} is not a name: write $rooftop.Name or $owner.Name, with a point"
    root = found[1]
    if root in FOUND_BY_INTAKE and found[2] not in MATCH_TYPES:
        return f"${root} knows no {found[2]!r}; it knows {', '.join(MATCH_TYPES)}"
    if root in roots:
        if root in TRIAGE and found[2] not in NAMES:
            return _unknown_finding(root, found[2], NAMES)
        if root in ADF and found[2] not in ADF_NAMES:
            return _unknown_finding(root, found[2], ADF_NAMES)
        if root in DECIDED and found[2] not in DECISION_NAMES:
            return _unknown_finding(root, found[2], DECISION_NAMES)
        return None
    if root in FOUND_BY_INTAKE:
        return f"${root} is what intake finds (find: {{duplicates: …}}) and not known here"
    if root in ADF:
        return f"${root} is what intake: {{adf: …}} finds, which comes after 'enter'"
    if root in TRIAGE:
        return f"${root} is what intake: {{triage: …}} finds, which comes after 'enter'"
    if root in DECIDED:
        return f"${root} is what was decided, and known under action: {{publish: …}} alone"
    if root in FOUND_SO_FAR:
        return f"${root} is found by ownership and not known here yet"
    return f"${root} is never found; known are ${' and $'.join(sorted(ROOTS))}"


def _unknown_finding(root: str, name: str, known: Iterable[str]) -> str:
    mend = did_you_mean(name, known)
    return f"${root} has no {name!r}" + (f" ({mend})" if mend else "; docs/policies.md lists them")


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known word that is probably meant, ignoring case; None when nothing comes close."""
    by_fold = {word.casefold(): word for word in sorted(known)}
    found = get_close_matches(text.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """A mending sentence, or the known words when nothing comes close and they are few."""
    words = sorted(known)
    found = nearest(text, words)
    if found:
        return f"did you mean {found}?"
    return "known are " + ", ".join(words) if 0 < len(words) <= 12 else ""
