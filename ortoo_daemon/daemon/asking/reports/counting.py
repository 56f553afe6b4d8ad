"""How many records of each kind are there? The org counts, by GROUP BY; nothing is read row by row.

An answer of groups has no second page, and at most 2,000 groups. Where there are more the period is halved
until there are not: counts of the halves add up. Where that goes too far, reading the records is cheaper.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.queries import QUERIES_IN_A_CALL

MOST_GROUPS = 2_000
MOST_HALVINGS = 3
"""A question is cut into so many times two at the most, where records can be read instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Records of ``object`` whose moment in ``at`` lies in the period, by ``group_by``. ``columns`` are
    counts such as COUNT(Id); ``about`` is the asker's own."""

    object: str
    at: str
    period: Period
    columns: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[soql.Condition, ...] = ()
    about: Any = None
    halved: int = 0

    def text(self) -> str:
        span = self.period
        return soql.select(
            self.object,
            [*self.group_by, *self.columns],
            where=[soql.at_least(self.at, span.begin), soql.below(self.at, span.end), *self.where],
            group_by=self.group_by,
            limit=MOST_GROUPS if self.group_by else None,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A group: values of its fields by path, and the columns' numbers in their order."""

    question: Question
    values: Mapping[str, Any]
    numbers: tuple[int, ...]


class Counting:
    """Asks an org; ``groups`` is how many it has told."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.groups = 0

    async def ask(
        self, questions: Iterable[Question], *, give_up: list[Question] | None = None
    ) -> AsyncIterator[Counted]:
        """Every group, five questions to a call. Raises OrgError.

        What has too many groups goes to ``give_up`` where that is given; parts of it may have been told.
        """
        waiting = deque(questions)
        given_up: set[Any] = set()
        while waiting:
            asked = [waiting.popleft() for _ in range(min(QUERIES_IN_A_CALL, len(waiting)))]
            asked = [each for each in asked if not given_up or each.about not in given_up]
            answers = await self._org.query_together([each.text() for each in asked])
            for question, rows in zip(asked, answers, strict=True):
                if question.group_by and len(rows) >= MOST_GROUPS:
                    if give_up is not None and question.halved == MOST_HALVINGS:
                        given_up.add(question.about)
                        give_up.append(question)
                    else:
                        waiting.extend(_halved(question))
                    continue
                self.groups += len(rows)
                for row in rows:
                    yield _counted(question, row)


def _halved(question: Question) -> list[Question]:
    halves = question.period.halves()
    if halves is None:
        raise PermanentOrgError(
            "TOO_MANY_GROUPS",
            f"one second has {MOST_GROUPS:,} groups of {question.object} by "
            f"{', '.join(question.group_by)}; take fields with fewer values",
        )
    return [replace(question, period=half, halved=question.halved + 1) for half in halves]


def _counted(question: Question, row: Mapping[str, Any]) -> Counted:
    """Grouped fields bear the last part of their path, counts the names the org gives them."""
    values = {path: row.get(path.rpartition(".")[2]) for path in question.group_by}
    numbers = tuple(int(row[f"expr{number}"] or 0) for number in range(len(question.columns)))
    return Counted(question, values, numbers)
