"""How is a backtest shown to a person? Totals, gains, losses, movers with both reasons, what it rests on."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ortoo_daemon.cli.terminal import console, say, show_table
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.comparison import Difference, Dimension, Mover, Side
from ortoo_daemon.simulation.backtest.handed import HandedChange
from ortoo_daemon.simulation.backtest.placement import Change, Fate, HandedTo, Placement
from ortoo_daemon.simulation.backtest.replay import Result

GROUPS_SHOWN = 12
EXAMPLES_SHOWN = 8

SIDES = {Side.THEN: "then", Side.LIVE: "live", Side.CANDIDATE: "candidate"}
FATES = {
    Fate.ROUTED: "routed by a rule",
    Fate.UNROUTED: "unrouted (else, otherwise)",
    Fate.PARKED: "parked",
    Fate.LEFT_ALONE: "left to a person",
    Fate.NOT_TAKEN: "taken by no policy",
}
GRAVEST_FIRST = (
    Change.NEWLY_UNROUTED,
    Change.NEWLY_PARKED,
    Change.NO_LONGER_TAKEN,
    Change.NEWLY_ROUTED,
    Change.MOVED,
    Change.COLLEAGUE,
)
CHANGES = {
    Change.SAME: "same owner",
    Change.COLLEAGUE: "a colleague by the same rule",
    Change.MOVED: "moved",
    Change.NEWLY_ROUTED: "newly routed",
    Change.NEWLY_UNROUTED: "newly unrouted",
    Change.NEWLY_PARKED: "newly parked",
    Change.NO_LONGER_TAKEN: "no longer taken",
}
HANDED = {
    HandedChange.NEWLY: "newly handed over",
    HandedChange.NO_LONGER: "no longer handed over",
    HandedChange.ELSEWHERE: "handed to another rooftop",
    HandedChange.OTHER_WAY: "handed over another way",
    HandedChange.HELD: "newly held for consent",
    HandedChange.FREED: "no longer held for consent",
}


def show(found: Result) -> None:
    """Everything, the answer first."""
    history = found.history
    say(
        f"{found.records:,} records decided from {instant_text(history.since)} "
        f"to {instant_text(history.until)}"
    )
    say()
    say(sentence(found.main), style="bold")
    if handed := handed_sentence(found.main):
        say(handed)
    if found.edit is not None:
        say(sentence(found.reality))
    say()
    show_table(["", *(SIDES[side] for side in found.totals)], total_rows(found))
    for dimension in Dimension:
        _show_groups(found, dimension)
    for change in GRAVEST_FIRST:
        _show_movers(found.main, change, history.directory)
    rows = list(handed_rows(found))
    if rows:
        say()
        before, after = (SIDES[each] for each in (found.main.before, found.main.after))
        columns = ["handed over differently", "", before, after]
        show_table(columns, rows[:EXAMPLES_SHOWN])
        left = found.main.handed.counts.total() - len(rows[:EXAMPLES_SHOWN])
        if left:
            say(f"and {left:,} more")
    say()
    for line in notes(found):
        say(line, style="dim")


def sentence(found: Difference) -> str:
    """Such as ``live → candidate: 40 of 1,000 records end elsewhere: 30 moved, 10 newly unrouted``."""
    head = f"{SIDES[found.before]} → {SIDES[found.after]}"
    total = found.counts.total()
    if not total:
        return f"{head}: nothing was decided in this time"
    if not found.changed:
        return f"{head}: all {total:,} records end where they did"
    parts = ", ".join(
        f"{found.counts[change]:,} {CHANGES[change]}"
        for change in Change
        if change is not Change.SAME and found.counts[change]
    )
    return f"{head}: {found.changed:,} of {total:,} records end elsewhere: {parts}"


def total_rows(found: Result) -> Iterator[Sequence[object]]:
    """Rows of the table of totals, one value a side."""
    sides = found.totals.values()
    for fate, name in FATES.items():
        yield (name, *(f"{each.fates[fate]:,}" for each in sides))
    decided = [(side, each) for side, each in found.totals.items() if side is not Side.THEN]
    for what, values in (
        ("a limit turned somebody away", [f"{each.limited:,}" for _, each in decided]),
        ("first target, mean", [length(each.sla.mean_due_after) for _, each in decided]),
        ("first target while closed", [f"{each.sla.due_while_closed:,}" for _, each in decided]),
        (
            "received while closed",
            [f"{each.sla.received_while_closed:,} of {each.sla.waits:,}" for _, each in decided],
        ),
        ("mean wait for opening", [length(each.sla.mean_wait) for _, each in decided]),
    ):
        yield (what, "–", *values)
    if any(each.handed for _, each in decided):
        for what, values in (
            ("handed to rooftops' systems", [f"{each.handed:,}" for _, each in decided]),
            ("held for consent of these", [f"{each.held:,}" for _, each in decided]),
        ):
            yield (what, "–", *values)


def handed_sentence(found: Difference) -> str:
    """Such as ``handed to dealers' systems: 3 newly handed over, 1 newly held for consent``; "" for none."""
    parts = [f"{found.handed.counts[c]:,} {HANDED[c]}" for c in HANDED if found.handed.counts[c]]
    return f"to rooftops' own systems: {', '.join(parts)}" if parts else ""


