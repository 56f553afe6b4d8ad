"""What is a language model asked about a record's own text, and what did it say?

Plain values: the question holds everything that is sent or withheld, the answer is kept with the decision
so that it can be taken again without a model. An answer gives values for the names that were asked for,
nothing else: to which fields they go, and whether they do, is the policy's matter. Pure.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.records import FieldValue, RecordId


class WantedKind(StrEnum):
    """As what a value is asked for. CHOICE is one of the words that are listed."""

    TEXT = "text"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    CHOICE = "choice"


class Wanted(NamedTuple):
    """One value that is asked for: by which name, what it is, and among which words it may choose.

    ``written`` is what each of ``choices`` becomes in the field, empty where they are written as they are. Of
    a LIST ``choices`` are the words that it may hold, any where there are none.
    """

    name: str
    about: str
    kind: WantedKind = WantedKind.TEXT
    choices: tuple[str, ...] = ()
    length: int = 0
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretQuestion:
    """What does this text say of these names? ``label`` is the step of the policy that asks.

    ``texts`` and ``about`` are (name of the catalogue's allow-list, value): strangers wrote the first, the
    org holds the second. ``people`` are known names, which stay on the machine. ``value`` is what the record
    is worth, by which a model may be chosen. ``digest`` stands for all of these: two questions of one digest
    are the same question. Answer: Said, or None where no model could be asked.
    """

    object: str
    record: RecordId
    label: str
    task: str
    digest: str
    texts: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    about: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    wanted: tuple[Wanted, ...] = field(default=(), compare=False, repr=False)
    people: tuple[str, ...] = field(default=(), compare=False, repr=False)
    language: str = field(default="", compare=False)
    value: float | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """Every text, one below the other."""
        return "\n\n".join(text for _, text in self.texts)


def digest_of(
    texts: tuple[tuple[str, str], ...],
    about: tuple[tuple[str, str], ...],
    wanted: tuple[Wanted, ...],
) -> str:
    """The same for the same question about the same texts, in whatever process."""
    whole = json_bytes([texts, about, [[w.name, w.about, w.kind.value, w.choices] for w in wanted]])
    return hashlib.sha256(whole).hexdigest()[:32]


def stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text, whatever the blanks and the case."""
    parts = words.split()
    return bool(parts) and re.search(r"\s+".join(map(re.escape, parts)), text, re.I) is not None


class Item(NamedTuple):
    """A value by its name, how sure the model is (0 to 1), and the words of the text that say so."""

    name: str
    value: FieldValue
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What counts of a model's answer, and under which terms of the task it was asked.

    ``bound`` is the confidence from which a value counts, ``disagreement`` what stands where the text's own
    finders say something else. ``model`` tells of the requests, as plain JSON. ``items`` are empty where no
    answer counts; ``orders_found``: the text gives orders to machines, by the rules or by the model.
    """

    items: tuple[Item, ...] = ()
    bound: float = 0.8
    disagreement: str = "both_or_person"
    orders_found: bool = False
    model: Mapping[str, Any] | None = field(default=None, hash=False)


def model_notes(said: Mapping[str, Any]) -> Iterator[str]:
    """What a trace tells of the requests to models: the one that counts, and each that was made."""
    spent = f"{said['tokens']} tokens, {said['cost'] / 1_000_000:g} {said['currency']}"
    yield f"model {said['model'] or 'none'}: {said['outcome']} ({spent}, {said['took_for']} ms)"
    for attempt in said["attempts"]:
        objections = "; ".join(attempt["objections"]) or attempt["detail"]
        together = attempt.get("together", 1)
        yield f"asked {attempt['model']}: {attempt['outcome']}" + (
            (f" (one request with {together - 1} other texts)" if together > 1 else "")
            + (f": {objections}" if objections else "")
        )


def kept_said(said: Said) -> dict[str, Any]:
    """As plain JSON; ``restored_said`` gives the same back."""
    kept: dict[str, Any] = {
        "items": [[i.name, i.value, i.confidence, list(i.evidence)] for i in said.items],
        "bound": said.bound,
        "disagreement": said.disagreement,
    }
    if said.orders_found:
        kept["orders_found"] = True
    if said.model is not None:
        kept["model"] = dict(said.model)
    return kept


def restored_said(kept: Mapping[str, Any]) -> Said:
    """Raises ValueError for what was not kept like this."""
    try:
        return Said(
            items=tuple(
                Item(str(name), value, float(confidence), tuple(map(str, evidence)))
                for name, value, confidence, evidence in kept["items"]
            ),
            bound=float(kept["bound"]),
            disagreement=str(kept["disagreement"]),
            orders_found=bool(kept.get("orders_found")),
            model=kept.get("model"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no answer of a model: {error}") from error
