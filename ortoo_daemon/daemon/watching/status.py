"""What does the daemon say about itself? One document for ``/status``, and the figures of its log.

Times are ISO 8601 in UTC, durations and ages in seconds; None stands for what is not known (yet). Names
channels, sweeps, policies and reasons; no record and no person.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from ortoo_daemon import __version__
from ortoo_daemon.daemon.budgets.status import budgets_document
from ortoo_daemon.daemon.hearing.set_aside import kept_aside
from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.parts import Parts, View
from ortoo_daemon.daemon.watching.health import is_ready, readiness
from ortoo_daemon.errors import StateError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.work.notices.values import WayWaiting

_PARKED_LOOKED_AT = 1000

Document = dict[str, Any]


async def status_document(view: View) -> Document:
    """Everything, for `ortoo-daemon status`. Does not raise when the store fails."""
    parts = view.parts
    ready = readiness(view)
    return {
        "version": __version__,
        "at": instant_text(view.at),
        "started_at": instant_text(parts.started_at),
        "up_for": _age(parts.started_at, view.at),
        "shadow": parts.shadow,
        "lead": _lead(parts),
        "ready": is_ready(ready),
        "parts": [part.document() for part in ready],
        "loops": {name: round(behind, 1) for name, behind in parts.watchdog.loops.items()},
        "policies": {
            "revision": parts.revision,
            "commit": _commit(parts.commit),
            "loaded_at": instant_text(parts.loaded_at),
            "last_load_at": instant_text(parts.last_load.at),
            "last_load_successful": parts.last_load.successful,
            "refused": [str(problem) for problem in parts.last_load.problems],
            "names": [policy.name for policy in parts.policies_in_force.policies],
            "fuses": _fuses(view),
        },
        "candidate": parts.candidate.document() if parts.candidate else None,
        "stream": _stream(parts, view.at) | {"set_aside": await _set_aside(parts)},
        "queue": await _queue(view),
        "parked": _parked(parts, view.at),
        "records": _records(parts),
        "api": {
            "calls": parts.org.rest.calls_made,
            "calls_per_record": _calls_per_record(parts),
        },
        "budgets": budgets_document(parts.budgets),
        "sla": _sla(parts, view.at),
        "notices": _notices(parts),
        "handoffs": _handoffs(parts),
        "shares": None if parts.shadow else parts.meters.shares(),
        "services": _services(parts),
        "absences": _absences(parts),
        "login": {
            "failing": parts.org.tokens.login_error is not None,
            "error": parts.org.tokens.login_error,
            "failures": parts.org.tokens.failed_logins,
        },
        "sweeps": _sweeps(parts, view.at),
        "directory": _directory(parts, view.at),
    }


def candidate_document(parts: Parts) -> Document:
    """For `ortoo-daemon status --candidate`: the comparison at length, null where nothing was compared."""
    loading = parts.candidate
    if loading is None:
        return {"candidate": None, "comparison": None}
    found = loading.candidate.comparison
    return {"candidate": loading.document(), "comparison": found.document() if found else None}


def figures(view: View) -> Document:
    """What ``service.figures`` logs."""
    parts, queue = view.parts, view.queue
    found: Document = {
        "handled": dict(parts.handled),
        "rate": _rate(parts),
        "in_flight": parts.workers.in_flight if parts.workers else 0,
        "api_calls": parts.org.rest.calls_made,
        "api_calls_per_record": _calls_per_record(parts),
        "leads": parts.leading(),
        "stream_connected": parts.listener is not None and parts.listener.connected,
        "budgets": {
            name.value: round(budget.use.share, 4)
            for name, budget in parts.budgets.budgets.items()
            if budget.use
        },
    }
    if queue is not None:
        found |= {"ready": queue.ready, "leased": queue.leased, "parked": queue.parked}
    return found


def _lead(parts: Parts) -> Document:
    leading = parts.leading
    return {
        "leads": leading(),
        "shared": leading.shared,
        "leader": leading.leader or None,
        "epoch": leading.epoch,
    }


def _services(parts: Parts) -> Document:
    """Services that were loaded, with what came of calls; none before the first record asks."""
    paused, called = parts.calls.paused if parts.calls else {}, parts.meters.calls()
    return {
        name: {"paused": paused[name], "calls": called.get(name, {})} for name in sorted(paused)
    }


def _notices(parts: Parts) -> Document | None:
    """None where nobody is told: in a shadow run, and before the start is over."""
    if parts.delivery is None or parts.shadow:
        return None
    waiting = parts.delivery.waiting
    oldest_at, next_at = waiting.oldest_at, waiting.next_at
    return {
        "ready": waiting.ready,
        "held": waiting.held,
        "oldest_at": instant_text(oldest_at) if oldest_at else None,
        "next_at": instant_text(next_at) if next_at else None,
        "told": parts.meters.notices(),
    }


def _handoffs(parts: Parts) -> Document | None:
    """By way: what waits, what is tried again, dead letters, and tries since the start. None where nothing
    is handed over: no policy does, or the run is a shadow."""
    delivery = parts.delivery
    if delivery is None or delivery.handing is None or parts.shadow:
        return None
    waiting, tried = delivery.waiting.handoffs, parts.meters.handoffs()
    census = delivery.open_handoffs.census if delivery.open_handoffs else None
    no_consent, failed = (census.no_consent, census.failed) if census else ({}, {})
    found: Document = {}
    for way in sorted({*delivery.handing.senders, *waiting, *tried, *no_consent, *failed}):
        now = waiting.get(way, WayWaiting())
        found[way] = {
            "waiting": now.waiting,
            "failing": now.failing,
            "oldest_at": instant_text(now.oldest_at) if now.oldest_at else None,
            "no_consent": no_consent.get(way, 0),
            "dead": failed.get(way, 0) if census else now.given_up,
            "tries": tried.get(way, {}),
            "described": way in delivery.handing.senders,
            "trouble": delivery.handing.noting.troubles.get(way),
        }
    return found


def _absences(parts: Parts) -> Document | None:
    """How many people are away, by which signs, and how many hold open work who have left."""
    if parts.sweeping is None:
        return None
    absences = parts.sweeping.absences
    return {
        "away": len(absences.since),
        "by": absences.counts(),
        "left_with_work": len(absences.left),
    }


def _commit(commit: Commit | None) -> Document | None:
    if commit is None:
        return None
    return {
        "id": commit.id,
        "author": commit.author,
        "note": commit.note,
        "edited": commit.edited,
    }


def _fuses(view: View) -> list[Document]:
    knowledge = view.parts.knowledge
    return [
        {
            "of": each.fuse.of,
            "at_most": each.fuse.at_most,
            "per": each.fuse.per.total_seconds(),
            "moved": each.moved.had,
            "blown_at": instant_text(each.blown_at) if each.blown_at else None,
            "next_at": instant_text(each.free_at) if each.free_at else None,
        }
        for each in (knowledge.fuses.standing(view.at) if knowledge else ())
    ]


def _stream(parts: Parts, now: datetime) -> Document:
    listener, hearing = parts.listener, parts.hearing
    if listener is None or hearing is None:
        return {"connected": False, "channels": {}, "last_event_at": None, "last_event_age": None}
    last, silent = listener.last_message_at, parts.silence.since if parts.silence else {}
    return {
        "connected": listener.connected,
        "channels": {
            name: {
                "subscribed": name in listener.subscribed,
                "refused": listener.refused.get(name),
                "events": hearing.events[name],
                "unusable": hearing.unusable[name],
                "silent_since": instant_text(silent[name]) if name in silent else None,
            }
            for name in sorted(listener.channels)
        },
        "last_event_at": instant_text(last) if last else None,
        "last_event_age": _age(last, now),
        "rebuilds": listener.rebuilds,
        "last_error": listener.last_error,
        "gaps": dict(hearing.gaps),
    }


async def _set_aside(parts: Parts) -> list[dict[str, str]]:
    """The last events that could not be taken."""
    try:
        return await kept_aside(parts.queue)
    except StateError:
        return []


async def _queue(view: View) -> Document:
    stats = view.queue
    if stats is None:
        return {"error": view.trouble}
    return {
        "ready": stats.ready,
        "leased": stats.leased,
        "parked": stats.parked,
        "finished": stats.finished,
        "oldest_ready_for": _age(stats.oldest_ready_at, view.at),
        "parked_for": await _parked_for(view) if stats.parked else {},
    }


async def _parked_for(view: View) -> dict[str, int]:
    """How many of the latest parked items there are for each reason."""
    try:
        items = await view.parts.queue.parked(limit=_PARKED_LOOKED_AT)
    except StateError:
        return {}  # the next look tells what is wrong with the store
    return dict(Counter(item.reason for item in items).most_common())


def _records(parts: Parts) -> Document:
    workers = parts.workers
    return {
        "in_flight": workers.in_flight if workers else 0,
        "in_flight_limit": workers.parallel if workers else None,
        "rate": _rate(parts),
        "by_outcome": dict(parts.handled),
        "by_reason": parts.meters.handled_by("reason"),
        "by_way_in": parts.meters.handled_by("way_in"),
        "refused": parts.meters.refused(),
        "reserved": parts.knowledge.ledger.reserved if parts.knowledge else 0,
    }


def _parked(parts: Parts, now: datetime) -> Document:
    """Records that bear a park reason in the org, as they were last counted."""
    reviewing = parts.sweeping.reviewing if parts.sweeping else None
    census = reviewing.census if reviewing else None
    if census is None:
        return {"total": None, "by_reason": {}, "oldest_for": None, "counted_ago": None}
    return {
        "total": census.total,
        "by_reason": dict(census.by_reason),
        "oldest_for": _age(census.oldest_at, now),
        "counted_ago": _age(census.at, now),
    }


def _sla(parts: Parts, now: datetime) -> Document:
    outlook = parts.sweeping.outlook if parts.sweeping else None
    if outlook is None:
        return {"overdue": None, "soon": None, "counted_ago": None}
    return {
        "overdue": outlook.overdue,
        "soon": outlook.soon,
        "counted_ago": _age(outlook.at, now),
    }


def _sweeps(parts: Parts, now: datetime) -> Document:
    if parts.sweeping is None:
        return {}
    return {
        name: {
            "ended_at": instant_text(run.ended_at),
            "ended_ago": _age(run.ended_at, now),
            "took_for": round(run.took_for.total_seconds(), 3),
            "runs": run.runs,
            "failures": run.failures,
            "error": run.error or None,
        }
        for name, run in sorted(parts.sweeping.schedule.last_run.items())
    }


def _directory(parts: Parts, now: datetime) -> Document:
    if parts.knowledge is None or parts.sweeping is None:
        return {}
    known, read_at = parts.knowledge.directory, parts.sweeping.current.directory_read_at
    return {
        "rooftops": len(known.rooftops),
        "people": len(known.people),
        "queues": len(known.queues),
        "read_at": instant_text(read_at) if read_at else None,
        "read_ago": _age(read_at, now),
    }


def _rate(parts: Parts) -> float:
    return round(parts.workers.rate, 2) if parts.workers else 0.0


def _calls_per_record(parts: Parts) -> float | None:
    handled = sum(parts.handled.values())
    return round(parts.org.rest.calls_made / handled, 4) if handled else None


def _age(moment: datetime | None, now: datetime) -> float | None:
    return round(max((now - moment).total_seconds(), 0.0), 1) if moment else None
