"""Does anything in the mail give orders to a machine that reads it (prompt injection)?

What is found is reported with its place, so that nothing of it is taken for the writer's wish, models get it
fenced as data, and people see it. Nothing here obeys or removes it: it stays part of the text.

Signs add up, since each alone is how people write too: speaking to a machine, setting aside what it was
told, orders that only a sorter of mail can follow, words of programs, fences around a note. Orders that
follow in the same breath belong to the one before them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ortoo_daemon.intake.mail import order_words as words
from ortoo_daemon.intake.mail.disguises import readings_of
from ortoo_daemon.intake.mail.model import Span
from ortoo_daemon.intake.mail.sorting_words import FIELD_LINE, SORTING

_ENOUGH = 3.0
_FEWEST = 4
_TOO_SHORT_TO_ASK = 12
_HEAD = 60
_LONGEST = 1_000  # characters; longer than any order, and no pattern becomes slow on it
_SENTENCE = re.compile(r"[^\n.!?;]*(?:[.!?;](?![\s\n]|$)[^\n.!?;]*)*[.!?;]*[\])}\"'»”>]*")
_PIECES = re.compile(r"\s[|–—]\s|\s(?://|--)\s|(?<=\s)(?=[(\[{<])|(?<=[)\]}>])(?=\s)")
_WRAPPED = re.compile(r"(?<=[^\s.!?:;,>*\])}»”-])\n(?=[>\t ]{0,3}\w)|(?<=,)\n(?=[>\t ]{0,3}\w)")
_LONG_LINE = 45
_BLOCK = re.compile(
    r"<(system|instructions?|prompt|assistant|admin)>.{0,3000}?(?:</\1>|\Z)"
    r"|\[inst\].{0,3000}?(?:\[/inst\]|\Z)|<\|im_start\|>.{0,3000}?(?:<\|im_end\|>|\Z)"
    r"|<<sys>>.{0,3000}?(?:<</sys>>|\Z)"
    r"|\{[^{}]{0,400}\"(?:request_?type|account_?id|segments|instruction|role"
    r"|urgency)\"\s*:.{0,2000}?(?:\}\s*\]?\s*\}?|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESSED = "addresses a machine and gives it an order"
_SETS_ASIDE = "tells a machine to set aside what it was told"
_SORTS = "says how the mail is to be sorted, as only a machine is told"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What one sentence shows.

    ``spoken_to`` says how surely a machine is, ``told`` what else speaks for an order; ``follows`` that
    behind an order the sentence is part of it, ``sorts`` that it is so in the next line, too.
    """

    spoken_to: float
    told: float
    sets_aside: bool
    sorts: bool = False
    follows: bool = False

    @property
    def reason(self) -> str:
        if self.sets_aside:
            return _SETS_ASIDE
        return _ADDRESSED if self.spoken_to else _SORTS


def find_orders(text: str, hidden: Sequence[str], subject: str) -> tuple[Span, ...]:
    """Stretches that give orders to machines: in the text by place, in subject and hidden text without."""
    found = list(_in_text(text))
    found += [_elsewhere(subject, f"in the subject: {span.reason}") for span in _first(subject)]
    found += [
        _elsewhere(one, f"in hidden HTML: {span.reason}") for one in hidden for span in _first(one)
    ]
    return tuple(found)


def order_places(text: str) -> tuple[tuple[int, int], ...]:
    """Where in a text orders stand."""
    return tuple((span.start, span.end) for span in _in_text(text))


def orders_in_names(names: Sequence[str]) -> tuple[Span, ...]:
    """Names of attachments and senders that give orders."""
    spoken = [(name, re.sub(r"[_.]+", " ", name)) for name in names]
    return tuple(
        _elsewhere(name, f"in a name: {span.reason}")
        for name, plain in spoken
        for span in _first(plain) or _first(name)
    )


def _first(text: str) -> list[Span]:
    return list(_in_text(text))[:1]


def _in_text(text: str) -> Iterator[Span]:
    """In order; stretches never overlap."""
    end = 0
    found = sorted([*_blocks(text), *_sentences(text)], key=lambda span: (span.start, -span.end))
    for span in found:
        if span.start >= end:
            yield span
            end = span.end


