"""Does the body of an e-mail hold an enquiry in ADF? Looked for by its signs: most mails cost nothing."""

from collections.abc import Mapping
from typing import Any

_SIGNS = ("adf", "prospect")
_LONGEST = 131_072


def enquiry_in(row: Mapping[str, Any]) -> str:
    """The body with a document in it, the plain one first; "" where there is none."""
    for name in ("TextBody", "HtmlBody"):
        text = str(row.get(name) or "")[:_LONGEST]
        folded = text.casefold()
        if not any(sign in folded for sign in _SIGNS):
            continue
        from ortoo_daemon.intake.adf.reading import read_adf

        if read_adf(text).found:
            return text
    return ""
