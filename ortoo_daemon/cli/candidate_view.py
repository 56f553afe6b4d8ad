"""How is the comparison of a candidate with the live policies shown to a person? From the daemon's own
document, as `simulate` shows a backtest: the answer first, then totals, groups and movers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ortoo_daemon.cli.simulate_view import (
    CHANGES,
    EXAMPLES_SHOWN,
    FATES,
    GRAVEST_FIRST,
    GROUPS_SHOWN,
)
from ortoo_daemon.cli.terminal import console, say, show_table
from ortoo_daemon.simulation.backtest.comparison import Dimension
from ortoo_daemon.simulation.backtest.placement import Change

Document = Mapping[str, Any]

NONE_NAMED = "no candidate: name one as candidate in ortoo.yaml, or with run --candidate"


def show_comparison(document: Document) -> None:
    """What ``/candidate`` tells."""
    standing, found = document["candidate"], document["comparison"]
    if standing is None:
        say(NONE_NAMED)
        return
    for line in standing_lines(standing):
        say(line, "" if standing["in_order"] else "bold red")
    if found is None:
        return
    say()
    say(sentence(found["edit"], found["records"]), "bold")
    for why, number in found["not_compared"].items():
        say(f"not compared: {number:,} ({why.replace('_', ' ')})", "yellow")
    say()
    totals = found["totals"]
    rows = [
        (name, *(f"{each[fate.value]:,}" for each in totals.values()))
        for fate, name in FATES.items()
    ]
    show_table(["", *totals], rows)
    for dimension in Dimension:
        _show_groups(dimension.value, found["groups"][dimension.value])
    for change in GRAVEST_FIRST:
        _show_movers(change, found["edit"])


def standing_lines(standing: Document) -> Iterator[str]:
    """Which candidate is compared since when, or what keeps it from it."""
    yield summary(standing)
    yield from (f"  {problem}" for problem in standing["problems"])


def summary(standing: Document) -> str:
    """One line for `status`."""
    folder, count = standing["folder"], len(standing["problems"])
    if count:
        return f"{folder}: not compared, {count} {'problem' if count == 1 else 'problems'}"
    if standing["why"]:
        return f"{folder}: not compared, {standing['why']}"
    if standing["revision"] is None:
        return f"{folder}: being looked through"
    changes = _changes(standing["changes"])
    what = f"{standing['records']:,} records compared"
    return f"{folder} @ {standing['revision']}: {what}" + (f", {changes}" if changes else "")


def sentence(edit: Document, records: int) -> str:
    """Such as ``live → candidate: 40 of 1,000 records would end elsewhere: 30 moved``."""
    if not records:
        return "live → candidate: nothing was decided since"
    if not edit["changed"]:
        return f"live → candidate: all {records:,} records would end where they do"
    parts = _changes(edit)
    return (
        f"live → candidate: {edit['changed']:,} of {records:,} records would end elsewhere: {parts}"
    )


def _changes(counts: Document) -> str:
    told = ((change, counts.get(change.value, 0)) for change in Change if change is not Change.SAME)
    return ", ".join(f"{number:,} {CHANGES[change]}" for change, number in told if number)


def _show_groups(name: str, groups: Sequence[Document]) -> None:
    found = [each for each in groups if each["difference"]]
    if not found:
        return
    say()
    rows = [
        (each["name"], f"{each['live']:,}", f"{each['candidate']:,}", f"{each['difference']:+,}")
        for each in found[:GROUPS_SHOWN]
    ]
    show_table([f"by {name}", "live", "candidate", "difference"], rows)
    if len(found) > GROUPS_SHOWN:
        say(f"and {len(found) - GROUPS_SHOWN:,} more")


def _show_movers(change: Change, edit: Document) -> None:
    movers = [each for each in edit["movers"] if each["change"] == change.value]
    if not movers:
        return
    say()
    shown = movers[:EXAMPLES_SHOWN]
    if console().is_terminal:
        say(CHANGES[change], style="bold")
        for each in shown:
            say(f"  {each['record']}  {_placed(each['before'])} → {_placed(each['after'])}")
            say(f"      live: {_reason(each['before'])}")
            say(f"      candidate: {_reason(each['after'])}{_removed(each)}")
    else:
        columns = [CHANGES[change], "live", "candidate", "because", "instead of"]
        show_table(columns, [_row(each) for each in shown])
    if edit[change.value] > len(shown):
        say(f"and {edit[change.value] - len(shown):,} more")


def _row(mover: Document) -> Sequence[str]:
    before, after = mover["before"], mover["after"]
    because = f"{_reason(after)}{_removed(mover)}"
    return mover["record"], _placed(before), _placed(after), because, _reason(before)


def _placed(found: Document) -> str:
    if found["owner"] is None:
        return str(
            found["reason"]
            if found["fate"] == "not_taken"
            else f"{found['fate']} ({found['reason']})"
        )
    return str(found["owner_name"] or found["owner"])


def _reason(found: Document) -> str:
    what = found["rule"] or found["policy"] or "no policy"
    why = "" if found["reason"] == "rule" else f", {found['reason']}"
    at = f" ({found['place']})" if found["place"] else ""
    return f"{what}{why}{at}"


def _removed(mover: Document) -> str:
    return f"; {mover['removed']}" if mover["removed"] else ""
