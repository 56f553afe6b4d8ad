"""How is the daemon's own account of itself shown to a person? Rows of a word and a sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ortoo_daemon.cli.candidate_view import summary
from ortoo_daemon.cli.controls import without_controls
from ortoo_daemon.cli.terminal import console

Document = Mapping[str, Any]

GOOD, BAD, PLAIN = "green", "bold red", ""

_MARKS = {"enough": PLAIN, "low": "yellow", "short": BAD, "scarce": BAD, "used_up": BAD}
_BUDGETS = {
    "api_calls": ("API calls", "24 h"),
    "delivered_events": ("delivered events", "24 h"),
    "streaming_events": ("PushTopic events", "24 h"),
    "published_events": ("published events", "1 h"),
}
_QUEUE_IS_SLOW = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    text: str
    style: str = PLAIN


def show_status(document: Document) -> None:
    """A table on a terminal, tab-separated lines elsewhere."""
    found = console()
    if found.is_terminal:
        found.print(scene(document))
        return
    for row in rows(document):
        print(f"{row.name}\t{without_controls(row.text)}")  # rich would make blanks of the tab


def scene(document: Document | None, *, silent: str = "") -> RenderableType:
    """The table; ``silent`` says why there is nothing newer."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for row in rows(document) if document else ():
        table.add_row(row.name, Text(row.text, style=row.style))
    if silent:
        table.add_row("no answer", Text(silent, style=BAD))
    return table


def rows(document: Document) -> list[Row]:
    """What there is to say, the most important first."""
    return [
        _daemon(document),
        *_missing(document),
        *_lead(document.get("lead")),
        _policies(document),
        *_candidate(document.get("candidate")),
        *_fuses(document["policies"].get("fuses", [])),
        *(_stream(document["stream"]) if _listens(document) else ()),
        *_queue(document["queue"]),
        *_parked(document["parked"]),
        *_records(document["records"]),
        *_sla(document["sla"]),
        *_notices(document["notices"]),
        *_handoffs(document.get("handoffs")),
        *_shares(document.get("shares")),
        *_services(document.get("services", {})),
        *_absences(document["absences"]),
        *_calls(document),
        *_budgets(document["budgets"]),
        *_sweeps(document["sweeps"]),
        *_directory(document["directory"]),
    ]


def _daemon(document: Document) -> Row:
    shadow = ", shadow run: writes nothing" if document["shadow"] else ""
    state = "ready" if document["ready"] else "NOT READY"
    text = f"{state}, up {span(document['up_for'])}, version {document['version']}{shadow}"
    return Row("daemon", text, GOOD if document["ready"] else BAD)


def _missing(document: Document) -> Iterator[Row]:
    for part in document["parts"]:
        if part["why"]:
            yield Row(f"  {part['name']}", part["why"], PLAIN if part["ok"] else BAD)


def _lead(lead: Document | None) -> Iterator[Row]:
    """Said where several daemons share a store."""
    if lead and lead["shared"]:
        leads = f"this daemon, epoch {lead['epoch']}" if lead["leads"] else lead["leader"]
        yield Row("leader", leads or "nobody yet", PLAIN if leads else BAD)


def _listens(document: Document) -> bool:
    lead = document.get("lead")
    return not lead or lead["leads"] or not lead["shared"]


def _policies(document: Document) -> Row:
    policies = document["policies"]
    names = ", ".join(policies["names"])
    text = f"{names} @ {policies['revision']}, loaded {policies['loaded_at']}"
    commit = policies.get("commit")
    if commit:
        edited = ", edited since" if commit["edited"] else ""
        text += f", commit {commit['id'][:12]} by {commit['author']}: {commit['note']}{edited}"
    return Row("policies", text)


def _candidate(standing: Document | None) -> Iterator[Row]:
    if standing is not None:
        yield Row("candidate", summary(standing), PLAIN if standing["in_order"] else BAD)


def _fuses(fuses: list[Document]) -> Iterator[Row]:
    for fuse in fuses:
        text = f"{fuse['of']}: {_number(fuse['moved'])} of {_number(fuse['at_most'])} records moved"
        text += f" in {span(fuse['per'])}"
        if fuse["blown_at"]:
            text += f"; BLOWN since {fuse['blown_at']}, the rest is parked"
        yield Row("  fuse", text, BAD if fuse["blown_at"] else PLAIN)


