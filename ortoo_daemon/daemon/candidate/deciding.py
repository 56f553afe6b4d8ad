"""What does the candidate decide of the records that the live policies decide? The same facts, no write.

It sees each decision in the moment in which it is made, before anything is reserved, so that both decide
by the same counters. Whatever goes wrong here is counted and told, and costs the live decision nothing.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from ortoo_daemon import flow
from ortoo_daemon.daemon.candidate.comparing import Compared, Comparison, is_comparable
from ortoo_daemon.daemon.candidate.counters import CandidateCounters
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.handling.onlooker import NO_FIELDS
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import LoginError, OrgError, PermanentOrgError
from ortoo_daemon.facts import Facts
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import RecordId
from ortoo_daemon.simulation.backtest.comparison import SOURCES
from ortoo_daemon.simulation.backtest.placement import Change, Placement

_log = structlog.get_logger("ortoo_daemon.candidate")

_MOST_WAITING = 500
_MOST_ROUNDS = 10
_TELL_EVERY = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePolicies:
    """A candidate in order, with what its decisions need beside the live facts."""

    policies: Policies
    usernames: Mapping[str, RecordId] = field(default_factory=dict)
    postal: PostalIndex | None = None
    counters: CandidateCounters = field(default_factory=CandidateCounters)

    @property
    def revision(self) -> str:
        return self.policies.revision

    def facts(self, live: Facts, *, keep: bool = False) -> Facts:
        """The same facts, as the candidate may look at them."""
        return replace(
            live,
            workload=self.counters.beside(live.workload, keep=keep),
            usernames={**live.usernames, **self.usernames},
            postal=live.postal if self.postal is None else self.postal,
            watched=self.policies.reopening(live.item.object),
        )


class Candidate:
    """Decides beside the live policies, while there is a candidate in order. An `Onlooker`."""

    def __init__(self, answers: Answers, *, now: Callable[[], datetime]) -> None:
        self._answers = answers
        self._now = now
        self._trying: CandidatePolicies | None = None
        self._waiting: set[asyncio.Task[None]] = set()
        self._told_at = float("-inf")
        self.comparison: Comparison | None = None
        self.aside = ""
        """Why the candidate stands aside; empty when it does not."""

    @property
    def trying(self) -> CandidatePolicies | None:
        """The candidate that is compared; None when there is none, or it stands aside."""
        return None if self.aside else self._trying

    def take_up(self, candidate: CandidatePolicies | None) -> None:
        """Compare this one from now on; None: none."""
        self._conclude()
        self._trying, self.aside = candidate, ""

    def fields(self, object_name: str) -> frozenset[str]:
        trying = self.trying
        if trying is None or object_name not in trying.policies.objects:
            return NO_FIELDS
        source = SOURCES.get(object_name)
        return trying.policies.fields(object_name) | ({source} if source else NO_FIELDS)

    def unreadable(self, object_name: str, error: PermanentOrgError) -> None:
        if self.trying is None:
            return
        self.aside = f"the org refuses to read {object_name} with its fields: {error.code}"
        _log.error("candidate.unreadable", object=object_name, code=error.code)

    def decided(self, facts: Facts, decision: Decision) -> None:
        trying = self.trying
        if trying is None or not is_comparable(facts, decision):
            return
        comparison = self._comparison(trying, decision)
        if not comparison.is_new(decision):
            return
        try:
            found = flow.decide(trying.policies.policy_set, trying.facts(facts))
            if isinstance(found, Decision):
                self._compared(trying, comparison, facts, decision, found)
            else:
                self._ask_later(trying, comparison, facts, decision)
        except Exception as error:
            self._fail(comparison, decision, error)

    async def close(self) -> None:
        """Let go of what waits for an answer, and tell what was compared."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        self._conclude()

    def _comparison(self, trying: CandidatePolicies, live: Decision) -> Comparison:
        """The one of these two revisions; another pair begins anew."""
        found = self.comparison
        if found is None or (found.live, found.candidate) != (live.revision, trying.revision):
            self._conclude()
            found = Comparison(live=live.revision, candidate=trying.revision, since=self._now())
            self.comparison = found
        return found

    def _ask_later(
        self, trying: CandidatePolicies, comparison: Comparison, facts: Facts, live: Decision
    ) -> None:
        """The candidate asks what the live policies did not: by the counters of now, when it is answered."""
        if len(self._waiting) >= _MOST_WAITING:
            comparison.not_compared["too_many"] += 1
            return
        kept = trying.facts(facts, keep=True)
        task = asyncio.create_task(self._asked(trying, comparison, kept, live))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _asked(
        self, trying: CandidatePolicies, comparison: Comparison, facts: Facts, live: Decision
    ) -> None:
        try:
            found = flow.decide(trying.policies.policy_set, facts)
            for _ in range(_MOST_ROUNDS):
                if isinstance(found, Decision):
                    self._compared(trying, comparison, facts, live, found)
                    return
                more = {
                    each: await self._answers.ask(each, looking=True) for each in found.questions
                }
                facts = replace(facts, answers={**facts.answers, **more})
                found = flow.resume(found, facts)
            comparison.not_compared["unanswered"] += 1
        except (OrgError, LoginError):
            comparison.not_compared["unanswered"] += 1
        except Exception as error:
            self._fail(comparison, live, error)

    def _compared(
        self,
        trying: CandidatePolicies,
        comparison: Comparison,
        facts: Facts,
        live: Decision,
        found: Decision,
    ) -> None:
        trying.counters.take(found.reservation)
        compared = comparison.add(facts, live, found)
        if compared is not None and compared.change is not Change.SAME:
            _tell(compared)

    def _fail(self, comparison: Comparison, live: Decision, error: Exception) -> None:
        """A defect: told once a minute, counted each time."""
        comparison.not_compared["failed"] += 1
        if time.monotonic() - self._told_at >= _TELL_EVERY:
            self._told_at = time.monotonic()
            _log.error("candidate.failed", record=live.record_id, exc_info=error)

    def _conclude(self) -> None:
        found, self.comparison = self.comparison, None
        if found is not None and found.records:
            _log.info(
                "candidate.compared",
                live=found.live,
                candidate=found.candidate,
                records=found.records,
                changes=found.changes(),
                not_compared=dict(found.not_compared),
            )


def _tell(found: Compared) -> None:
    _log.info(
        "candidate.differs",
        object=found.object,
        record=found.record,
        key=found.key,
        change=found.change.value,
        live=_told(found.live),
        candidate=_told(found.candidate),
    )


def _told(found: Placement) -> dict[str, str]:
    """Ids, and names that policies give; never a text of the record."""
    said = {
        "fate": found.fate.value,
        "reason": found.reason,
        "policy": found.policy,
        "rule": found.rule,
        "rooftop": found.rooftop,
        "owner": found.owner,
    }
    return {name: value for name, value in said.items() if value is not None}
