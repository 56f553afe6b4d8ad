"""What waits and what is in hand, as metrics?"""

from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.reviewing import ParkedCensus
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, at_moment, by, one


def _queue_items(view: View) -> Samples:
    stats = view.queue
    if stats is None:
        return ()
    return by({"ready": stats.ready, "leased": stats.leased, "parked": stats.parked})


def _oldest(view: View) -> Samples:
    if view.queue is None:
        return ()
    oldest = view.queue.oldest_ready_at
    return one(max((view.at - oldest).total_seconds(), 0.0) if oldest else 0.0)


def _parked(view: View) -> Samples:
    census = _census(view)
    return by(census.by_reason) if census else ()


def _census(view: View) -> ParkedCensus | None:
    reviewing = view.parts.sweeping.reviewing if view.parts.sweeping else None
    return reviewing.census if reviewing else None


def _oldest_parked(view: View) -> Samples:
    census = _census(view)
    return at_moment(census.oldest_at if census else None)


def _notices(view: View) -> Samples:
    delivery = view.parts.delivery
    if delivery is None:
        return ()
    return by({"ready": delivery.waiting.ready, "held": delivery.waiting.held})


WORK = (
    Reading(
        "ortoo_queue_up",
        "1 while the store of the work queue answers, and keeps what it is given.",
        lambda view: one(view.journal_is_well),
    ),
    Reading(
        "ortoo_queue_items",
        "Work items by state: ready (waiting), leased (in hand), parked (given up).",
        _queue_items,
        ("state",),
    ),
    Reading(
        "ortoo_queue_oldest_ready_seconds",
        "How long the oldest waiting item has waited; 0 when none waits.",
        _oldest,
    ),
    Reading(
        "ortoo_parked_records",
        "Records that bear a park reason in the org, as they were last counted.",
        _parked,
        ("reason",),
    ),
    Reading(
        "ortoo_parked_oldest_timestamp_seconds",
        "When the oldest of them was parked.",
        _oldest_parked,
    ),
    Reading(
        "ortoo_notices_waiting",
        "Notices that wait: for their time or another try (ready), for their decision to be written (held).",
        _notices,
        ("state",),
    ),
    Reading(
        "ortoo_notices_oldest_timestamp_seconds",
        "Since when the oldest of the ready ones waits.",
        lambda view: at_moment(
            view.parts.delivery.waiting.oldest_at if view.parts.delivery else None
        ),
    ),
    Reading(
        "ortoo_records_in_flight",
        "Records in the workers' hands.",
        lambda view: one(view.parts.workers.in_flight if view.parts.workers else 0),
    ),
    Reading(
        "ortoo_records_in_flight_limit",
        "How many records may be in hand at once (workers.parallel).",
        lambda view: one(view.parts.workers.parallel if view.parts.workers else None),
    ),
    Reading(
        "ortoo_reservations",
        "Places of people taken by decisions that are not written yet.",
        lambda view: one(view.parts.knowledge.ledger.reserved if view.parts.knowledge else 0),
    ),
)
