"""What happens to one record, from the queue to its proof in the org?

Read → ask → decide → reserve → write → prove → log, straight on, for one record; the calls below are
batched with those of other records. Every way out is a verdict or an exception that the workers turn
into a later try.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.stamps import MODIFIED_AT, OWNER
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.by_hand import may_be_outside
from ortoo_daemon.daemon.handling.children import PutToWork, left_to_sweeps
from ortoo_daemon.daemon.handling.deciding import as_read, read_record
from ortoo_daemon.daemon.handling.effects import Effects
from ortoo_daemon.daemon.handling.giving_up import GivingUp
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.onlooker import Nobody, Onlooker
from ortoo_daemon.daemon.handling.proofs import Proofs
from ortoo_daemon.daemon.handling.proving import Proving
from ortoo_daemon.daemon.handling.repeating import KnownChangedError
from ortoo_daemon.daemon.handling.reserving import Reserving
from ortoo_daemon.daemon.handling.timings import Timings
from ortoo_daemon.daemon.handling.waits import (
    AFTER_TROUBLE,
    LONGEST_AT_LIMIT,
    Waits,
    pause_after,
)
from ortoo_daemon.daemon.handling.writing import OwnerRefusedError
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.redaction import Redaction
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import (
    LoginError,
    OutcomeUnknownError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    StateError,
    TemporaryOrgError,
    TooLateError,
)
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import Record, WorkItem, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.usage import measured
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Retry, Verdict
from ortoo_daemon.work.workers import Tries

_log = structlog.get_logger("ortoo_daemon.records")

_MOST_ROUNDS = 3
"""How often a record that changes under our hands is decided again before it waits."""

_MOST_WAITS = 3
"""How often such a record waits before it is parked; waits for other causes do not count."""

_MOST_OWNERS = 10
"""How many owners in a row the org may refuse for one record."""

_NOT_TAKEN = frozenset({ReasonCode.NOT_ENTERED, ReasonCode.BEFORE_TAKE_FROM})
"""No policy takes the record as it stands."""

_WAIT_AFTER_STALE = timedelta(seconds=5)
_GONE_BY_A_ROW_S_WORD = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})
"""Only a read can tell whether that is so: the row may have been the proof's, or one that it leads to."""

_TOLD_OF = frozenset({WorkReason.CREATED, WorkReason.CHANGED})
_LOOKS_AGAIN_AFTER = (timedelta(seconds=2), timedelta(seconds=8))
"""A record that an event told of and a read does not find is looked for so often before it counts as gone."""