def handed_rows(found: Result) -> Iterator[Sequence[str]]:
    """Record, what changed, and to whom it is handed before and after."""
    sites = found.history.directory.rooftops

    def to(handed: HandedTo | None) -> str:
        if handed is None:
            return "nobody"
        site = sites.get(handed.rooftop)
        held = ", held: no consent" if handed.held else ""
        return f"{site.name if site else handed.rooftop} by {handed.by}{held}"

    for each in found.main.handed.movers:
        yield each.record, HANDED[each.change], to(each.before), to(each.after)


def notes(found: Result) -> Iterator[str]:
    """What is of then and what of today, and what is not in the figures."""
    values, history = found.values, found.history
    if found.not_read:
        yield (
            f"Not in this history, and so taken as empty: {', '.join(found.not_read)}. "
            "Read it anew from the org."
        )
    yield (
        f"Of then: moment, owner before, way in, and every value of {values.records_of_then:,} records. "
        f"{values.records_with_todays:,} records have values of {instant_text(history.read_at)}."
    )
    if values.todays:
        most = ", ".join(f"{name} ({number:,})" for name, number in values.todays.most_common(8))
        yield f"Values of today by field: {most}."
    yield (
        "Of today: rooftops, people, skills, hours, absences. Open work starts from what decision records "
        f"kept and goes on simulated; work stays open for {length(found.open_for)} on average. "
        "take_from is not asked."
    )
    if values.answers:
        parts = ", ".join(
            f"{number:,} {name.replace('_', ' ')}" for name, number in values.answers.most_common()
        )
        yield f"Former owners of customers: {parts}."
    if values.calls:
        parts = ", ".join(
            f"{number:,} {name.replace('_', ' ')}" for name, number in values.calls.most_common()
        )
        yield (
            f"Answers of services: {parts}. Nobody is called; where it is not known what would have been "
            "said, the step's else applies."
        )
    for why, number in history.left_out.items():
        yield f"Left out: {number:,} ({why})."
    yield from (f"{gap[:1].upper()}{gap[1:]}." for gap in history.gaps)


def length(value: timedelta | None) -> str:
    """``3d 4h``, ``2h 5min``, ``12min``, ``30s``; a dash where there is none."""
    if value is None:
        return "–"
    seconds = round(value.total_seconds())
    if seconds < 60:
        return f"{seconds}s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    shown = [f"{number}{unit}" for number, unit in parts if number]
    return " ".join(shown[:2])


def placed(found: Placement, directory: Directory) -> str:
    """Where a record goes, for people: name and site, or what became of it instead."""
    if found.owner is None:
        return found.reason if found.fate is Fate.NOT_TAKEN else f"{found.fate} ({found.reason})"
    site = directory.rooftops.get(found.rooftop) if found.rooftop else None
    name = found.owner_name or found.owner
    return f"{name}, {site.name}" if site and found.is_person else name


def reason(found: Placement) -> str:
    """Which rule, why, and where it stands."""
    what = found.rule or found.policy or "no policy"
    why = "" if found.reason == "rule" else f", {found.reason}"
    at = f" ({found.place})" if found.place else ""
    return f"{what}{why}{at}"


def reason_after(mover: Mover) -> str:
    """The same, with what left out whom the record went to before."""
    because = reason(mover.after)
    return f"{because}; {mover.removed}" if mover.removed else because


def _show_groups(found: Result, dimension: Dimension) -> None:
    main = found.main
    groups = [
        each
        for each in found.groups.of(dimension, main.before, main.after)
        if each.difference(main.before, main.after)
    ]
    if not groups:
        return
    say()
    rows = [
        (
            each.name,
            *(f"{each.counts.get(side, 0):,}" for side in found.totals),
            f"{each.difference(main.before, main.after):+,}",
        )
        for each in groups[:GROUPS_SHOWN]
    ]
    columns = [f"by {dimension}", *(SIDES[side] for side in found.totals), "difference"]
    show_table(columns, rows)
    if len(groups) > GROUPS_SHOWN:
        say(f"and {len(groups) - GROUPS_SHOWN:,} more")


def _show_movers(found: Difference, change: Change, directory: Directory) -> None:
    movers = found.movers.get(change, [])
    if not movers:
        return
    say()
    shown = movers[:EXAMPLES_SHOWN]
    if console().is_terminal:
        say(CHANGES[change], style="bold")
        for each in shown:
            for line in _lines(each, found, directory):
                say(line)
    else:
        columns = [
            CHANGES[change],
            SIDES[found.before],
            SIDES[found.after],
            "because",
            "instead of",
        ]
        show_table(columns, [_row(each, directory) for each in shown])
    if found.counts[change] > len(shown):
        say(f"and {found.counts[change] - len(shown):,} more")


def _lines(mover: Mover, found: Difference, directory: Directory) -> Iterator[str]:
    """One mover in full width: a table would cut the places off."""
    before, after = placed(mover.before, directory), placed(mover.after, directory)
    yield f"  {mover.record}  {before} → {after}"
    yield f"      {SIDES[found.before]}: {reason(mover.before)}"
    yield f"      {SIDES[found.after]}: {reason_after(mover)}"


def _row(mover: Mover, directory: Directory) -> Sequence[str]:
    return (
        mover.record,
        placed(mover.before, directory),
        placed(mover.after, directory),
        reason_after(mover),
        reason(mover.before),
    )
