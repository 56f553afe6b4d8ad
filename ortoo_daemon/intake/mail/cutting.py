"""Which lines are whose: the writer's words, greeting, signature, notices, and what earlier messages said?

Cutting never drops text: every line goes to one part, with the reason. Where a cut would leave the writer
nothing to have said, it is not made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.intake.mail import phrases
from ortoo_daemon.intake.mail.automatic import is_bounce_notice
from ortoo_daemon.intake.mail.farewells import is_farewell
from ortoo_daemon.intake.mail.headings import Heading, heading_at, subject_forwards
from ortoo_daemon.intake.mail.lines import Line
from ortoo_daemon.intake.mail.model import MailPart, PartKind
from ortoo_daemon.intake.mail.signatures import name_words, signature_start

_FEWEST_LETTERS = 8
_SCANT_WORDS = 7
_ADDRESS = re.compile(r"[<\[(]?(?:mailto:)?([\w.+'-]{1,64}@[\w.-]{1,128})[>\])]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What was decided of one line."""

    kind: PartKind
    reason: str
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote the mail, as its header says."""

    name: str
    address: str


def cut(text: str, lines: Sequence[Line], *, writer: Writer, subject: str) -> tuple[MailPart, ...]:
    """The parts of the text in order; together they are the text."""
    if not lines:
        return ()
    places: list[Place | None] = [None] * len(lines)
    own = _mark_earlier_messages(lines, places, forwarded=subject_forwards(subject))
    _mark_message(lines, places, own, names=name_words(writer.name, writer.address))
    return _parts(text, lines, places)


def _mark_earlier_messages(
    lines: Sequence[Line], places: list[Place | None], *, forwarded: bool
) -> list[int]:
    """Decides every line of earlier messages, and returns the numbers of the writer's own lines."""
    own: list[int] = []
    number = 0
    message = 0
    passed_on = forwarded
    before: range | None = None
    while number < len(lines):
        heading = heading_at(lines, number)
        if heading:
            message += 1
            further = passed_on and (before is None or _only_passes_on(lines, places, before))
            passed_on = heading.forwards or further
            number = _mark_earlier(lines, places, heading, message, passed_on=passed_on)
            before = range(heading.after, number)
        elif lines[number].depth:
            places[number] = Place(
                kind=PartKind.QUOTED, reason="marked as quoted", message=message or 1
            )
            number += 1
        else:
            own.append(number)
            number += 1
    return own


def _only_passes_on(
    lines: Sequence[Line], places: list[Place | None], numbers: Sequence[int]
) -> bool:
    """Whether a message that was passed on says next to nothing, so that what is below it is passed on.

    The notice of a mail server above the mail that it returns is no words of anybody's.
    """
    said = [n for n in numbers if (place := places[n]) and place.kind is PartKind.FORWARDED]
    text = " ".join(lines[number].key for number in said)
    if is_bounce_notice(text):
        for number in said:
            places[number] = Place(
                kind=PartKind.DISCLAIMER,
                reason="notice of a mail server",
                message=_message(places[number]),
            )
        return True
    return len(text.split()) <= _SCANT_WORDS


def _message(place: Place | None) -> int:
    return place.message if place else 0


def _mark_earlier(
    lines: Sequence[Line],
    places: list[Place | None],
    heading: Heading,
    message: int,
    *,
    passed_on: bool,
) -> int:
    """Decides the lines of one earlier message and returns the first line after it."""
    kind = PartKind.FORWARDED if passed_on else PartKind.QUOTED
    for number in range(heading.first, heading.after):
        places[number] = Place(kind=PartKind.HEADER, reason=heading.reason, message=message)
    end = _end_of_earlier(lines, heading)
    body = range(heading.after, end)
    for number in body:
        places[number] = Place(kind=kind, reason=heading.reason, message=message)
    if passed_on:
        address = _ADDRESS.search(heading.sender)
        name = _ADDRESS.sub("", heading.sender)
        names = name_words(name, address.group(1) if address else "")
        _mark_message(lines, places, body, names=names)
    return end


def _end_of_earlier(lines: Sequence[Line], heading: Heading) -> int:
    """The first line after an earlier message: the next heading's, or an unmarked one after marked ones."""
    marked = heading.marked and _marked_follow(lines, heading.after)
    for number in range(heading.after, len(lines)):
        line = lines[number]
        if heading_at(lines, number) or (marked and not line.depth and not line.blank):
            return number
    return len(lines)


