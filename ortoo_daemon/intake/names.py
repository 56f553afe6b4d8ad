"""How is this person's name written? Mends names typed all in capitals or all in small letters.

A name with both cases was written by somebody who knew; scripts without case have nothing to mend.
Only outer blanks are taken off then.
"""

import re

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant

_SMALL_ANYWHERE = frozenset(
    {"von", "vom", "zu", "zum", "zur", "van", "ten", "ter", "'t", "op", "und", "y"}
)
"""Small also at the start of a surname: ``von Berg``, ``van Dijk``."""

_SMALL_INSIDE = frozenset(
    {"de", "den", "der", "des", "di", "da", "del", "della", "delle", "dei"}
    | {"do", "dos", "das", "du", "af", "av", "la", "las", "los", "e"}
)
"""Small between other words, capital at the start: ``De Luca``, but ``Ponce de León``."""

_NUMERALS = frozenset({"II", "III", "IV", "VI", "VII", "VIII"})
_TITLE = re.compile(
    r"(?:(?:(?:and|und|et|y|en|&)\s+)?(?:mr|mrs|ms|miss|mme|mlle|monsieur|madame|herr|frau|herrn|sig|sig\.ra|signor|signora|sra?|"
    r"se\u00f1or|se\u00f1ora|dhr|mevr|mevrouw|dr|prof)\b\.?\s+(?:(?:med|dent|vet|phil|jur|rer|nat|pol|ing|habil|mult|h\.\s?c)\.\s*)*)+",
    re.IGNORECASE,
)
_PARTS = re.compile(r"([\s\-‐-―.]+)")
_ELIDED = re.compile(r"(o|d|l|dell|dall|n)(['’´`])(.+)")
_OPENING = '("“«'


_DOTTED = "i\u0307"
"""What Python makes of the Turkish capital İ in small letters."""


def standard_name(form: Form) -> str:
    """The name in mixed case; as it was, save outer blanks, when it was so already."""
    text = _without_title(meant(form.text))
    text = " ".join(text.split())
    if "@" in text:
        return text  # an address in the wrong field
    cased = text.replace("ß", "")  # has no capital that people type: WEIß
    capitals, small = cased.upper(), cased.lower()
    has_no_case, has_both = capitals == small, cased not in (capitals, small)
    return text if has_no_case or has_both else _mixed(text)


def _without_title(text: str) -> str:
    """Without how somebody is addressed; one letter alone is taken for an initial. ``Mr & Mrs`` with no
    name behind it stays whole."""
    found = _TITLE.match(text + " ")
    if found is None:
        return text
    rest = text[found.end() :]
    return rest if any(sign.isalpha() for sign in rest) else text


def _mixed(text: str) -> str:
    parts = _PARTS.split(text)
    last = len(parts) - 1
    found = []
    for index, part in enumerate(parts):
        after = parts[index - 1] if index else ""
        if index % 2:
            found.append(part)
        else:
            found.append(
                _word(part, first=index == 0, last=index == last and last > 0, after=after)
            )
    return "".join(found)


def _word(part: str, *, first: bool, last: bool, after: str) -> str:
    """One word in the case it has in a name; ``after`` is what parts it from the word before."""
    small = part.lower().replace(_DOTTED, "i")
    if part in _NUMERALS and last:
        return part
    if not first and "-" in after:
        return _capital(small)
    if small in _SMALL_ANYWHERE and not last:
        return small
    if small in _SMALL_INSIDE and not last and not first:
        return small
    return "İ" + small[1:] if part[:1] == "İ" else _capital(small)


def _capital(small: str) -> str:
    elided = _ELIDED.fullmatch(small)
    if elided:
        return f"{elided[1].capitalize()}{elided[2]}{_capital(elided[3])}"
    if small[:1] in _OPENING and len(small) > 1:
        return small[0] + _capital(small[1:])
    if small.startswith("mc") and len(small) > 3:
        return "Mc" + small[2:].capitalize()
    return small[:1].title() + small[1:]