def _stream(stream: Document) -> Iterator[Row]:
    parts = ["connected" if stream["connected"] else "not connected"]
    if stream["last_event_age"] is not None:
        parts.append(f"last event {span(stream['last_event_age'])} ago")
    if stream.get("rebuilds"):
        parts.append(f"built anew {_times(stream['rebuilds'])}")
    parts += [f"gap {reason} {_times(count)}" for reason, count in stream.get("gaps", {}).items()]
    yield Row("stream", ", ".join(parts), PLAIN if stream["connected"] else BAD)
    for name, channel in stream["channels"].items():
        state = "live" if channel["subscribed"] else channel["refused"] or "not subscribed"
        text = f"{state}, {_number(channel['events'])} events"
        if channel.get("unusable"):
            text += f", {_number(channel['unusable'])} of them unusable"
        if channel.get("silent_since"):
            text += f", silent since {channel['silent_since']}"
        well = channel["subscribed"] and not channel.get("silent_since")
        yield Row(f"  {name}", text, PLAIN if well else BAD)
    if aside := stream.get("set_aside"):
        last = aside[0]
        text = f"{_number(len(aside))} kept, the last at {last['at']} of {last['channel']}"
        yield Row("  set aside", f"{text}: {last['reason']}", BAD)


def _queue(queue: Document) -> Iterator[Row]:
    if "error" in queue:
        yield Row("queue", queue["error"], BAD)
        return
    oldest = queue["oldest_ready_for"]
    waiting = f"{_number(queue['ready'])} waiting"
    if oldest is not None:
        waiting += f" (the oldest for {span(oldest)})"
    slow = oldest is not None and oldest > _QUEUE_IS_SLOW
    yield Row("queue", f"{waiting}, {_number(queue['leased'])} in hand", BAD if slow else PLAIN)
    if queue["parked"]:
        why = _counts(queue["parked_for"])
        yield Row("given up", f"{_number(queue['parked'])}: {why}", "yellow")


def _parked(parked: Document) -> Iterator[Row]:
    if parked["total"]:
        text = f"{_number(parked['total'])} in the org: {_counts(parked['by_reason'])}"
        yield Row("parked", f"{text}; the oldest for {span(parked['oldest_for'])}", "yellow")


def _records(records: Document) -> Iterator[Row]:
    rate = f"{records['rate']:g} a second over the last minute"
    yield Row("records", f"{rate}; {_counts(records['by_outcome']) or 'none handled yet'}")
    if records["by_reason"]:
        yield Row("  why", _counts(records["by_reason"]))
    if any(records["refused"].values()):
        refused = {name: count for name, count in records["refused"].items() if count}
        yield Row("  refused", _counts(refused), "yellow")


def _sla(sla: Document) -> Iterator[Row]:
    if sla["overdue"] is None:
        return
    text = f"{_number(sla['soon'])} steps due within 15 min, {_number(sla['overdue'])} overdue"
    yield Row("SLA", text, BAD if sla["overdue"] else PLAIN)


def _notices(notices: Document | None) -> Iterator[Row]:
    if notices is None or not (notices["told"] or notices["ready"] or notices["held"]):
        return
    given_up = notices["told"].get("given_up", 0)
    text = f"{_number(notices['told'].get('told', 0))} told, {_number(notices['ready'])} waiting"
    more = f", {_number(given_up)} given up" if given_up else ""
    yield Row("notices", text + more, BAD if given_up else PLAIN)


def _handoffs(handoffs: Document | None) -> Iterator[Row]:
    """By way, those that have anything to say."""
    for way, found in (handoffs or {}).items():
        sent = found["tries"].get("sent", 0)
        parts = [f"{_number(sent)} sent, {_number(found['waiting'])} waiting"]
        for name, text in (
            ("failing", "of them tried in vain"),
            ("no_consent", "without consent"),
            ("dead", "failed for good (ortoo-daemon parked)"),
        ):
            if found[name]:
                parts.append(f"{_number(found[name])} {text}")
        if found["oldest_at"]:
            parts.append(f"the oldest since {found['oldest_at']}")
        bad = bool(found["failing"] or found["dead"])
        if not found["described"] and way != "other":
            parts.append("which the settings don't describe")
        if found["trouble"]:
            parts.append(found["trouble"])
        if bad or sent or found["waiting"] or found["no_consent"] or not found["described"]:
            yield Row(f"handoffs {way}", ", ".join(parts), BAD if bad else PLAIN)


