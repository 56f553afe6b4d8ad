"""How are a learned card and a comparison of cards shown, to a person who runs operations and as JSON?"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from ortoo_daemon.cli.terminal import say, show_table
from ortoo_daemon.daemon.asking.score_history import Asked
from ortoo_daemon.simulation.scorecards.comparing import CardFigures, Comparison
from ortoo_daemon.simulation.scorecards.fitting import FEWEST, Fit
from ortoo_daemon.simulation.scorecards.quality import GroupQuality, Quality, Tenth

AUC_SAYS = (
    "of two records, a good one and another, the good one scores higher this often (50 % is chance)"
)


def show_fit(found: Fit) -> None:
    """The answer first: how good the learned card is, then its points, tenths and groups."""
    card = found.card
    say(
        f"{card.name}: learned from {found.records:,} records,"
        f" {found.good:,} with a good end ({_percent(found.good / found.records)})",
        style="bold",
    )
    say(
        f"AUC {_auc(found.held_out)} on records it had not seen, {_auc(found.before)} as the card was:"
        f" {AUC_SAYS}"
    )
    say(f"each {found.doubles:g} points double the odds; base {found.base}")
    say()
    columns = ["part", "because", "points", "were", "holds for", "good where it holds", "elsewhere"]
    show_table(columns, ([*row] for row in _points(found)))
    if any(each.held < FEWEST for each in found.points):
        say(f"no points: what holds for fewer than {FEWEST} records tells nothing", style="dim")
    if any(each.share_without is None for each in found.points):
        say("points kept: what holds for every record as it was created tells nothing", style="dim")
    if found.bands:
        say()
        expected = [
            [band.name, f"{band.at_least:g}", _percent(found.probability(band.at_least))]
            for band in found.bands
        ]
        show_table(["band", "from", "good ends at its lower edge"], expected)
    say()
    say(
        "Tenths of all records, the highest scores first, as a fit that had not seen them ranks them:"
    )
    _show_tenths(found.held_out.tenths)
    _show_groups(found.held_out.groups)


def say_written(file: Path) -> None:
    say()
    say(f"written: {file} (look at the difference, then: ortoo-daemon check, score compare)")


def remark(found: Fit, asked: Asked) -> str:
    """What stands above the card that is written."""
    return (
        f"Points learned from {found.records:,} {asked.object} records created"
        f" {asked.since:%Y-%m-%d} to {asked.until:%Y-%m-%d},\n"
        f"{found.good:,} with a good end; AUC {_auc(found.held_out)} on records it had not seen;"
        f" each {found.doubles:g} points double the odds."
    )


def show_comparison(found: Comparison) -> None:
    """Both cards side by side."""
    say(
        f"{found.records:,} records, {found.good:,} with a good end;"
        f" scores move by {found.moved:.1f} points on average",
        style="bold",
    )
    rows = [
        [label, side.card.path, _auc(side.quality), _top(side.quality)]
        for label, side in (("old", found.old), ("new", found.new))
    ]
    show_table(["", "card", "AUC", "lift of the first tenth"], rows)
    say(f"AUC: {AUC_SAYS}", style="dim")
    for label, side in (("old", found.old), ("new", found.new)):
        if side.bands:
            say()
            _show_bands(label, side)
    if found.moves:
        say()
        moved = [(pair, count) for pair, count in found.moves.most_common() if pair[0] != pair[1]]
        show_table(["from", "to", "records"], ([*pair, f"{count:,}"] for pair, count in moved))
    for label, side in (("old", found.old), ("new", found.new)):
        if side.quality.groups:
            say()
            say(f"{label}:")
            _show_groups(side.quality.groups)


def fit_json(found: Fit) -> dict[str, object]:
    """Everything that `show_fit` tells, unrounded."""
    return {
        "card": found.card.path,
        "records": found.records,
        "good": found.good,
        "base": found.base,
        "doubles": found.doubles,
        "even_at": found.even_at,
        "points": [asdict(each) for each in found.points],
        "bands": [asdict(each) for each in found.bands],
        "held_out": asdict(found.held_out),
        "before": asdict(found.before),
    }


def comparison_json(found: Comparison) -> dict[str, object]:
    return {
        "records": found.records,
        "good": found.good,
        "moved": found.moved,
        "moves": [
            {"from": was, "to": now, "records": count} for (was, now), count in found.moves.items()
        ],
        "old": _side_json(found.old),
        "new": _side_json(found.new),
    }


def _side_json(side: CardFigures) -> dict[str, object]:
    return {
        "card": side.card.path,
        "quality": asdict(side.quality),
        "bands": [asdict(each) for each in side.bands],
    }


def _points(found: Fit) -> Iterable[list[str]]:
    for each in found.points:
        yield [
            each.part,
            each.because,
            f"{each.after:+d}",
            f"{each.before:+g}",
            f"{each.held:,}",
            _percent(each.share_with),
            _percent(each.share_without),
        ]


def _show_tenths(tenths: Iterable[Tenth]) -> None:
    rows = [
        [
            str(number),
            f"{each.records:,}",
            f"{each.good:,}",
            _percent(each.share),
            _percent(each.promised),
            "" if each.lift is None else f"{each.lift:.2f}",
        ]
        for number, each in enumerate(tenths, start=1)
    ]
    show_table(["tenth", "records", "good ends", "share", "promised", "lift"], rows)


def _show_groups(groups: Sequence[GroupQuality]) -> None:
    """Fair is a card that keeps its promise in each group, and ranks as well within each."""
    rows = [
        [
            each.group or "(empty)",
            f"{each.records:,}",
            _percent(each.share),
            f"{each.mean_score:.1f}" if each.promised is None else _percent(each.promised),
            "" if each.auc is None else f"{each.auc:.3f}",
        ]
        for each in groups
    ]
    if rows:
        says = "promised" if all(each.promised is not None for each in groups) else "mean score"
        say()
        show_table(["group", "records", "good ends", says, "AUC within"], rows)


def _show_bands(label: str, side: CardFigures) -> None:
    rows = [[label, b.band, f"{b.records:,}", f"{b.good:,}", _percent(b.share)] for b in side.bands]
    show_table(["card", "band", "records", "good ends", "share"], rows)


def _auc(found: Quality) -> str:
    return "unknown" if found.auc is None else f"{found.auc:.3f}"


def _top(found: Quality) -> str:
    lift = found.tenths[0].lift if found.tenths else None
    return "" if lift is None else f"{lift:.2f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
