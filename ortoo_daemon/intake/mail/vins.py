"""Which VINs does a text name, written in one or with spaces, and which stretches are nearly one?

A run of seventeen fit characters is one wherever it stands. A spaced one, or one too short or too long, is
only taken where a word such as "chassis" announces it or its first characters are those of a known maker.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ortoo_daemon.intake.makers import maker_of
from ortoo_daemon.intake.vin import VIN_LENGTH, Vin, read_vin

_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{14,19}(?![A-Za-z0-9])")
_SPACED = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9]{1,14}(?:[ \u00a0./-]{1,2}[A-Za-z0-9]{1,14}){1,8}(?![A-Za-z0-9])"
)
_PIECE = re.compile(r"[A-Za-z0-9]+")
_ANNOUNCED = re.compile(
    r"(?:\bVIN|\bFIN|ch[aâ]ssis|n° de s[ée]rie|Fahrgestell\w*|Fg\.? ?-?Nr|Ident(?:-?nummer"
    r"|\.?-?Nr)|bastidor|telaio"
    r"|serial(?: no)?|num[ée]ro de s[ée]rie|chassisnummer)\W{0,4}(?:(?:n[°ºo.r]*|nr\.?|number"
    r"|nummer|numero|#|is|ist|es|è)\W{0,3})?$",
    re.IGNORECASE,
)
_BEFORE = 40
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVin:
    """A VIN with its place in the text it was found in."""

    start: int
    end: int
    vin: Vin


def find_vins(text: str, *, latest_year: int) -> tuple[FoundVin, ...]:
    """VINs in order of their place, sound or not; see ``Vin.problem``."""
    found = list(_runs(text, latest_year))
    taken = [(one.start, one.end) for one in found]
    for one in _spaced(text, latest_year):
        if all(one.end <= start or one.start >= end for start, end in taken):
            found.append(one)
            taken.append((one.start, one.end))
    return tuple(sorted(found, key=lambda one: one.start))


def _runs(text: str, latest_year: int) -> Iterator[FoundVin]:
    for match in _RUN.finditer(text):
        written = match.group()
        announced = _is_announced(text, match.start())
        if len(written) != VIN_LENGTH and not announced:
            continue
        if not _mixed(written) or (not announced and not _likely(written)):
            continue
        yield FoundVin(
            start=match.start(), end=match.end(), vin=read_vin(written, latest_year=latest_year)
        )


def _likely(written: str) -> bool:
    """Whether seventeen characters without announcement can be a VIN and no other number."""
    upper = written.upper()
    return bool(maker_of(upper[:3])) or (written == upper and not set(upper) & set("IOQ"))


def _mixed(written: str) -> bool:
    digits = sum(letter.isdigit() for letter in written)
    return digits >= _FEWEST_DIGITS and len(written) - digits >= 2


def _is_announced(text: str, start: int) -> bool:
    return bool(_ANNOUNCED.search(text[max(0, start - _BEFORE) : start]))


def _spaced(text: str, latest_year: int) -> Iterator[FoundVin]:
    for match in _SPACED.finditer(text):
        pieces = list(_PIECE.finditer(text, match.start(), match.end()))
        at = 0
        while at < len(pieces):
            end = _pieces_of_vin(text, pieces, at)
            if end is None:
                at += 1
                continue
            start, stop = pieces[at].start(), pieces[end - 1].end()
            yield FoundVin(
                start=start, end=stop, vin=read_vin(text[start:stop], latest_year=latest_year)
            )
            at = end


def _pieces_of_vin(text: str, pieces: list[re.Match[str]], at: int) -> int | None:
    """Up to which piece, from this one on, seventeen characters make a VIN; None where they don't."""
    length = 0
    for end in range(at, len(pieces)):
        length += len(pieces[end].group())
        if length >= VIN_LENGTH:
            break
    else:
        return None
    if length != VIN_LENGTH or end == at:
        return None
    joined = "".join(piece.group() for piece in pieces[at : end + 1]).upper()
    known = maker_of(joined[:3]) or _is_announced(text, pieces[at].start())
    return end + 1 if known and _mixed(joined) and not set(joined) & set("IOQ") else None
