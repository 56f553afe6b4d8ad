"""`score fit` and `score compare`: which points does a card deserve, and is a new one better? Looks only."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.score_history import Asked
    from ortoo_daemon.policy.score_model import Scorecard
    from ortoo_daemon.simulation.scorecards.sample import Sample

score = typer.Typer(
    name="score",
    help="Learn a scorecard's points from what became of records, and compare cards.",
    no_args_is_help=True,
)

_Object = Annotated[str, typer.Option("--object", help="Whose records are looked at.")]
_Outcome = Annotated[
    str | None,
    typer.Option(
        help="What a good end is, as a condition; else {IsConverted: true}, {IsWon: true}.",
        show_default=False,
    ),
]
_Since = Annotated[str, typer.Option(help="How far to look back: 365d, 52w.")]
_Ripe = Annotated[
    str, typer.Option(help="Younger records, whose end is still open, are left out (0: none).")
]
_GroupBy = Annotated[
    str | None,
    typer.Option("--by", help="A field to look at groups by, such as Country.", show_default=False),
]
_From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="Read records from a .csv export or JSON lines; the org is not asked.",
        show_default=False,
    ),
]
_Card = Annotated[Path, typer.Argument(metavar="CARD", help="Such as config/tables/my_card.yaml.")]


@score.command()
def fit(
    card: _Card,
    object_name: _Object = "Lead",
    outcome: _Outcome = None,
    since: _Since = "365d",
    ripe: _Ripe = "30d",
    by: _GroupBy = None,
    file: _From = None,
    doubles: Annotated[
        float, typer.Option(min=1, max=1_000, help="So many points double the odds.")
    ] = 20.0,
    out: Annotated[
        Path | None, typer.Option(help="Write the card with its new points to this file.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Learn points for a card's own conditions from records with a known end; nothing is put in force.

    The card that is written is read, argued with and committed like any other edit.
    """
    from ortoo_daemon.cli import score_view
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.score_history import card_in
    from ortoo_daemon.simulation.scorecards.fitting import fit as learn
    from ortoo_daemon.simulation.scorecards.rewriting import rewritten

    asked = _asked(object_name, outcome, since, ripe, by)
    read, data = card_in(card)
    found = learn(read, _sample(config, asked, file, read), doubles=doubles)
    if out is not None:
        text = rewritten(data, found, remark=score_view.remark(found, asked))
        out.write_text(text, encoding="utf-8")
    if as_json:
        show_json(score_view.fit_json(found))
        return
    score_view.show_fit(found)
    if out is not None:
        score_view.say_written(out)


@score.command()
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The card in force.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The card to try.")],
    object_name: _Object = "Lead",
    outcome: _Outcome = None,
    since: _Since = "365d",
    ripe: _Ripe = "30d",
    by: _GroupBy = None,
    file: _From = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Score the records of the past by two cards, and hold both against what became of them."""
    from ortoo_daemon.cli import score_view
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.score_history import card_in
    from ortoo_daemon.simulation.scorecards.comparing import compare as hold_against

    asked = _asked(object_name, outcome, since, ripe, by)
    cards = card_in(old)[0], card_in(new)[0]
    found = hold_against(*cards, _sample(config, asked, file, *cards))
    if as_json:
        show_json(score_view.comparison_json(found))
    else:
        score_view.show_comparison(found)


def _sample(config: Path, asked: "Asked", file: Path | None, *cards: "Scorecard") -> "Sample":
    from ortoo_daemon.daemon.asking.score_history import sample_in, sample_of_the_org
    from ortoo_daemon.daemon.settings import load_settings

    if file is not None:
        return sample_in(file, asked)
    return asyncio.run(sample_of_the_org(load_settings(config), asked, *cards))


def _asked(object_name: str, outcome: str | None, since: str, ripe: str, by: str | None) -> "Asked":
    from ortoo_daemon.daemon.asking.score_history import Asked, good_end
    from ortoo_daemon.daemon.wiring import utc_now

    now = utc_now()
    began, ended = now - _length("--since", since), now - _length("--ripe", ripe)
    if began >= ended:
        raise typer.BadParameter("--since must look further back than --ripe")
    return Asked(
        object=object_name,
        good=good_end(object_name, outcome),
        since=began,
        until=ended,
        group_by=by,
    )


def _length(option: str, text: str) -> timedelta:
    from ortoo_daemon.policy.literals import HOW_TO_WRITE_A_DURATION, duration

    found = timedelta(0) if text == "0" else duration(text)
    if found is None:
        raise typer.BadParameter(f"{option} {text!r}: {HOW_TO_WRITE_A_DURATION}")
    return found
