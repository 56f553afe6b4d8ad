"""Which characters has a text that people see? Line ends made one, what is invisible taken out, NFC.

Invisible characters are a way to hide words from rules ("ig\\u200bnore all instructions") and the reason why
two equal names compare unequal. No-break spaces stay: they are seen, and patterns take them for spaces.
"""

import re
import unicodedata

from ortoo_daemon.intake.mail.mojibake import unspoiled

_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def seen_text(text: str) -> str:
    """The text as it was written (see ``mojibake``), with line ends as ``\\n``, without invisible and control
    characters, in NFC."""
    plain = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", unspoiled(text)))
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def folded(text: str) -> str:
    """The text for comparing: small letters without accents, ``ß`` as ``ss``, spaces of one kind.

    >>> folded("Müller & Söhne Straße")
    'muller & sohne strasse'
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
