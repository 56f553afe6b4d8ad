"""Which records of a customer are found while the past is lived through again?

Those that a decision of then has kept, with the owners that this run gave them, and those that this run
decided before. Mutable, one for each set of policies; no clock, no I/O.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ortoo_daemon.decision import Decision
from ortoo_daemon.intake.matching.searching import as_found
from ortoo_daemon.matches import MOST_FOUND, Found, MatchQuestion
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.records import RecordId
from ortoo_daemon.simulation.backtest.history import PastDecision


class FormerRecords:
    """What this run has decided, by the keys of its customers."""

    def __init__(self, sources: Mapping[str, KeySources]) -> None:
        """``sources`` say by object what is told of a customer."""
        self._sources = sources
        self._decided: dict[RecordId, Found] = {}
        self._by_key: dict[tuple[str, str], dict[RecordId, None]] = defaultdict(dict)
        self._asked: dict[RecordId, MatchQuestion] = {}

    def found(self, question: MatchQuestion, past: PastDecision) -> tuple[Found, ...] | None:
        """The answer to a question; None where nothing is known."""
        self._asked[past.record] = question
        here = {each.id: each for each in self._near(question)}
        then = past.past_matches or ()
        kept = [here.pop(each.id, each) for each in then if question.may_hold(each)]
        found = (*here.values(), *kept)
        if not found and past.past_matches is None:
            return None
        return found[:MOST_FOUND]

    def is_known(self, question: MatchQuestion) -> bool:
        """Whether this run itself decided a record of the customer before."""
        return any(True for _ in self._near(question))

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
            self._by_key[key][past.record] = None

    def _near(self, question: MatchQuestion) -> Iterator[Found]:
        ids = dict.fromkeys(
            id_ for key in question.customer.all_keys() for id_ in self._by_key.get(key, ())
        )
        found = (self._decided[id_] for id_ in ids)
        yield from (each for each in found if question.may_hold(each))
