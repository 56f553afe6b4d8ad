"""Where do the sentences of an e-mail begin and end, and how does its writer set them apart?

A mail is blocks (paragraphs, items of a list, rows of a table), a block is sentences, a sentence is
clauses. What is settled or only compared with is told clause by clause.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ortoo_daemon.intake.triage.ordinary_words import RESUMING
from ortoo_daemon.intake.triage.words import plain_words

_ITEM = re.compile(
    r"[ \t]*(?:[-*•·▪‣–—>]+[ \t]+|\(?\d{1,2}[.)/°:][ \t]*(?!\d)|\(?[a-dA-D]\)[ \t]+|#\d+[ \t]+)"
)
_LABEL = re.compile(r"[ \t]*(?=\S)[^\n:|.!?]{2,60}?[ \t\u00a0]?:(?=\s)")
_ROW = re.compile(
    r"[ \t]*(?:\|?[^\n|]*\S[ \t]*(?:[|\t]|;[ \t]{2})[ \t]*\S|[^\n;]{2,40}[ \t];[ \t]+\S"
    r"|[^\n.!?]{2,40}?\S {2,}\S[^\n]*?\S {2,}\S)"
)
_DASHED = re.compile(r"[ \t]*(?=[^\W\d_a-z])[^\n:;|,.!?–—]{2,30} [–—-] (?=\S)(?!.* [–—-] )")
_RULE = re.compile(r"[\s\-=+|_]*")
_STOP = re.compile(r"[.!?…]+[\"'»”)]*(?=\s|$)")
_MONTH = re.compile(r"\s*(?:Jan|Feb|M[äa]r|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|KW\b)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:z\.\s?B|d\.\s?h|u\.\s?a|bzw|inkl|zzgl|ggf|evtl|ca|nr|n|num|ref|réf|tel|tél|st|ste|str"
    r"|hrn|fam|frl|m|mr|mrs|ms|mm|mme|mlle|dr|prof|hr|fr|sr|sra|srta|sig|sigg|dott|dhr|mevr|mw|ing|p\.?ex|p\.?ej"
    r"|(?:p|per|ad)\.?\s?es|vs|etc|usw|u|jan|feb|sept|sep|okt|oct|nov|dez|dec|janv|févr|approx|dept|pag|min|max"
    r"|cde|conf|tues|thurs|mon|fri|sat|av|avda|blvd|rte|co|spa|s\.p\.a|s\.r\.l|b\.v)|\b[A-Z])\.?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:()]\s+|\s[–—-]\s|\b(?:mais|aber|sondern|but|pero|ma|però|maar|en revanche|par contre|hingegen"
    r"|dagegen|however|whereas|while|sin embargo|en cambio|invece|mentre|echter|alleen|wogegen)\b",
    re.IGNORECASE,
)
_BEFORE_FIGURES = re.compile(r"\b(?:no|art|es)$", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)\d{1,2}$")
_DATE = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}$")
_SHORT_LINE = 55
_LONGEST = 800
"""Characters. What has no end by then is a list or a table whose marks were lost; to look at all its words
beside one another would take hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, or one item or row that is none. ``block`` counts blocks from 0.

    ``item`` tells that the writer set its block apart (a bullet, a number, a row, ``Where: what``).
    """

    start: int
    end: int
    block: int
    paragraph: int
    first: bool
    item: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    start: int
    end: int
    paragraph: int
    item: bool


def sentences_of(text: str, stretches: Iterable[tuple[int, int]]) -> tuple[Sentence, ...]:
    """The sentences of these stretches of the text, in order."""
    found: list[Sentence] = []
    number = 0
    paragraph = 0
    for start, end in stretches:
        for block in _blocks(text, start, end, paragraph):
            paragraph = block.paragraph
            for at, (first, last) in enumerate(_sentences(text, block.start, block.end)):
                found.append(
                    Sentence(
                        start=first,
                        end=last,
                        block=number,
                        paragraph=block.paragraph,
                        first=at == 0,
                        item=block.item,
                    )
                )
            number += 1
        paragraph += 1
    return tuple(found)


def clauses_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The clauses of ``text[start:end]``: cut at commas, dashes and words like *but*."""
    at = start
    for cut in _CLAUSE.finditer(text, start, end):
        if cut.start() > at:
            yield at, cut.start()
        at = cut.start() if cut[0][0].isalpha() else cut.end()
    if at < end:
        yield at, end


def resumed(text: str, clauses: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The clauses, with those around a lone pronoun as one: *the bills of Lyon, those, are fine*."""
    before: tuple[int, int] | None = None
    going_on = False
    for start, end in clauses:
        resumes = " ".join(plain_words(text[start:end])) in RESUMING
        if before is not None and not (resumes or going_on):
            yield before
            before = None
        before = (before[0] if before else start, end)
        going_on = resumes
    if before is not None:
        yield before


def _blocks(text: str, start: int, end: int, paragraph: int) -> Iterator[_Block]:
    opened: tuple[int, int, bool] | None = None
    for first, last in _lines(text, start, end):
        line = text[first:last]
        if not line.strip() or _RULE.fullmatch(line):
            if opened:
                yield _Block(start=opened[0], end=opened[1], paragraph=paragraph, item=opened[2])
                opened = None
            paragraph += not line.strip()
            continue
        item = bool(_ITEM.match(line) or _LABEL.match(line) or _ROW.match(line))
        item = item or bool(_DASHED.match(line) and (not opened or _is_over(text, opened)))
        if opened and (item or _ends_a_block(text[opened[0] : opened[1]], line)):
            yield _Block(start=opened[0], end=opened[1], paragraph=paragraph, item=opened[2])
            opened = None
        opened = (opened[0], last, opened[2]) if opened else (first, last, item)
    if opened:
        yield _Block(start=opened[0], end=opened[1], paragraph=paragraph, item=opened[2])


def _is_over(text: str, opened: tuple[int, int, bool]) -> bool:
    return text[opened[0] : opened[1]].rstrip().endswith((".", "!", "?", ":"))


def _ends_a_block(before: str, line: str) -> bool:
    """Whether a new line after ``before`` begins something new, or only wraps."""
    last_line = before.rsplit("\n", 1)[-1].rstrip()
    starts_anew = line.lstrip()[:1].isupper() or line.lstrip()[:1].isdigit()
    return (
        last_line.endswith((".", "!", "?", ":", ","))
        and len(last_line) < _SHORT_LINE
        and starts_anew
    )


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        cut = text.find("\n", at, end)
        last = end if cut < 0 else cut
        yield at, last
        at = last + 1


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for stop in _STOP.finditer(text, start, end):
        if stop[0] == "." and _goes_on(text, at, stop.start()):
            continue
        yield from _short_enough(text, at, stop.end())
        at = stop.end()
    yield from _short_enough(text, at, end)


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        gap = text.rfind(" ", start + 1, start + _LONGEST)
        cut = gap if gap > 0 else start + _LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Whether a full stop ends no sentence: behind an abbreviation, a day, the number of an item."""
    before = text[start:stop]
    if _ABBREVIATION.search(before[-12:]):
        return True
    if _BEFORE_FIGURES.search(before[-4:]):
        return text[stop + 1 : stop + 3].strip()[:1].isdigit()
    if not _DAY.search(before):
        return False
    after = text[stop + 1 : stop + 8].lstrip()
    if _DATE.search(before) and after[:1].isdigit():
        return True
    return (
        not before.strip(" (\t").rstrip("0123456789")
        or after[:1].islower()
        or bool(_MONTH.match(after))
    )


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
