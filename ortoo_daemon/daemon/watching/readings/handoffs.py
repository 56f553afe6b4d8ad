"""Which records have not reached rooftops' own systems, as metrics?"""

from collections.abc import Mapping

from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, by
from ortoo_daemon.work.notices.values import WayWaiting


def _waiting(view: View) -> Mapping[str, WayWaiting]:
    delivery = view.parts.delivery
    return (
        delivery.waiting.handoffs if delivery and delivery.handing and not view.parts.shadow else {}
    )


def _open(view: View) -> Samples:
    """By the journal what waits and what fails; by the org what nobody may send, and dead letters."""
    waiting = _waiting(view)
    finding = view.parts.delivery.open_handoffs if view.parts.delivery else None
    census = finding.census if finding else None
    found = {
        "waiting": {way: each.waiting - each.failing for way, each in waiting.items()},
        "failing": {way: each.failing for way, each in waiting.items()},
        "no_consent": census.no_consent if census else {},
        "dead": census.failed if census else {},
    }
    return [
        ((way, state), count)
        for state, counts in found.items()
        for way, count in sorted(counts.items())
    ]


def _oldest(view: View) -> Samples:
    return by(
        {
            way: each.oldest_at.timestamp()
            for way, each in _waiting(view).items()
            if each.oldest_at is not None
        }
    )


HANDOFFS = (
    Reading(
        "ortoo_handoffs_open",
        "Records that have not reached their rooftop's own system: waiting, failing (tried again), "
        "no_consent, dead (a person must look).",
        _open,
        ("way", "state"),
    ),
    Reading(
        "ortoo_handoffs_oldest_timestamp_seconds",
        "Since when the oldest of those waits that may be sent.",
        _oldest,
        ("way",),
    ),
)
