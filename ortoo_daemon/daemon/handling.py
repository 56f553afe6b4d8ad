"""What happens to one record, from the queue to its proof in the org?

Read → ask → decide → reserve → write → prove → log, straight on, for one record; the calls below are
batched with those of other records. Every way out is a verdict or an exception that the workers turn
into a later try.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon import flow
from ortoo_daemon.action.stamps import DECISION_KEY
from ortoo_daemon.audit.line import line_fields
from ortoo_daemon.audit.record import KEY, OBJECT, Written, decision_row
from ortoo_daemon.daemon.answers import Answers
from ortoo_daemon.daemon.knowledge import Knowledge
from ortoo_daemon.daemon.ledger import Ticket
from ortoo_daemon.daemon.writing import OwnerRefusedError, write_decision
from ortoo_daemon.decision import Decision, Outcome, ReasonCode
from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    TemporaryOrgError,
)
from ortoo_daemon.facts import Answer, Facts, Needs, Question
from ortoo_daemon.records import Record, RecordId, WorkReason
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Park, Retry, Verdict

_log = structlog.get_logger("ortoo_daemon.records")

_MOST_ROUNDS = 3
"""How often a record that changes under our hands is decided again before it waits."""

_MOST_WAITS = 3
"""How often such a record waits before it is parked."""

_MOST_OWNERS = 10
"""How many owners in a row the org may refuse for one record."""

_DONE_BEFORE = frozenset({ReasonCode.ALREADY_DECIDED, ReasonCode.PARKED_ALREADY})

_WAIT_AFTER_STALE = timedelta(seconds=5)
_WAIT_AFTER_TROUBLE = timedelta(seconds=10)
_WAIT_AT_LIMIT = timedelta(minutes=5)


@dataclass(slots=True)
class _Timings:
    """Milliseconds by step, summed over rounds."""

    steps: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def end(self, step: str) -> None:
        now = time.perf_counter()
        self.steps[step] = self.steps.get(step, 0.0) + (now - self._since) * 1000
        self._since = now


@dataclass(slots=True, kw_only=True)
class Handler:
    """Handles claims. ``shadow``: decide and log, write nothing. ``handled`` counts outcomes."""

    org: Org
    knowledge: Knowledge
    answers: Answers
    clock: Callable[[], datetime]
    shadow: bool = False
    handled: dict[str, int] = field(default_factory=dict)

    async def handle(self, claim: Claim) -> Verdict:
        """One record through the stages. Trouble outside the record becomes a later try."""
        try:
            return await self._handle(claim)
        except ApiLimitError as error:
            return Retry(_WAIT_AT_LIMIT, str(error))
        except (TemporaryOrgError, LoginError) as error:
            return Retry(_pause(error), str(error))

    async def _handle(self, claim: Claim) -> Verdict:
        timings = _Timings()
        for _ in range(_MOST_ROUNDS):
            record = await self._read(claim)
            timings.end("read")
            if record is None:
                return self._gone(claim)
            try:
                return await self._decide_and_write(claim, record, timings)
            except StaleRecordError:
                timings.end("write")
                _log.info("record_changed_meanwhile", object=record.object, record=record.id)
            except RecordGoneError:
                return self._gone(claim)
        if claim.item.attempts >= _MOST_WAITS:
            return Park("kept_changing", "other writers changed the record at every try")
        return Retry(_WAIT_AFTER_STALE, "the record kept changing while it was decided")

    async def _read(self, claim: Claim) -> Record | None:
        item = claim.item
        policies = self.knowledge.policies
        if item.object not in policies.objects:
            return Record(object=item.object, id=item.record_id)
        return await self.org.reader.read(item.object, item.record_id, policies.fields(item.object))

    async def _decide_and_write(self, claim: Claim, record: Record, timings: _Timings) -> Verdict:
        for _ in range(_MOST_OWNERS):
            decision, facts, ticket = await self._decide(claim, record)
            timings.end("decide")
            try:
                written = await self._write(claim, record, decision)
            except OwnerRefusedError as refusal:
                self._release(ticket)
                self.knowledge.bar(refusal.owner, facts.now)
                code = refusal.cause.code
                _log.warning("owner_refused", record=record.id, owner=refusal.owner, code=code)
                continue
            except PermanentOrgError as error:
                self._release(ticket)
                if isinstance(error, StaleRecordError | RecordGoneError):
                    raise
                return await self._park(claim, record, facts, error)
            except BaseException:
                self._release(ticket)
                raise
            self._settle(ticket)
            timings.end("write")
            await self._prove(claim, decision, facts, written, timings)
            return Finished(decision.reason.value)
        return Retry(_WAIT_AFTER_TROUBLE, "the org refused every owner the policy chose")

    async def _decide(self, claim: Claim, record: Record) -> tuple[Decision, Facts, Ticket | None]:
        """Decide and reserve. No await stands between the two, so counters can't move in between."""
        answers: dict[Question, Answer] = {}
        now = self.clock()
        while True:
            facts = self._facts(claim, record, now, answers)
            found = flow.decide(self.knowledge.policies.policy_set, facts)
            if isinstance(found, Decision):
                break
            answers |= await self._answers_to(found)
        if found.reason in _DONE_BEFORE and await self._lacks_proof(claim, record):
            return flow.recovered(facts), self._kept(facts, found), None
        facts = self._kept(facts, found)
        if found.reservation is None:
            return found, facts, None
        return found, facts, self.knowledge.ledger.reserve(record.object, found.reservation)

    def _facts(
        self, claim: Claim, record: Record, now: datetime, answers: Mapping[Question, Answer]
    ) -> Facts:
        knowledge = self.knowledge
        return Facts(
            item=claim.item,
            record=record,
            now=now,
            directory=knowledge.usable_directory(now),
            workload=knowledge.ledger.workload(record.object),
            postal=knowledge.postal,
            answers=dict(answers),
            intake_owners=frozenset({knowledge.daemon_user}),
        )

    async def _answers_to(self, needs: Needs) -> dict[Question, Answer]:
        return {question: await self.answers.ask(question) for question in needs.questions}

    def _kept(self, facts: Facts, decision: Decision) -> Facts:
        """The facts with a copy of the counters looked at; the live ones move on."""
        people = [RecordId(step.id) for step in decision.trace.candidates if step.kind == "person"]
        pool = decision.reservation.pool if decision.reservation else None
        workload = self.knowledge.ledger.frozen(facts.record.object, people, pool)
        return replace(facts, workload=workload)

    async def _lacks_proof(self, claim: Claim, record: Record) -> bool:
        """Whether an earlier run stamped the record and died before the audit record."""
        item, key = claim.item, record.text(DECISION_KEY)
        tried = claim.taken_over or item.attempts > 0 or item.reason is WorkReason.RECONCILED
        if self.shadow or not tried or not key:
            return False
        text = soql.select(OBJECT, ["Id"], where=[soql.equals(KEY, key)])
        return not await self.org.query(text)

    async def _write(self, claim: Claim, record: Record, decision: Decision) -> Written:
        if self.shadow or decision.outcome in (Outcome.NOTHING, Outcome.RECOVERED):
            return Written()
        conditional = claim.taken_over or claim.item.attempts > 0
        return await write_decision(self.org.writer, decision, record, conditional=conditional)

    async def _prove(
        self,
        claim: Claim,
        decision: Decision,
        facts: Facts,
        written: Written,
        timings: _Timings,
    ) -> None:
        if decision.outcome is not Outcome.NOTHING and not self.shadow:
            row = decision_row(decision, facts, timings=timings.steps, written=written)
            await self.org.writer.upsert(OBJECT, KEY, [row])
            timings.end("audit")
        self._tell(claim, decision, timings, written)

    def _tell(self, claim: Claim, decision: Decision, timings: _Timings, written: Written) -> None:
        outcome = decision.outcome.value
        self.handled[outcome] = self.handled.get(outcome, 0) + 1
        line = line_fields(decision, claim.item, timings=timings.steps)
        event = str(line.pop("event"))
        if written.refused:
            # Names and codes only: the org's own words may quote a customer's data.
            codes = {name: error.partition(":")[0] for name, error in written.refused.items()}
            line["refused_fields"] = codes
        if self.shadow:
            line["shadow"] = True
        if decision.outcome is Outcome.NOTHING:
            _log.debug(event, **line)
        else:
            _log.info(event, **line)

    async def _park(
        self, claim: Claim, record: Record, facts: Facts, error: PermanentOrgError
    ) -> Verdict:
        """The org refuses even owner and stamps: say so on the record, or at least in the queue."""
        decision = Decision(
            object=record.object,
            record_id=record.id,
            key=claim.item.decision_key,
            outcome=Outcome.PARKED,
            reason=ReasonCode.REFUSED_BY_ORG,
            decided_at=facts.now,
            revision=self.knowledge.policies.policy_set.revision,
            seen_owner=RecordId(record.text("OwnerId")) if record.text("OwnerId") else None,
            parked_for=f"{error.code}: {error.message}",
        )
        _log.error("record_refused", object=record.object, record=record.id, code=error.code)
        written = await write_decision(self.org.writer, decision, record, conditional=True)
        await self._prove(claim, decision, facts, written, _Timings())
        return Finished(decision.reason.value, str(error))

    def _gone(self, claim: Claim) -> Verdict:
        item = claim.item
        _log.info("record_gone", object=item.object, record=item.record_id)
        self.handled["gone"] = self.handled.get("gone", 0) + 1
        return Finished(ReasonCode.RECORD_GONE.value)

    def _release(self, ticket: Ticket | None) -> None:
        if ticket is not None:
            self.knowledge.ledger.release(ticket)

    def _settle(self, ticket: Ticket | None) -> None:
        if ticket is not None:
            self.knowledge.ledger.settle(ticket)


def _pause(error: TemporaryOrgError | LoginError) -> timedelta:
    wait = getattr(error, "retry_after", None)
    return timedelta(seconds=wait) if wait else _WAIT_AFTER_TROUBLE
