"""What kind of request do these word groups speak for, and how strongly?"""

from collections.abc import Iterable, Mapping, Set

from ortoo_daemon.intake.triage.taxonomy import RequestType, Sign

SPEAKS = 2.3
"""From so many points on a sentence speaks for a kind of request by itself."""
HINTS = 0.8
"""So many points are enough where the writer sets a sentence apart."""

_SHARE_OF_THE_REST = 0.12
_MOST_OF_THE_REST = 4

Places = Mapping[str, Set[int]]
"""By word group, where in a sentence its phrases begin."""


def request_scores(
    groups: frozenset[str], kinds: Iterable[RequestType], places: Places | None = None
) -> Mapping[str, float]:
    """Points by kind of request: its strongest sign, and a share of its next ones.

    With ``places`` one word does not count as two: a sign of two groups needs two places.
    """
    scores = {}
    for kind in kinds:
        met = [
            sign.weight
            for sign in kind.signs
            if groups.issuperset(sign.groups) and not (places and _is_one_word(sign, places))
        ]
        if met:
            met.sort(reverse=True)
            rest = sum(met[1 : _MOST_OF_THE_REST + 1])
            scores[kind.code] = met[0] + _SHARE_OF_THE_REST * rest
    return scores


def best_of(scores: Mapping[str, float]) -> tuple[str | None, float, float]:
    """The best kind, its points, and by how much it beats the next; (None, 0, 0) for no scores."""
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None, 0.0, 0.0
    after = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0], ranked[0][1], ranked[0][1] - after


def _is_one_word(sign: Sign, places: Places) -> bool:
    """Whether the groups of the sign all stand at one and the same word."""
    if len(sign.groups) < 2:
        return False
    found: set[int] = set()
    for group in sign.groups:
        here = places.get(group)
        if here is None:
            return False
        found |= here
    return len(found) < len(sign.groups)