def _shares(shares: Document | None) -> Iterator[Row]:
    """Where any record was to be seen by others."""
    if shares and any(shares.values()):
        told = ", ".join(
            f"{_number(count)} {word}" for word, count in sorted(shares.items()) if count
        )
        yield Row("shares", told, BAD if shares.get("refused") else PLAIN)


def _services(services: Document) -> Iterator[Row]:
    for name, service in services.items():
        paused = ", left alone after failures" if service["paused"] else ""
        told = _counts(service["calls"]) or "not asked yet"
        yield Row(f"service {name}", told + paused, BAD if paused else PLAIN)


def _absences(absences: Document | None) -> Iterator[Row]:
    if absences is None or not (absences["away"] or absences["left_with_work"]):
        return
    left = absences["left_with_work"]
    more = f", {_number(left)} left and hold open records" if left else ""
    signs = ", ".join(f"{sign} {_number(count)}" for sign, count in sorted(absences["by"].items()))
    by = f" (by {signs})" if signs else ""
    yield Row("absences", f"{_number(absences['away'])} away{by}{more}", BAD if left else PLAIN)


def _calls(document: Document) -> Iterator[Row]:
    api, login = document["api"], document["login"]
    text = f"{_number(api['calls'])} API calls by this process"
    if api["calls_per_record"] is not None:
        text += f", {api['calls_per_record']:g} a record"
    yield Row("calls", text)
    if login["failing"]:
        yield Row("login", f"fails: {login['error']}", BAD)


def _budgets(budgets: Document) -> Iterator[Row]:
    for name, (label, period) in _BUDGETS.items():
        if name not in budgets:
            continue
        found = budgets[name]
        text = f"{_number(found['used'])} of {_number(found['allowed'])} in {period}"
        text += f" ({found['share']:.1%})"
        if found["level"] != "enough":
            text += f", {found['level'].replace('_', ' ')}"
        if found["runs_out_at"]:
            text += f"; at this rate used up at {found['runs_out_at']}"
        yield Row(label, text, _MARKS[found["level"]])
    if shed := _shed(budgets["shed"]):
        yield Row("  shed", shed, "yellow")


def _shed(shed: Document) -> str:
    """What is left undone so that owners are still written."""
    sweeps = shed["sweeps"]
    rarer = ", ".join(f"{name} {times:g} times rarer" for name, times in sweeps.items() if times)
    paused = ", ".join(name for name, times in sweeps.items() if times is None)
    parts = [
        rarer,
        f"{paused} paused" if paused else "",
        f"{', '.join(shed['put_off'])} items wait" if shed["put_off"] else "",
        "former owners of customers are not asked for" if shed["questions"] else "",
    ]
    return "; ".join(filter(None, parts))


def _sweeps(sweeps: Document) -> Iterator[Row]:
    for name, run in sweeps.items():
        text = f"{name} {span(run['ended_ago'])} ago, took {span(run['took_for'])}"
        if run["failures"]:
            text += f", {run['failures']} of {run['runs']} failed"
        if run["error"]:
            text += f": {run['error']}"
        yield Row("sweep", text, BAD if run["error"] else PLAIN)


def _directory(directory: Document) -> Iterator[Row]:
    if not directory:
        return
    sizes = ", ".join(
        f"{_number(directory[kind])} {kind}" for kind in ("rooftops", "people", "queues")
    )
    read = directory["read_ago"]
    yield Row("directory", f"{sizes}; read {span(read)} ago" if read is not None else "not read")


def span(seconds: float) -> str:
    """A duration in the unit a person would choose."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for unit, size, most in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def _counts(values: Mapping[str, int]) -> str:
    ordered = sorted(values.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{_number(count)} {name}" for name, count in ordered)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{_number(count)} times"


def _number(value: int) -> str:
    return f"{value:,}"