def _blocks(text: str) -> Iterator[Span]:
    """Stretches of many lines between marks that only programs write."""
    for block in _BLOCK.finditer(text) if any(mark in text for mark in "<[{") else ():
        yield Span(start=block.start(), end=block.end(), text=block[0], reason=_SETS_ASIDE)


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    open_reason = ""
    for line in _unwrapped(text).split("\n"):
        places = [(start + first, start + last) for first, last in _pieces(line)]
        signs = [_signs(text[first:last].strip()) for first, last in places]
        spans, open_reason = _orders_of_line(signs, open_reason)
        for first, last, reason in spans:
            yield _span(text, places[first][0], places[last][1], reason)
        start += len(line) + 1


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Sentences, and in them what stands in brackets or behind a bar."""
    for sentence in _SENTENCE.finditer(line):
        ends = [cut.end() for cut in _PIECES.finditer(line, sentence.start(), sentence.end())]
        ends += range(sentence.start() + _LONGEST, sentence.end(), _LONGEST)
        for first, last in pairwise([sentence.start(), *sorted(ends), sentence.end()]):
            if line[first:last].strip():
                yield first, last


def _orders_of_line(signs: Sequence[_Signs], before: str) -> tuple[list[tuple[int, int, str]], str]:
    """Which sentences of a line are orders; and if the last one is, why, so that the next line may go on."""
    spans: list[tuple[int, int, str]] = []
    at = 0
    while at < len(signs):
        reason = before if before and not at and signs[at].sorts else _reason(signs, at)
        if not reason:
            at += 1
            continue
        last = max(
            [at, *(n for n in range(at + 1, len(signs)) if signs[n].follows)],
        )
        spans.append((at, last, reason))
        at = last + 1
    closed = bool(spans) and spans[-1][1] == len(signs) - 1
    return spans, spans[-1][2] if closed else ""


def _reason(signs: Sequence[_Signs], at: int) -> str:
    """Why the sentence, with what follows where it speaks to a machine, is an order; "" where it is none."""
    one = signs[at]
    told = one.told
    if one.spoken_to:
        told = max([told, *(later.told for later in signs[at + 1 :] if later.follows)])
    return one.reason if one.sets_aside or one.spoken_to + told >= _ENOUGH else ""


def _signs(sentence: str) -> _Signs:
    """The strongest signs of all readings of a sentence."""
    if len(sentence) < _FEWEST:
        return _Signs(spoken_to=0, told=0, sets_aside=False, follows=True)
    every = [_signs_of(key, sentence) for key in readings_of(sentence)]
    return max(every, key=lambda one: (one.sets_aside, one.spoken_to + one.told))


def _signs_of(key: str, sentence: str) -> _Signs:
    sorting = len({found[0] for found in SORTING.finditer(key)})
    orders = bool(words.ORDER.search(key))
    told = 1.5 + min(sorting - 1, 1) * 1.0 if sorting else 1.0 if orders else 0.0
    code = bool(words.MACHINE_CODE.search(key))
    numbered = bool(words.CODE_LIKE.search(key))
    told += 1.5 * code
    told += 0.5 * numbered
    told += 0.5 * bool(words.THE_MAIL_ITSELF.search(key))
    told += 0.5 * bool(words.FENCED.match(sentence))
    if sorting or (orders and not words.FIRST_PERSON.search(key)):
        told += (1.5 if sorting or numbered else 2.0) * bool(words.ALL_ABOVE.search(key))
    told += 1.0 * bool(words.WHILE_READING.search(key)) * bool(sorting)
    told += 1.5 * bool(words.EVERY_MAIL.search(key)) * bool(sorting)
    return _Signs(
        spoken_to=_spoken_to(key, sentence),
        told=told,
        sets_aside=bool(words.OVERRIDE.search(key) or words.NEW_ROLE.search(key)),
        sorts=bool(sorting or code or FIELD_LINE.search(key)),
        follows=bool(sorting or code or FIELD_LINE.search(key))
        or len(key) < _TOO_SHORT_TO_ASK
        or ((orders or numbered) and not words.FIRST_PERSON.search(key)),
    )


def _spoken_to(key: str, sentence: str) -> float:
    """How surely a sentence speaks to a machine: by its name at the head, in a note to it, as its role."""
    strong = words.STRONG_MACHINE.search(key) or words.ACRONYM.search(sentence)
    weak = words.WEAK_MACHINE.search(key)
    named = strong or weak
    if named is None:
        return 0.0
    before = key[: named.start()]
    if words.GREETED.match(key):
        return _ENOUGH
    if words.ITS_OWN.search(before):
        return 0.0
    head = named.start() < _HEAD and re.search(
        r"[:\]>]|^\W*$", key[named.end() : named.end() + _HEAD]
    )
    labels = not re.search(r"\w", before) or (
        head and words.TO_SOMEBODY.search(key[: named.end() + _HEAD])
    )
    called = bool(head and labels) or bool(
        re.match(r"\W*,", key[named.end() :]) and len(before) < 25
    )
    noted = words.TO_SOMEBODY.search(before + " x") and len(before) < _HEAD
    reads = words.READS_THIS.search(key)
    role = words.YOU_ARE.search(before)
    if words.NAMED_BARELY.search(sentence):
        return _ENOUGH
    if strong:
        return _ENOUGH if called or noted or role else 2.5 if reads else 1.5
    if reads and words.ADDRESS_FIRST.match(key):
        return _ENOUGH
    told = words.IS_TOLD.match(key[named.end() :])
    return 1.5 if called or noted or role or told else 0.0


def _unwrapped(text: str) -> str:
    """The text with the ends of long lines that go on as spaces: mail programs wrap sentences."""
    if "\n" not in text:
        return text

    def joined(end: re.Match[str]) -> str:
        line = end.start() - text.rfind("\n", 0, end.start()) - 1
        return " " if line >= _LONG_LINE else "\n"

    return _WRAPPED.sub(joined, text)


def _span(text: str, first: int, last: int, reason: str) -> Span:
    said = text[first:last]
    start = first + len(said) - len(said.lstrip())
    end = start + len(said.strip())
    return Span(start=start, end=end, text=text[start:end], reason=reason)


def _elsewhere(text: str, reason: str) -> Span:
    return Span(start=0, end=0, text=text, reason=reason)
