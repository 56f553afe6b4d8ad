"""Who was given a customer's record a moment ago, when the org may not show it yet?

Two enquiries of one customer that are decided in the same second must meet the same person, though
neither owner stands in the org when the other one's question is answered.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from ortoo_daemon.facts import Answer, NotAsked, PastOwnerQuestion, Question
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import RecordId

_KEPT_FOR = 300.0
"""Seconds; by then the org has long shown the owner, or refused it."""

_MOST = 20_000

_Key = tuple[str, str, str]


class RecentCustomers:
    """Remembers for minutes; bounded, and forgotten with the process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: OrderedDict[_Key, tuple[float, RecordId]] = OrderedDict()

    def given(self, asked: Iterable[Question], person: RecordId) -> None:
        """A decision that asked these questions gives its record to the person."""
        for question in asked:
            if not isinstance(question, PastOwnerQuestion):
                continue
            key = _key(question)
            self._given.pop(key, None)
            self._given[key] = (self._clock(), person)
        while len(self._given) > _MOST:
            self._given.popitem(last=False)

    def completed(self, answers: Mapping[Question, Answer]) -> dict[Question, Answer]:
        """The org's answers; where it knows of nobody, or was not asked, whoever was given such a record
        since."""
        for question in answers:
            if isinstance(question, PastOwnerQuestion):
                break
        else:
            return dict(answers)
        return {
            question: self._owner(question) or answer
            if isinstance(question, PastOwnerQuestion) and _is_open(answer)
            else answer
            for question, answer in answers.items()
        }

    def _owner(self, question: Question) -> RecordId | None:
        if not isinstance(question, PastOwnerQuestion):
            return None
        found = self._given.get(_key(question))
        return found[1] if found and self._clock() - found[0] <= _KEPT_FOR else None


def _is_open(answer: Answer) -> bool:
    return answer is None or isinstance(answer, NotAsked)


def _key(question: PastOwnerQuestion) -> _Key:
    return question.object, question.field, fold(question.value)
