"""Which requests of an e-mail are one, though they stand in two places?"""

from collections.abc import Iterable
from dataclasses import replace

from ortoo_daemon.intake.triage.model import Segment


def merged(segments: Iterable[Segment]) -> Iterable[Segment]:
    """One segment for each rooftop and kind of request, with the evidence of all that say it."""
    found: dict[tuple[str | None, str | None], Segment] = {}
    for segment in segments:
        key = (segment.account_id, segment.request_type)
        found[key] = _both(found[key], segment) if key in found else segment
    return found.values()


def _both(first: Segment, second: Segment) -> Segment:
    levels = ("critical", "high", "normal", "low")
    return replace(
        first,
        brand=first.brand if first.brand == second.brand else first.brand or second.brand,
        urgency=min(first.urgency, second.urgency, key=levels.index),
        vins=tuple(dict.fromkeys(first.vins + second.vins)),
        evidence=first.evidence + second.evidence,
    )
