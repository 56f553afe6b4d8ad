"""What did the customer type, before the text was harmed on its way?

Forms and connectors hand on ``M&uuml;ller`` and ``MÃ¼ller``, accents apart from their letters, and marks
that nobody sees. One line of a form is read without them; texts of several lines, and documents, are not
touched: there the same signs may be meant.
"""

import html
import re
from unicodedata import normalize

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.mail.mojibake import unspoiled
from ortoo_daemon.intake.trim import outer_trimmed

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TIMES = 2
"""``&amp;#39;`` was escaped twice."""

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Control characters, marks of direction and of no width; not the joiners, by which scripts are written."""


def trimmed(form: Form) -> str:
    """One line as it was meant; of longer texts and documents only outer blanks are taken off."""
    text = outer_trimmed(form.text)
    return text if "\n" in text or "<" in text else meant(text)


def meant(text: str) -> str:
    """The text of one line as it was meant, without outer blanks.

    >>> meant("O&#39;Neill\\u200b ")
    "O'Neill"
    """
    if text.isascii() and "&" not in text and text.isprintable():
        return outer_trimmed(text)
    for _ in range(_TIMES):
        if not _ENTITY.search(text):
            break
        plain = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if "<" in plain:
            break  # markup that was made harmless stays so
        text = plain
    return outer_trimmed(normalize("NFC", _UNSEEN.sub("", unspoiled(text))))