@dataclass(slots=True, kw_only=True)
class Handler:
    """Handles claims. ``shadow``: decide and log, write nothing. ``meters`` counts what comes of it.

    ``witness`` sees each record that was handled, as it was read, with its decision.
    ``onlooker`` sees each decision in the moment in which it is made.
    ``puts_off`` says which ways in wait while the org's API calls are short. ``outbox`` keeps whom to tell,
    None where nobody is told. ``put`` puts records that were made in line for their own decision.
    ``redaction`` keeps values of the record out of log and journal; so do notes,
    which name the org's codes and not its words.
    """

    org: Org
    knowledge: Knowledge
    answers: Answers
    clock: Callable[[], datetime]
    meters: Meters
    witness: Callable[[WorkItem, Record, Decision], None] = lambda *_: None
    onlooker: Onlooker = field(default_factory=Nobody)
    shadow: bool = False
    puts_off: Callable[[WorkReason], bool] = lambda reason: False
    outbox: Outbox | None = None
    put: PutToWork = left_to_sweeps
    most_failures: int = Tries().most
    redaction: Redaction = field(default_factory=Redaction)
    effects: Effects = field(init=False)
    _reserving: Reserving = field(init=False)
    _proving: Proving = field(init=False)
    _giving_up: GivingUp = field(init=False)
    _waits: Waits = field(init=False, default_factory=Waits)
    _kept_changing: Counter[str] = field(init=False, default_factory=Counter)
    """By decision key, how often a record has waited because others kept changing it."""

    def __post_init__(self) -> None:
        proofs = Proofs(self.org)
        self.effects = Effects(
            org=self.org,
            knowledge=self.knowledge,
            clock=lambda: self.clock(),
            meters=self.meters,
            put=self.put,
            outbox=self.outbox,
            shadow=self.shadow,
        )
        self._reserving = Reserving(
            org=self.org,
            knowledge=self.knowledge,
            answers=self.answers,
            clock=lambda: self.clock(),
            proofs=proofs,
            onlooker=self.onlooker,
            shadow=self.shadow,
        )
        self._proving = Proving(
            org=self.org,
            knowledge=self.knowledge,
            meters=self.meters,
            proofs=proofs,
            outbox=self.outbox,
            shadow=self.shadow,
        )
        self._giving_up = GivingUp(
            org=self.org,
            knowledge=self.knowledge,
            clock=lambda: self.clock(),
            proving=self._proving,
            outbox=self.outbox,
            shadow=self.shadow,
        )

    async def handle(self, claim: Claim) -> Verdict:
        """One record through the stages. Trouble outside the record becomes a later try."""
        with measured():
            return await self._tried(claim)

    async def _tried(self, claim: Claim) -> Verdict:
        if self.puts_off(claim.item.reason):
            return Retry(LONGEST_AT_LIMIT, "put off: the org's API calls are short")
        try:
            return await self._handle(claim)
        except (TemporaryOrgError, LoginError) as error:
            again_in = pause_after(error, claim.item.attempts)
            self._waits.note(error.code, again_in)
            return Retry(again_in, error.code)
        except StateError as error:
            return Retry(AFTER_TROUBLE, str(error))
        except KnownChangedError as error:
            return Retry(error.after, str(error))
        except Exception as error:
            if claim.failures + 1 < self.most_failures:
                raise
            _log.error("record_given_up", record=claim.item.record_id, exc_info=error)
            note = f"{type(error).__name__}: {error}"
            return await self._giving_up.park(claim, ReasonCode.TOO_MANY_TRIES, note)

    async def _handle(self, claim: Claim) -> Verdict:
        """By the policies in force now, to the end: those that come into force meanwhile wait."""
        timings, policies, item = Timings(), self.knowledge.policies, claim.item
        waits = self._kept_changing.pop(item.decision_key, 0)
        for _ in range(_MOST_ROUNDS):
            record = await self._read(policies, item)
            timings.end("read")
            if record is None:
                return self._unseen(claim)
            try:
                return await self._decide_and_write(claim, record, policies, timings)
            except (StaleRecordError, RecordGoneError) as error:
                if isinstance(error, RecordGoneError) and error.code not in _GONE_BY_A_ROW_S_WORD:
                    return self._gone(claim)
                timings.end("write")
                _log.info("record_changed_meanwhile", object=record.object, record=record.id)
                # It may have been our own write, unanswered.
                claim = replace(claim, taken_over=True)
        if waits >= _MOST_WAITS:
            note = "others changed the record at every try, or it was said to be gone"
            return await self._giving_up.park(claim, ReasonCode.KEPT_CHANGING, note)
        self._kept_changing[item.decision_key] = waits + 1
        return Retry(_WAIT_AFTER_STALE, "the record kept changing while it was decided")

    async def _read(self, policies: Policies, item: WorkItem) -> Record | None:
        record = await self._read_whole(policies, item)
        self.redaction.hold(record.fields if record is not None else {})
        return record

    async def _read_whole(self, policies: Policies, item: WorkItem) -> Record | None:
        """With what onlookers want to see, as long as that costs the record nothing."""
        also = self.onlooker.fields(item.object)
        try:
            return await read_record(self.org, policies, item.object, item.record_id, also=also)
        except PermanentOrgError as error:
            if not also:
                raise
            self.onlooker.unreadable(item.object, error)
            return await read_record(self.org, policies, item.object, item.record_id)

    async def _decide_and_write(
        self, claim: Claim, record: Record, policies: Policies, timings: Timings
    ) -> Verdict:
        for _ in range(_MOST_OWNERS):
            decision, facts, ticket = await self._reserving.decide(claim, record, policies)
            timings.end("decide")
            owners_in = self.knowledge.bars_end_in(facts.now)
            if (wait := self._waits.for_owners(owners_in, claim, decision)) is not None:
                self.knowledge.ledger.release(ticket)
                return wait
            try:
                seen = as_read(record, facts)
                written = await self.effects.write(claim, seen, decision, ticket)
            except OwnerRefusedError as refusal:
                self.knowledge.ledger.release(ticket)
                self.knowledge.bar(refusal.owner, record.id, facts.now)
                self.meters.owner_refused()
                code = refusal.cause.code
                _log.warning("owner_refused", record=record.id, owner=refusal.owner, code=code)
                if decision.reason is ReasonCode.PERSON_WINS:
                    return Finished(decision.reason.value, str(refusal))
                continue
            except (OutcomeUnknownError, TooLateError):
                # It may stand in the org: the place stays taken until counts are read anew.
                self.knowledge.ledger.settle(ticket)
                raise
            except PermanentOrgError as error:
                self.knowledge.ledger.release(ticket)
                if isinstance(error, StaleRecordError | RecordGoneError):
                    raise
                return await self._giving_up.park_refused(claim, facts, decision, error)
            except BaseException:
                self.knowledge.ledger.release(ticket)
                raise
            self.knowledge.ledger.settle(ticket)
            written = await self.effects.share(decision, written)
            timings.end("write")
            await self._proving.prove(claim, decision, facts, written, timings)
            self._pass_over(claim, decision, facts)
            self.witness(claim.item, record, decision)
            if decision.outcome is Outcome.RECOVERED and _came_for_more(claim.item, decision):
                return Retry(timedelta(0), "an earlier decision is proven; is there more to do?")
            if not self.shadow and may_be_outside(claim.item, decision, policies):
                return Retry(
                    timedelta(0), "a clock's step is taken; is the owner within boundaries?"
                )
            return Finished(decision.reason.value)
        return Retry(AFTER_TROUBLE, "the org refused every owner the policy chose")

    def _pass_over(self, claim: Claim, decision: Decision, facts: Facts) -> None:
        """A sweep's find that no policy takes need not be read by the next: any way in would have done."""
        if claim.item.reason is not WorkReason.RECONCILED or decision.reason not in _NOT_TAKEN:
            return
        modified_at = instant(facts.record.get(MODIFIED_AT))
        if modified_at is not None:
            self.knowledge.passed_over.note(
                decision.record_id,
                modified_at=modified_at,
                read_at=facts.now,
                revision=decision.revision,
            )

    def _unseen(self, claim: Claim) -> Verdict:
        """Gone; or told of before its transaction has ended, as platform events may be."""
        item = claim.item
        if item.reason in _TOLD_OF and item.attempts < len(_LOOKS_AGAIN_AFTER):
            return Retry(_LOOKS_AGAIN_AFTER[item.attempts], "told of, and not to be seen yet")
        return self._gone(claim)

    def _gone(self, claim: Claim) -> Verdict:
        item = claim.item
        _log.info("record_gone", object=item.object, record=item.record_id)
        self.meters.gone(item)
        return Finished(ReasonCode.RECORD_GONE.value)


def _came_for_more(item: WorkItem, proven: Decision) -> bool:
    """Whether what was proven is another decision, or a person's change may lie below it."""
    return proven.key != item.decision_key or OWNER in item.changed_fields