def _marked_follow(lines: Sequence[Line], number: int) -> bool:
    """Whether the lines that follow are marked as quoted, so that unmarked ones are not."""
    following = next((line for line in lines[number:] if not line.blank), None)
    return following is not None and following.depth > 0


def _mark_message(
    lines: Sequence[Line],
    places: list[Place | None],
    numbers: Sequence[int],
    *,
    names: frozenset[str],
) -> None:
    """Decides the lines of one message: banner, greeting, words, signature, notices."""
    chosen = [lines[number] for number in numbers]
    signature = signature_start(chosen, names)
    if (
        signature
        and not _says_anything(chosen[: signature[0]])
        and not _all_signature(chosen, names)
    ):
        signature = None
    start, reason = signature or (len(chosen), "")
    kinds = _kinds_of_body(chosen[:start]) + _kinds_after(chosen[start:], reason)
    for number, (kind, why) in zip(numbers, kinds, strict=True):
        before = places[number]
        message = before.message if before else 0
        if kind is PartKind.NEW and before:
            kind, why = before.kind, before.reason
        places[number] = Place(kind=kind, reason=why, message=message)


def _says_anything(lines: Sequence[Line]) -> bool:
    words = [line for line in lines if not phrases.BANNER.search(line.key)]
    return sum(map(len, (line.content for line in words))) >= _FEWEST_LETTERS


def _all_signature(lines: Sequence[Line], names: frozenset[str]) -> bool:
    """Whether a message is its signature alone, as under a forwarded one that needs no word."""
    first = next((line for line in lines if not line.blank), None)
    return first is None or is_farewell(first) or bool(name_words(first.content) & names)


def _kinds_of_body(lines: Sequence[Line]) -> list[tuple[PartKind, str]]:
    kinds: list[tuple[PartKind, str]] = []
    begun = False
    for line in lines:
        if not begun and phrases.BANNER.search(line.key):
            kinds.append((PartKind.DISCLAIMER, "banner of a mail gateway"))
        elif not begun and not line.blank and _is_greeting(line):
            kinds.append((PartKind.GREETING, "words of greeting"))
            begun = True
        elif line.blank and kinds and not begun:
            kinds.append(kinds[-1])
        else:
            begun = begun or not line.blank
            kinds.append((PartKind.NEW, "the writer's words"))
    return _without_closing_notices(lines, kinds)


def _is_greeting(line: Line) -> bool:
    found = phrases.GREETING.match(line.key)
    return bool(found) and len(line.key.split()) <= 6 and not line.content.endswith("?")


def _without_closing_notices(
    lines: Sequence[Line], kinds: list[tuple[PartKind, str]]
) -> list[tuple[PartKind, str]]:
    """Takes legal notices off the end of a text that has no signature."""
    end = len(lines)
    while end > 0 and (lines[end - 1].blank or phrases.DISCLAIMER.search(lines[end - 1].key)):
        end -= 1
    while 0 < end < len(lines) and lines[end].blank:
        end += 1
    if end == 0:
        return kinds
    return kinds[:end] + [(PartKind.DISCLAIMER, "legal notice")] * (len(lines) - end)


def _kinds_after(lines: Sequence[Line], reason: str) -> list[tuple[PartKind, str]]:
    """Signature, notices, and a postscript, which is the writer's word again."""
    kinds: list[tuple[PartKind, str]] = []
    current = (PartKind.SIGNATURE, reason)
    for line in lines:
        if phrases.POSTSCRIPT.match(line.key):
            current = (PartKind.NEW, "postscript")
        elif phrases.DISCLAIMER.search(line.key) or phrases.AUTOMATIC_NOTICE.search(line.key):
            current = (PartKind.DISCLAIMER, "legal notice")
        elif line.blank and current[0] is PartKind.NEW:
            current = (PartKind.SIGNATURE, reason)
        kinds.append(current)
    return kinds


def _parts(
    text: str, lines: Sequence[Line], places: Sequence[Place | None]
) -> tuple[MailPart, ...]:
    decided = [place or Place(kind=PartKind.NEW, reason="the writer's words") for place in places]
    parts: list[MailPart] = []
    first = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and decided[number] == decided[first]:
            continue
        start, end, place = lines[first].start, lines[number - 1].end, decided[first]
        parts.append(
            MailPart(
                kind=place.kind,
                start=start,
                end=end,
                text=text[start:end],
                reason=place.reason,
                message=place.message,
            )
        )
        first = number
    return tuple(parts)
