"""What is a scorecard tried on? Its file, the good end, and records from the org or a file. Looks only."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.scorecards import read_scorecard
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.salesforce import soql
from ortoo_daemon.simulation.scorecards.sample import CREATED, Sample, sample_of

_RULE = "score"

GOOD_ENDS: Mapping[str, str] = {
    "Lead": "{IsConverted: true}",
    "Opportunity": "{IsWon: true}",
}
"""What counts as a good end where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Records of ``object`` created from ``since`` until ``until``; ``good`` is what a good end is.

    ``zone`` (IANA) is that of days, ``group_by`` a field to look at groups by.
    """

    object: str
    good: Condition
    since: datetime
    until: datetime
    group_by: str | None = None
    zone: str = "UTC"


def card_in(file: Path) -> tuple[Scorecard, bytes]:
    """The card in a file, and the file's bytes. Raises ConfigError, located."""
    data, problems = _bytes(file), Problems()
    card = read_scorecard(data, path=str(file), file=str(file), problems=problems)
    if card is None or problems.found:
        raise ConfigError(problems.found)
    return card, data


def good_end(object_name: str, text: str | None) -> Condition:
    """A condition as it stands in a policy, such as ``{Status: Qualified}``. Raises ConfigError."""
    written = text or GOOD_ENDS.get(object_name)
    place, problems = "--outcome", Problems()
    if written is None:
        message = f"nothing says what a good end of {object_name} is"
        raise ConfigError([_problem(place, message, "write --outcome '{Status: Done}'")])
    node = read_document(place, written.encode(), problems)
    reader = ConditionReader(problems, Definitions(problems))
    condition = None if node is None else reader.read(node, what="the good end")
    if condition is None:
        raise ConfigError(
            problems.found or [_problem(place, "says nothing", "write {Field: value}")]
        )
    return condition


def sample_in(file: Path, asked: Asked) -> Sample:
    """The records in a file. Raises ConfigError."""
    return _sample(asked, _in_time(asked, list(_rows_of(file))))


async def sample_of_the_org(settings: Settings, asked: Asked, *cards: Scorecard) -> Sample:
    """The org's records with all that the cards look at. Raises OrtooError."""
    names = {CREATED, *asked.good.fields()}.union(*(card.fields() for card in cards))
    if asked.group_by is not None:
        names.add(asked.group_by)
    text = soql.select(
        asked.object,
        sorted(names),
        where=[soql.at_least(CREATED, asked.since), soql.below(CREATED, asked.until)],
    )
    async with logged_in(settings) as org:
        return _sample(asked, await org.query(text))


def _sample(asked: Asked, rows: list[dict[str, Any]]) -> Sample:
    return sample_of(asked.object, rows, good=asked.good, group_by=asked.group_by, zone=asked.zone)


def _in_time(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the asked time; what has no moment is told apart later."""
    since, until = asked.since.isoformat()[:19], asked.until.isoformat()[:19]
    return [
        row
        for row in rows
        if not (at := str(row.get(CREATED) or "")[:19]) or since[: len(at)] <= at < until
    ]


def _rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """A CSV file with a header of field names, as data exports are, or JSON lines. Raises ConfigError."""
    text = _text(file)
    if file.suffix.lower() == ".csv":
        for row in csv.DictReader(io.StringIO(text)):
            yield {name: value or None for name, value in row.items() if name}
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            message, mend = "is no record", "write one JSON object a line, or a .csv file"
            raise ConfigError([_problem(Place(str(file), number), message, mend)])
        yield found


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([_problem(str(file), "is not UTF-8", "save it as UTF-8")]) from None


def _bytes(file: Path) -> bytes:
    return bytes_of(file, rule=_RULE, mend="name a file that is there")


def _problem(at: str | Place, message: str, mend: str) -> Problem:
    place = Place(at) if isinstance(at, str) else at
    return Problem(place=place, rule=_RULE, message=message, mend=mend)
