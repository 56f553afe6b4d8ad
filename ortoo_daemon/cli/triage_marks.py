"""Which stretches of an e-mail's text are shown how: what was cut, what spoke for what."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ortoo_daemon.intake.mail.model import PartKind
from ortoo_daemon.intake.triage.triager import Understood

_SPEAKING = {PartKind.NEW, PartKind.GREETING}


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is shown one way. ``looks`` are ``cut``, or any of ``request-N``, ``site``, ``number``…"""

    text: str
    looks: frozenset[str]
    why: str = ""


def pieces_of(found: Understood) -> Iterator[Piece]:
    """The whole text in order, cut where the looks change."""
    marks = list(_marks(found))
    text = found.reading.text
    cuts = {0, len(text)}
    for start, end, _, _ in marks:
        cuts |= {start, end}
    places = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    for start, end in pairwise(places):
        here = [(look, why) for a, b, look, why in marks if a <= start and end <= b]
        looks = frozenset(look for look, _ in here)
        yield Piece(text[start:end], looks, "; ".join(why for _, why in here if why))


def _marks(found: Understood) -> Iterator[tuple[int, int, str, str]]:
    body = {(part.start, part.end) for part in found.reading.body}
    for part in found.reading.parts:
        if (part.start, part.end) not in body:
            yield part.start, part.end, "cut", f"{part.kind.value}: {part.reason}"
        elif part.kind not in _SPEAKING:
            yield part.start, part.end, "kept", f"{part.kind.value}: {part.reason}"
    for number, segment in enumerate(found.triage.segments, 1):
        for piece in segment.evidence:
            kind = segment.request_type or "unknown request"
            yield piece.start, piece.end, f"request-{number}", f"{number}: {kind}"
        for candidate in segment.candidates[:1]:
            for piece in candidate.evidence:
                if piece.end:
                    yield piece.start, piece.end, "site", f"{piece.what}: {candidate.name}"
    for identifier in found.reading.identifiers:
        if identifier.part is not None:
            yield identifier.start, identifier.end, "number", identifier.kind.value
    for piece in found.triage.injection:
        if piece.end:
            yield piece.start, piece.end, "injection", "an order to machines: not obeyed"
