"""On which days does a row of a table hold? ``valid_from`` and ``valid_to``, both included, of any table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.csv_files import date_in
from ortoo_daemon.policy.nodes import Problems

VALID_FROM, VALID_TO = "valid_from", "valid_to"

Validity = tuple[date | None, date | None]
"""First and last day; None is open-ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRow:
    """A row that holds from one day to another; None is open-ended."""

    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        after_begin = self.valid_from is None or self.valid_from <= on
        return after_begin and (self.valid_to is None or on <= self.valid_to)

    def overlaps(self, other: "DatedRow") -> bool:
        """Whether some day belongs to both."""
        begin = max(self.valid_from or date.min, other.valid_from or date.min)
        return begin <= min(self.valid_to or date.max, other.valid_to or date.max)


Dated = TypeVar("Dated", bound=DatedRow)


def validity_in(cells: Mapping[str, str], place: Place, problems: Problems) -> Validity | None:
    """The days of a row by its cells; None, with a problem noted, where a cell is no day or it ends before it
    begins: such a row says nothing of others that stand for the same days."""
    before = len(problems.found)
    begin = date_in(cells.get(VALID_FROM, ""), place, VALID_FROM, problems)
    end = date_in(cells.get(VALID_TO, ""), place, VALID_TO, problems)
    if len(problems.found) > before:
        return None
    if begin is not None and end is not None and end < begin:
        problems.add(place, "wrong_row", f"{VALID_TO} lies before {VALID_FROM}")
        return None
    return begin, end


def overlapping(rows: Iterable[Dated]) -> Iterator[tuple[Dated, Dated]]:
    """Neighbours in time that share a day, the earlier one first; equals in the order in which they come."""
    ordered = sorted(rows, key=lambda row: row.valid_from or date.min)
    for first, second in pairwise(ordered):
        if first.overlaps(second):
            yield first, second
