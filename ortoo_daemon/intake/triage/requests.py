"""What kind of request do these word groups speak for, and how strongly?"""

from collections.abc import Iterable, Mapping

from ortoo_daemon.intake.triage.taxonomy import RequestType

_SHARE_OF_THE_REST = 0.12
_MOST_OF_THE_REST = 4


def request_scores(groups: frozenset[str], kinds: Iterable[RequestType]) -> Mapping[str, float]:
    """Points by kind of request: its strongest sign, and a share of its next ones."""
    scores = {}
    for kind in kinds:
        met = sorted(
            (sign.weight for sign in kind.signs if groups.issuperset(sign.groups)), reverse=True
        )
        if met:
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
