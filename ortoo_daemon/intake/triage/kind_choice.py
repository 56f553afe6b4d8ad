"""Which kind of request is meant, by signs, by what each word group says, and by examples?

Three witnesses, whose points add up: signs know what stands together in one sentence, the numbers of
``speaks_for`` weigh everything that stands anywhere in the request, examples know words that no group has.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.learning import Learned
from ortoo_daemon.intake.triage.requests import best_of
from ortoo_daemon.intake.triage.taxonomy import ANY_REQUEST, Taxonomy
from ortoo_daemon.intake.triage.topic import Topic, topic_scores

_SUBJECT_ALONE = 1.0
_SUBJECT_BESIDES = 0.6
_IN_THE_SUBJECT = 0.5
_QUOTED = 0.5
_LEAST = 0.8
_TAUGHT = 0.6
_ENOUGH_WITHOUT_SIGNS = 1.0
"""So many points, of everything together, are enough without a sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChoice:
    """Chooses for the requests of one mail. ``quoted`` tells what its earlier messages say: asked only where
    the new one says nothing."""

    taxonomy: Taxonomy
    learned: Learned
    subject: Finding | None
    quoted: Callable[[], list[Finding]]

    def kind(self, topic: Topic, *, alone: bool) -> tuple[str | None, float, float]:
        """The kind of request, its points, and by how much it leads; None where nothing says enough.

        ``alone``: it is the mail's only request, so that the subject speaks of it.
        """
        signs = self._signs(topic, alone=alone)
        weighed = self._weighed(topic, alone=alone)
        taught = self.learned.points(topic.findings)
        points = {
            code: signs.get(code, 0.0) + weighed.get(code, 0.0) + _TAUGHT * taught.get(code, 0.0)
            for code in signs.keys() | weighed.keys() | taught.keys()
        }
        kind, most, ahead = best_of(points)
        told = signs.get(kind or "", 0.0) >= _LEAST or most >= _ENOUGH_WITHOUT_SIGNS
        return (kind if told else None), most, ahead

    def _signs(self, topic: Topic, *, alone: bool) -> dict[str, float]:
        scores = topic_scores(topic, self.taxonomy)
        _, points, _ = best_of(scores)
        if self.subject and (alone or points < _LEAST):
            share = _SUBJECT_BESIDES if points >= 2 else _SUBJECT_ALONE
            for code, more in self.subject.scores.items():
                scores[code] = scores.get(code, 0.0) + share * more
        if best_of(scores)[1] < _LEAST:
            quoted = topic_scores(Topic(findings=self.quoted()), self.taxonomy)
            for code, more in quoted.items():
                scores[code] = scores.get(code, 0.0) + _QUOTED * more
        return scores

    def _weighed(self, topic: Topic, *, alone: bool) -> Mapping[str, float]:
        """What every word group says, wherever it stands; those of the subject alone say half."""
        points: dict[str, float] = {}
        self._add(points, topic.groups, 1.0)
        if self.subject and alone:
            self._add(points, self.subject.groups, _IN_THE_SUBJECT)
        if points:
            self._add(points, {ANY_REQUEST}, 1.0)
        return points

    def _add(self, points: dict[str, float], groups: Iterable[str], share: float) -> None:
        for group in sorted(groups):
            for code, more in self.taxonomy.speaks_for.get(group, {}).items():
                if code in self.taxonomy.by_code:
                    points[code] = points.get(code, 0.0) + share * more
