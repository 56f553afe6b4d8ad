"""What do sentences that people have sorted already say of a new one?

A taxonomy holds examples of every kind of request. For each word group and each word it is counted in
examples of which kinds it stands; a text then gets, for each kind, the sum of the log odds of what stands
in it (naive Bayes over presence). That helps where no sign is met, and settles between signs. Pure and
without chance: the same examples give the same points.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.findings import Finding, Observer
from ortoo_daemon.intake.triage.sentences import sentences_of
from ortoo_daemon.intake.triage.taxonomy import Taxonomy

SHORTEST_WORD = 4
STEM = 6
"""Words are compared by so many first letters."""

_WORD_COUNTS = 0.5
_SMOOTH = 0.5
_MOST = 8.0
"""Long texts have many words, not more certainty: no kind gets more points, for or against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """``odds`` are log odds by feature and kind; a feature that no example has says nothing."""

    odds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def points(self, findings: Iterable[Finding]) -> dict[str, float]:
        """Points by kind of request, none where nothing known is said."""
        features = features_of(findings)
        known = [self.odds[feature] for feature in features if feature in self.odds]
        if not known:
            return {}
        sums = {kind: sum(odds[kind] for odds in known) for kind in known[0]}
        over = max(0.0, max(sums.values()) - _MOST)
        return {kind: max(-_MOST, points - over) for kind, points in sums.items()}


def learned_from(taxonomy: Taxonomy) -> Learned:
    """What the examples of a taxonomy teach; nothing without examples."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    many: Counter[str] = Counter()
    for kind, languages in taxonomy.examples.items():
        if kind not in taxonomy.by_code:
            continue
        for language, texts in languages.items():
            for text in texts:
                many[kind] += 1
                seen[kind].update(features_of(_findings(text, language, taxonomy)))
    return _odds(seen, many)


def features_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Word groups, and the stems of longer words; a group is told from a word by its ``+``."""
    features: set[str] = set()
    for finding in findings:
        features.update(f"+{group}" for group in finding.groups)
        features.update(
            word.text[:STEM] for word in finding.words if len(word.text) >= SHORTEST_WORD
        )
    return frozenset(features)


def _findings(text: str, language: str, taxonomy: Taxonomy) -> list[Finding]:
    observer = Observer(
        taxonomy=taxonomy,
        index=_NOBODY,
        text=text,
        pool=None,
        lower=False,
        language="" if language == "any" else language,
    )
    return [observer.finding(sentence) for sentence in sentences_of(text, [(0, len(text))])]


def _odds(seen: Mapping[str, Counter[str]], many: Counter[str]) -> Learned:
    whole = many.total()
    everywhere: Counter[str] = Counter()
    for counts in seen.values():
        everywhere.update(counts)
    odds: dict[str, dict[str, float]] = {}
    for feature, total in everywhere.items():
        common = log((total + _SMOOTH) / (whole + 2 * _SMOOTH))
        share = 1.0 if feature.startswith("+") else _WORD_COUNTS
        odds[feature] = {
            kind: share * (log((seen[kind][feature] + _SMOOTH) / (size + 2 * _SMOOTH)) - common)
            for kind, size in many.items()
        }
    return Learned(odds=odds)


_NOBODY = DealerIndex(())
