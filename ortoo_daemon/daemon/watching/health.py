"""Can the daemon route at this moment, and if not, what is missing?"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ortoo_daemon.daemon.parts import Parts, View
from ortoo_daemon.instants import instant_text
from ortoo_daemon.salesforce.stream.listener import Listener

_KNOWN_PAUSE = 60.0
"""Seconds for which a stream that is being built anew stays ready: the org keeps its events."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that routing needs. ``why`` says what is missing, or what is known about a pause."""

    name: str
    ok: bool
    why: str = ""

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "why": self.why}


def readiness(view: View) -> list[Part]:
    """Every part, in the order in which they come to be. The daemon is ready when all are ok."""
    return list(_parts(view))


def is_ready(parts: list[Part]) -> bool:
    return all(part.ok for part in parts)


def _parts(view: View) -> Iterator[Part]:
    parts = view.parts
    # A start without policies that ever passed ends; a refused edit leaves those before it in force.
    yield Part("policies", True, "; ".join(filter(None, (parts.last_load.why, _fuses(view)))))
    yield Part("settings", True, parts.settings_watch.why)
    rewording = parts.reloading.rewording if parts.reloading else None
    yield Part("notices", True, rewording.why if rewording else "")
    yield Part("queue", view.journal_is_well, view.trouble)
    yield _login(parts)
    yield _directory(parts)
    yield _listening(parts)
    yield _work(parts)


def _fuses(view: View) -> str:
    knowledge = view.parts.knowledge
    standing = knowledge.fuses.standing(view.at) if knowledge else ()
    blown = [each.told() for each in standing if each.blown_at is not None]
    return f"fuse blown, the rest is parked: {', '.join(blown)}" if blown else ""


def _login(parts: Parts) -> Part:
    error = parts.org.tokens.login_error
    if error is not None:
        return Part("login", False, error)
    return Part("login", parts.knowledge is not None, "" if parts.knowledge else "not yet asked")


def _directory(parts: Parts) -> Part:
    read = parts.sweeping is not None and parts.sweeping.current.directory_read_at is not None
    return Part("directory", read, "" if read else parts.waiting_for or "it is being read")


def _listening(parts: Parts) -> Part:
    """One of the daemons that share a store listens for all of them."""
    leading = parts.leading
    if leading.shared and leading.leader and not leading():
        return Part("stream", True, f"another daemon leads: {leading.leader}")
    return _stream(parts.listener, parts.silence.since if parts.silence else {})


def _stream(listener: Listener | None, silent: Mapping[str, datetime]) -> Part:
    if listener is None:
        return Part("stream", False, "not opened yet")
    if silent:
        told = ", ".join(f"{name} since {instant_text(at)}" for name, at in sorted(silent.items()))
        return Part("stream", False, f"silent: {told}; new records are found by the sweep only")
    if listener.subscribed_event.is_set():
        return Part("stream", True)
    missing = ", ".join(sorted(listener.channels - listener.subscribed))
    known = "; ".join(f"{name}: {why}" for name, why in sorted(listener.refused.items()))
    why = f"not subscribed: {missing} ({known or listener.last_error or 'opening'})"
    away_for = time.monotonic() - listener.lost_at
    rebuilding = listener.was_subscribed and not listener.refused and away_for < _KNOWN_PAUSE
    return Part("stream", rebuilding, why)


def _work(parts: Parts) -> Part:
    if parts.stopping.is_set():
        return Part("work", False, "draining: it was asked to stop")
    if parts.watchdog.late:
        late = ", ".join(f"{name} for {late:.0f} s" for name, late in parts.watchdog.late.items())
        return Part("work", False, f"loops that have not turned: {late}")
    working = parts.workers is not None
    return Part("work", working, "" if working else parts.waiting_for or "not begun yet")
