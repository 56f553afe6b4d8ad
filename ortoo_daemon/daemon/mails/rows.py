"""Which e-mail stands in a row of EmailMessage, and how is it told from all others?"""

import hashlib
import re
from collections.abc import Mapping
from email.parser import HeaderParser
from typing import Any

from ortoo_daemon.instants import instant
from ortoo_daemon.intake.mail.model import Mail

FIELDS = (
    "Id",
    "ParentId",
    "Subject",
    "FromAddress",
    "FromName",
    "ToAddress",
    "TextBody",
    "HtmlBody",
    "Headers",
    "MessageDate",
    "MessageIdentifier",
)
_KEY_DIGITS = 32
_MOST_ANSWERED = 10


def mail_of(row: Mapping[str, Any]) -> Mail:
    """The mail in a row of EmailMessage."""
    headers = HeaderParser().parsestr(row.get("Headers") or "")
    received = row.get("MessageDate")
    return Mail(
        subject=row.get("Subject") or "",
        from_address=row.get("FromAddress") or "",
        from_name=row.get("FromName") or "",
        to_address=row.get("ToAddress") or "",
        received_at=instant(received) if received else None,
        text_body=row.get("TextBody") or "",
        html_body=row.get("HtmlBody") or "",
        headers=tuple((name.lower(), str(value)) for name, value in headers.items()),
    )


def answered_messages(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Message-IDs that the e-mail says it answers, the nearest first; none where it begins a thread."""
    headers = HeaderParser().parsestr(row.get("Headers") or "")
    named = f"{headers.get('References', '')} {headers.get('In-Reply-To', '')}"
    found = re.findall(r"<[^<>\s]{1,250}>", named)
    return tuple(dict.fromkeys(reversed(found)))[:_MOST_ANSWERED]


def mail_key(row: Mapping[str, Any]) -> str:
    """The same for the same e-mail, also where it came twice: by its Message-ID, else by its record's id."""
    headers = HeaderParser().parsestr(row.get("Headers") or "")
    said = row.get("MessageIdentifier") or headers.get("Message-ID") or ""
    told = "".join(str(said).split()).strip("<>") or str(row["Id"])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]
