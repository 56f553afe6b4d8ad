"""Does a model's answer about an e-mail count, and what is kept of it? Pure.

Kept is the form of ``triage/1`` with account ids instead of marks and the mail's own words instead of tokens:
what a decision needs to be taken again without a model.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ortoo_daemon.intake.triage.model import Evidence
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.understanding.forms import SegmentForm, TriageForm
from ortoo_daemon.intake.understanding.question import TriageQuestion

_MOST_OBJECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``kept`` is None where the answer does not count. ``objections`` quote nothing of mail or answer."""

    kept: Mapping[str, Any] | None
    objections: tuple[str, ...] = ()


def judged(question: TriageQuestion, taxonomy: Taxonomy, answer: Mapping[str, Any]) -> Verdict:
    """The whole answer counts, or nothing of it does."""
    try:
        form = TriageForm.model_validate(answer)
    except ValidationError as error:
        said = [f"{_path(each['loc'])}: {each['type']}" for each in error.errors()]
        return Verdict(kept=None, objections=tuple(said[:_MOST_OBJECTIONS]))
    objections = [
        f"segments.{number}.{what}"
        for number, segment in enumerate(form.segments)
        for what in _objections(segment, question, taxonomy)
    ]
    if objections:
        return Verdict(kept=None, objections=tuple(objections[:_MOST_OBJECTIONS]))
    segments = [_kept(segment, question) for segment in form.segments]
    return Verdict(kept={"segments": segments, "orders_found": form.orders_found})


def place_of(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whatever the blanks and the case; None where it does not."""
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text, re.I) if words else None
    return found.span() if found else None


def evidence_of(quotes: Iterable[str], text: str) -> tuple[Evidence, ...]:
    """Quotes with their place in the mail's text; without one where they stand in the subject."""
    places = ((quote, place_of(quote, text) or (0, 0)) for quote in quotes)
    return tuple(Evidence(what="model", text=quote, start=a, end=b) for quote, (a, b) in places)


def _objections(
    segment: SegmentForm, question: TriageQuestion, taxonomy: Taxonomy
) -> Iterator[str]:
    if segment.rooftop is not None and segment.rooftop not in question.rooftops:
        yield "rooftop: this is none of the rooftops listed"
    if segment.request_type is not None and segment.request_type not in taxonomy.by_code:
        yield "request_type: this is none of the kinds listed"
    if segment.brand is not None and segment.brand not in taxonomy.desks:
        yield "brand: this is none of the brands listed"
    reading = question.understood.reading
    for quote in segment.evidence:
        words = question.redactor.put_back(quote)
        of_mail = place_of(words, reading.text) or place_of(words, reading.subject)
        if of_mail is None or place_of(quote, question.sent) is None:
            yield "evidence: these words do not stand in the mail"
        if _is_order(words, question):
            yield "evidence: these words are orders to machines"


def _is_order(quote: str, question: TriageQuestion) -> bool:
    """Whether the quote lies in what gives orders to machines, or holds it."""
    said = " ".join(quote.split()).casefold()
    for span in question.understood.reading.injection:
        order = " ".join(span.text.split()).casefold()
        if order and (said in order or order in said):
            return True
    return False


def _kept(segment: SegmentForm, question: TriageQuestion) -> dict[str, Any]:
    kept = segment.model_dump(mode="json", exclude={"rooftop"})
    kept["evidence"] = [question.redactor.put_back(quote) for quote in segment.evidence]
    account = None if segment.rooftop is None else question.rooftops[segment.rooftop]
    return {"account_id": account, **kept}


def _path(steps: tuple[int | str, ...]) -> str:
    """Only keys of the form and numbers: an unknown key is the model's own word."""
    known = {*SegmentForm.model_fields, *TriageForm.model_fields}
    return ".".join(str(step) if isinstance(step, int) or step in known else "?" for step in steps)
