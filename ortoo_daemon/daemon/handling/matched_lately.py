"""Which records of a customer were decided a moment ago, when the org may not show it yet?

Two enquiries of one customer that are decided in the same second must find each other, though the keys of
neither stand in the org when the other one's question is answered.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Answer, Facts
from ortoo_daemon.intake.matching.searching import as_found
from ortoo_daemon.matches import MOST_FOUND, Found, MatchQuestion
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.records import RecordId

_KEPT_FOR = 300.0
"""Seconds; by then the org has long shown the keys, or refused them."""

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Noted:
    at: float
    found: Found


class MatchedLately:
    """Remembers for minutes; bounded, and forgotten with the process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: OrderedDict[RecordId, _Noted] = OrderedDict()
        self._by_key: dict[tuple[str, str], RecordId | dict[RecordId, None]] = {}
        """A key of one record alone, as nearly all are, takes no collection of its own."""

    def __len__(self) -> int:
        return len(self._noted)

    def note(self, facts: Facts, decision: Decision, sources: KeySources | None) -> None:
        """A decision gives its record to somebody; who asks for the customer from now on finds it."""
        if decision.outcome is not Outcome.ASSIGNED:
            return
        asked = next((each for each in facts.answers if isinstance(each, MatchQuestion)), None)
        if asked is None:
            return
        read, at = facts.record.fields, decision.decided_at
        found = as_found(decision, read, asked.customer, sources, at=at)
        if found is not None:
            self._add(found)

    def completed(self, question: MatchQuestion, answer: Answer) -> Answer:
        """The org's answer, with the records that it does not show yet; as it is where there are none."""
        ids = self._bearing(question.customer.all_keys())
        shown = answer if isinstance(answer, tuple) else ()
        for found in shown:
            ids.pop(found.id, None)
        more = [found for found in self._still_kept(ids) if question.may_hold(found)]
        return (*more, *shown)[:MOST_FOUND] if more else answer

    def _bearing(self, keys: Iterable[tuple[str, str]]) -> dict[RecordId, None]:
        """The records that bear one of the keys."""
        ids: dict[RecordId, None] = {}
        for key in keys:
            bearing = self._by_key.get(key)
            if isinstance(bearing, dict):
                ids |= bearing
            elif bearing is not None:
                ids[bearing] = None
        return ids

    def _still_kept(self, ids: Iterable[RecordId]) -> Iterator[Found]:
        oldest = self._clock() - _KEPT_FOR
        for noted in map(self._noted.__getitem__, ids):
            if noted.at >= oldest:
                yield noted.found

    def _add(self, found: Found) -> None:
        self._forget(found.id)
        now = self._clock()
        self._noted[found.id] = _Noted(now, found)
        for key in found.customer.all_keys():
            bearing = self._by_key.get(key)
            if bearing is None:
                self._by_key[key] = found.id
            elif isinstance(bearing, dict):
                bearing[found.id] = None
            elif bearing != found.id:
                self._by_key[key] = {bearing: None, found.id: None}
        while len(self._noted) > _MOST or self._first().at < now - _KEPT_FOR:
            self._forget(self._first().found.id)

    def _first(self) -> _Noted:
        return next(iter(self._noted.values()))

    def _forget(self, id_: RecordId) -> None:
        noted = self._noted.pop(id_, None)
        for key in dict.fromkeys(noted.found.customer.all_keys()) if noted else ():
            bearing = self._by_key[key]
            if isinstance(bearing, dict):
                del bearing[id_]
            if not isinstance(bearing, dict) or not bearing:
                del self._by_key[key]
