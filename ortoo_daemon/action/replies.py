"""What does a dealer's answer to the e-mail with an enquiry mean? By words that the policy names alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.action.handoff import message_id
from ortoo_daemon.policy.handoff_model import REPLY, Reply
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue, RecordId, record_id

_MARK_DIGITS = 12
_SUBJECT = re.compile(rf"\b([a-zA-Z0-9]{{15,18}}) \(ref ([0-9a-f]{{{_MARK_DIGITS}}})\)")
_LINES_READ = 8
_LONGEST_REPLY = 255
_NO_WORDS = re.compile(r"^[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The record that an e-mail is about, and how the id of its handoff begins."""

    record: RecordId
    mark: str


def subject_of(object_name: str, record: RecordId, key: str) -> str:
    """The subject of the e-mail that hands it over; answers keep it."""
    return f"{object_name} {record} (ref {message_id(key)[:_MARK_DIGITS]})"


def marked_in(subject: str) -> Marked | None:
    """What an answer's subject says that it is about; None for an e-mail of another matter."""
    found = _SUBJECT.search(subject)
    if found is None:
        return None
    try:
        return Marked(record=record_id(found[1]), mark=found[2])
    except ValueError:
        return None


def understood(text: str, replies: Sequence[Reply]) -> Reply | None:
    """The first reply by one of whose phrases a line of the text begins, as a whole word; None: nobody said
    that. ``text`` is what the dealer wrote, without what is quoted."""
    lines = [" ".join(fold(line).split()) for line in text.splitlines() if line.strip()]
    begun = [_NO_WORDS.sub("", line) for line in lines[:_LINES_READ]]
    for reply in replies:
        for phrase in reply.says:
            if any(re.match(rf"{re.escape(phrase)}(?!\w)", line) for line in begun):
                return reply
    return None


def fields_of(reply: Reply, text: str) -> dict[str, FieldValue]:
    """What the record gets; the words of the answer on one line where the policy asks for them."""
    said = " ".join(text.split())[:_LONGEST_REPLY]
    return {field: said if value == REPLY else value for field, value in reply.sets.items()}
