"""Which records of a customer are found while the past is lived through again?

Those that a decision of then has kept, with the owners that this run gave them, and those that this run
decided before. Mutable, one for each set of policies; no clock, no I/O.
"""

from collections import defaultdict
from collections.abc import Mapping

from ortoo_daemon.decision import Decision
from ortoo_daemon.intake.matching.searching import as_found
from ortoo_daemon.matches import MOST_FOUND, Found, MatchQuestion
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.records import RecordId
from ortoo_daemon.simulation.backtest.history import PastDecision

_KEPT = 2 * MOST_FOUND
"""Of one object and key the newest: some of them may be too old for a question, or made after it."""


class FormerRecords:
    """What this run has decided, by the keys of its customers."""

    def __init__(self, sources: Mapping[str, KeySources]) -> None:
        """``sources`` say by object what is told of a customer."""
        self._sources = sources
        self._decided: dict[RecordId, Found] = {}
        self._by_key: dict[tuple[str, str, str], dict[RecordId, None]] = defaultdict(dict)
        self._asked: dict[RecordId, MatchQuestion] = {}

    def found(self, question: MatchQuestion, past: PastDecision) -> tuple[Found, ...] | None:
        """The answer to a question; None where nothing is known."""
        self._asked[past.record] = question
        here = {each.id: each for each in self._near(question)}
        then = past.past_matches or ()
        kept = [here.pop(each.id, each) for each in then if question.may_hold(each)]
        if not here and not kept and past.past_matches is None:
            return None
        newest = sorted((*here.values(), *kept), key=lambda each: each.created_at, reverse=True)
        return tuple(newest[:MOST_FOUND])

    def is_known(self, question: MatchQuestion) -> bool:
        """Whether this run itself decided a record of the customer before."""
        return bool(self._near(question))

    def remember(self, decision: Decision, past: PastDecision) -> None:
        """A decision about a record whose customer was asked for."""
        asked = self._asked.pop(past.record, None)
        if asked is None:
            return
        sources, at = self._sources.get(past.object), past.decided_at
        found = as_found(decision, past.fields, asked.customer, sources, at=at)
        if found is None:
            return
        self._decided[past.record] = found
        for key in asked.customer.all_keys():
            bearing = self._by_key[found.object, *key]
            bearing[past.record] = None
            if len(bearing) > _KEPT:
                del bearing[next(iter(bearing))]

    def _near(self, question: MatchQuestion) -> list[Found]:
        keys, among = question.customer.all_keys(), {name for name, *_ in question.among}
        ids = {id_ for key in keys for name in among for id_ in self._by_key.get((name, *key), ())}
        found = (self._decided[id_] for id_ in sorted(ids))
        return [each for each in found if question.may_hold(each)]
