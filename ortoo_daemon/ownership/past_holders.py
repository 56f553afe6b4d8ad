"""Who has had the record already, so that it does not come back to them?"""

from collections.abc import Sequence

from ortoo_daemon.clocks import PastHolder
from ortoo_daemon.handling import Handling
from ortoo_daemon.records import RecordId, WorkReason


def barred(handling: Handling, trail: Sequence[PastHolder]) -> dict[RecordId, str]:
    """Those who can't have the record, with the reason; who gave it back never gets it again. A person's
    requeue asks everybody again."""
    if not trail or handling.facts.item.reason is WorkReason.REQUEUED:
        return {}
    since = handling.facts.now - handling.policy.moves.not_back_for
    return {past.owner: _why(past) for past in trail if past.gave_back or past.until >= since}


def _why(past: PastHolder) -> str:
    at = f"{past.until:%Y-%m-%d %H:%M} UTC"
    if past.gave_back:
        return f"gave the record back on {at}"
    return f"a clock took the record from them on {at}"


def past_places(handling: Handling) -> frozenset[RecordId]:
    """Rooftops whose people have lost the record to a clock or given it back: the hops that it has made."""
    people = handling.facts.directory.people
    holders = (people.get(owner) for owner in barred(handling, handling.trail))
    return frozenset(
        person.rooftop for person in holders if person is not None and person.rooftop is not None
    )
