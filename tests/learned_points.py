"""What does each word group say for each kind of request? Learned from labelled e-mails, for `speaks_for`.

``python -m tests.learned_points SET...`` reads the sets tests/data/emails/SET.jsonl, and writes the section
anew at the end of config/taxonomy.yaml. It is logistic regression over the groups of a request, those of its
subject with half the weight: a number is small unless many mails agree. The same sets and words give the
same numbers. What comes out is an admin's to edit.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ortoo_daemon.daemon.asking.triaging import mails_of, taxonomy_of, triager_with
from ortoo_daemon.intake.triage import kind_choice
from ortoo_daemon.intake.triage.taxonomy import ANY_REQUEST
from ortoo_daemon.intake.triage.topic import Topic
from tests.intake.triage.network import ROOT
from tests.scoring import DATA, rows

TAXONOMY = ROOT / "config" / "taxonomy.yaml"
_HEADING = "\nspeaks_for:"
_POINTS = 2.0
"""Points for each unit of log odds, so that they help signs and examples, and do not drown them."""
_AGAINST_LARGE = 5.0
_LEAST = 0.3
_ROUNDS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One labelled request: its kind, and how much of each word group stands in it."""

    kind: str
    said: Mapping[str, float]


class _Listening:
    """Keeps which requests the triage of a mail saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[Topic, frozenset[str]]] = []

    def __enter__(self) -> "_Listening":
        self._kind = kind_choice.KindChoice.kind

        def kind(choice, topic, *, alone):  # type: ignore[no-untyped-def]
            subject = choice.subject.groups if choice.subject and alone else frozenset()
            self.seen.append((topic, subject))
            return self._kind(choice, topic, alone=alone)

        kind_choice.KindChoice.kind = kind
        return self

    def __exit__(self, *_: object) -> None:
        kind_choice.KindChoice.kind = self._kind


def requests_of(names: Iterable[str]) -> Iterator[Request]:
    """The labelled requests that can be told apart: of mails with one kind, or split as labelled."""
    triager = triager_with(DATA / "directory.json", taxonomy_of(TAXONOMY, words=TAXONOMY))
    for name in names:
        file = DATA / f"{name}.jsonl"
        labels = {row["id"]: row["labels"]["segments"] for row in rows(file)}
        for mail in mails_of(file):
            with _Listening() as listening:
                triager.understand(mail.mail)
            kinds = [segment["request_type"] for segment in labels[mail.id]]
            if len(set(kinds)) == 1:
                topics = [topic for topic, _ in listening.seen]
                yield Request(kind=kinds[0], said=_said(topics, listening.seen[0][1]))
            elif len(kinds) == len(listening.seen):
                for kind, (topic, _) in zip(kinds, listening.seen, strict=True):
                    yield Request(kind=kind, said=_said([topic], frozenset()))


def learned(requests: Sequence[Request]) -> dict[str, dict[str, float]]:
    """Points by word group and kind."""
    groups = [ANY_REQUEST, *sorted({group for each in requests for group in each.said})]
    kinds = sorted({each.kind for each in requests})
    seen = np.array([[each.said.get(group, 0.0) for group in groups] for each in requests])
    seen[:, 0] = 1.0
    right = np.array([[float(each.kind == kind) for kind in kinds] for each in requests])
    odds = _fitted(seen, right)
    found = {
        group: {
            kind: round(float(_POINTS * odds[n, k]), 1)
            for k, kind in enumerate(kinds)
            if abs(_POINTS * odds[n, k]) >= _LEAST
        }
        for n, group in enumerate(groups)
    }
    return {group: points for group, points in found.items() if points}


def _fitted(seen: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Log odds by group and kind: gradient descent with momentum, the same every time."""
    step = 1.0 / (0.5 * float(np.linalg.eigvalsh(seen.T @ seen)[-1]) + _AGAINST_LARGE)
    odds = np.zeros((seen.shape[1], right.shape[1]))
    pace = np.zeros_like(odds)
    spare = np.full((seen.shape[1], 1), _AGAINST_LARGE)
    spare[0] = 0.0
    for _ in range(_ROUNDS):
        said = seen @ (odds + 0.9 * pace)
        shares = np.exp(said - said.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        pace = 0.9 * pace - step * (seen.T @ (shares - right) + spare * odds)
        odds = odds + pace
    return odds


def _said(topics: Iterable[Topic], subject: frozenset[str]) -> dict[str, float]:
    said = dict.fromkeys(frozenset().union(*(topic.groups for topic in topics)), 1.0)
    for group in subject:
        said[group] = said.get(group, 0.0) + 0.5
    return said


def section(points: Mapping[str, Mapping[str, float]]) -> str:
    """The numbers as they are written in a taxonomy."""
    lines = []
    for group, kinds in points.items():
        ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
        lines.append(f"  {group}: {{{', '.join(f'{kind}: {more}' for kind, more in ranked)}}}\n")
    return f"{_HEADING}\n{''.join(lines)}"


def main(names: Sequence[str]) -> None:
    """Writes the section anew."""
    text = TAXONOMY.read_text("utf-8")
    before = text[: text.index(_HEADING)] if _HEADING in text else text.rstrip()
    TAXONOMY.write_text(before + section(learned(list(requests_of(names)))), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
