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

from ortoo_daemon import flow
from ortoo_daemon.action.stamps import DECISION_KEY, MODIFIED_AT, OWNER
from ortoo_daemon.admission import is_untouched
from ortoo_daemon.audit.chain import sealed
from ortoo_daemon.audit.line import line_fields
from ortoo_daemon.audit.record import KEY, OBJECT, Written, decision_row
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.by_hand import may_be_outside, tell_of_boundaries, told_before
from ortoo_daemon.daemon.handling.children import Children, PutToWork, left_to_sweeps
from ortoo_daemon.daemon.handling.contacts import Contacts
from ortoo_daemon.daemon.handling.deciding import decide_record, read_record, with_counters_kept
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ticket
from ortoo_daemon.daemon.handling.onlooker import Nobody, Onlooker
from ortoo_daemon.daemon.handling.overwritten import overwritten_owner
from ortoo_daemon.daemon.handling.parking import stamp_given_up, stamp_refused
from ortoo_daemon.daemon.handling.proofs import Proofs
from ortoo_daemon.daemon.handling.reopened import Reopened
from ortoo_daemon.daemon.handling.timings import Timings
from ortoo_daemon.daemon.handling.writing import OwnerRefusedError, write_decision
from ortoo_daemon.daemon.hearing.reopening import Reopenings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.redaction import Redaction
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import FOLLOW_UPS, Decision, Outcome, ReasonCode
from ortoo_daemon.errors import (
    ApiLimitError,
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
from ortoo_daemon.records import Owner, OwnerKind, Record, WorkItem, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.usage import measured, measuring
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Park, Retry, Verdict
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

_DONE_BEFORE = frozenset({ReasonCode.ALREADY_DECIDED, ReasonCode.PARKED_ALREADY})

_LATER = frozenset({WorkReason.REVIEWED, WorkReason.SLA, WorkReason.ABSENCE})
"""Ways in by which the daemon comes back to a record that people have long seen."""

_WAIT_AFTER_STALE = timedelta(seconds=5)
_WAIT_AFTER_TROUBLE = timedelta(seconds=10)
_WAIT_AT_LIMIT = timedelta(minutes=5)


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
    proofs: Proofs = field(init=False)
    reopenings: Reopenings = field(init=False)
    contacts: Contacts = field(init=False)
    children: Children = field(init=False)
    reopened: Reopened = field(init=False)
    _kept_changing: Counter[str] = field(init=False, default_factory=Counter)
    """By decision key, how often a record has waited because others kept changing it."""

    def __post_init__(self) -> None:
        self.proofs = Proofs(self.org)
        self.reopenings = Reopenings(self.org)
        self.children = Children(self.org, self.put)
        self.reopened = Reopened(self.org, self.put)
        self.contacts = Contacts(self.org, lambda: self.knowledge.daemon_user)

    async def handle(self, claim: Claim) -> Verdict:
        """One record through the stages. Trouble outside the record becomes a later try."""
        with measured():
            return await self._tried(claim)

    async def _tried(self, claim: Claim) -> Verdict:
        if self.puts_off(claim.item.reason):
            return Retry(_WAIT_AT_LIMIT, "put off: the org's API calls are short")
        try:
            return await self._handle(claim)
        except ApiLimitError as error:
            return Retry(_WAIT_AT_LIMIT, error.code)
        except (TemporaryOrgError, LoginError) as error:
            return Retry(_pause(error), error.code)
        except StateError as error:
            return Retry(_WAIT_AFTER_TROUBLE, str(error))
        except Exception as error:
            if claim.failures + 1 < self.most_failures:
                raise
            _log.error("record_given_up", record=claim.item.record_id, exc_info=error)
            note = f"{type(error).__name__}: {error}"
            return await self._give_up(claim, ReasonCode.TOO_MANY_TRIES, note)

    async def _handle(self, claim: Claim) -> Verdict:
        """By the policies in force now, to the end: those that come into force meanwhile wait."""
        timings, policies, item = Timings(), self.knowledge.policies, claim.item
        waits = self._kept_changing.pop(item.decision_key, 0)
        for _ in range(_MOST_ROUNDS):
            record = await self._read(policies, item)
            timings.end("read")
            if record is None:
                return self._gone(claim)
            try:
                return await self._decide_and_write(claim, record, policies, timings)
            except StaleRecordError:
                timings.end("write")
                _log.info("record_changed_meanwhile", object=record.object, record=record.id)
                claim = replace(
                    claim, taken_over=True
                )  # it may have been our own write, unanswered
            except RecordGoneError:
                return self._gone(claim)
        if waits >= _MOST_WAITS:
            note = "other writers changed the record at every try"
            return await self._give_up(claim, ReasonCode.KEPT_CHANGING, note)
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
            decision, facts, ticket = await self._decide(claim, record, policies)
            timings.end("decide")
            try:
                written = await self._write(claim, record, decision, ticket)
            except OwnerRefusedError as refusal:
                self.knowledge.ledger.release(ticket)
                self.knowledge.bar(refusal.owner, facts.now)
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
                return await self._park(claim, facts, decision, error)
            except BaseException:
                self.knowledge.ledger.release(ticket)
                raise
            self.knowledge.ledger.settle(ticket)
            timings.end("write")
            await self._prove(claim, decision, facts, written, timings)
            self._pass_over(claim, decision, facts)
            self.witness(claim.item, record, decision)
            if decision.outcome is Outcome.RECOVERED and OWNER in claim.item.changed_fields:
                return Retry(timedelta(0), "proven; was it overwritten, too?")
            if not self.shadow and may_be_outside(claim.item, decision, policies):
                return Retry(
                    timedelta(0), "a clock's step is taken; is the owner within boundaries?"
                )
            return Finished(decision.reason.value)
        return Retry(_WAIT_AFTER_TROUBLE, "the org refused every owner the policy chose")

    async def _decide(
        self, claim: Claim, record: Record, policies: Policies
    ) -> tuple[Decision, Facts, Ticket | None]:
        """Decide and reserve, anew while another daemon has used up what the decision looked at."""
        ledger, look = self.knowledge.ledger, self.knowledge.ledger.look()
        ledger.taken_over(record.id)
        changed_since = await self.reopenings.changed_since(claim.item, record, policies)
        contacts = await self.contacts.of(claim.item, record, policies)
        onlooker = self.onlooker
        while True:
            # No await stands between this and the reservation, so counters can't move in between.
            found, facts = await decide_record(
                self.knowledge,
                self.answers,
                claim.item,
                record,
                policies=policies,
                now=self.clock(),
                changed_since=changed_since,
                contacts=contacts,
                look=look,
            )
            done_before = found.reason in _DONE_BEFORE or found.outcome in FOLLOW_UPS
            if done_before and not self.shadow:
                found = await self._still_due(claim, facts, policies) or found
            if found.outcome is Outcome.REPORTED and await self.proofs.stands(found.key):
                found = told_before(found)
            onlooker.decided(facts, found)
            facts = with_counters_kept(self.knowledge, facts, found)
            taken = found.reservation
            ticket = ledger.reserve(record.object, taken) if taken is not None else None
            sources = policies.policy_set.key_sources.get(record.object)
            self.knowledge.matched.note(facts, found, sources)
            if await ledger.stands(look, ticket, record.id):
                break
            onlooker = Nobody()  # it has seen the record
        if taken is not None and taken.person is not None:
            self.knowledge.customers.given(facts.answers, taken.person)
        return found, facts, ticket

    async def _still_due(self, claim: Claim, facts: Facts, policies: Policies) -> Decision | None:
        """What a decided record may lack: its proof, or the person whose change our write replaced."""
        record = facts.record
        if await self._lacks_proof(claim, record):
            return flow.recovered(facts)
        daemon_user = self.knowledge.daemon_user
        person = await overwritten_owner(self.org, claim.item, record, daemon_user=daemon_user)
        if person is None:
            return None
        return flow.given_back(policies.policy_set, facts, person)

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

    async def _lacks_proof(self, claim: Claim, record: Record) -> bool:
        """Whether an earlier run stamped the record and died before the audit record."""
        item, key = claim.item, record.text(DECISION_KEY)
        tried = claim.taken_over or item.attempts > 0 or item.reason is WorkReason.RECONCILED
        if not tried or not key:
            return False
        return not await self.proofs.stands(key)

    async def _write(
        self, claim: Claim, record: Record, decision: Decision, ticket: Ticket | None
    ) -> Written:
        if self.shadow or decision.outcome in (Outcome.NOTHING, Outcome.RECOVERED):
            return Written()
        await self.children.make(decision, self.clock())
        await self.reopened.reopen(decision, self.clock())
        if decision.notices and self.outbox is not None:
            await self.outbox.hold(decision)
        if decision.outcome is Outcome.REPORTED:
            return Written()
        item, lease = claim.item, claim.lease
        again = claim.taken_over or item.attempts > 0 or item.reason in _LATER
        conditional = again or decision.outcome in FOLLOW_UPS or self._is_held(record)
        return await write_decision(
            self.org.writer,
            decision,
            record,
            conditional=conditional,
            may_go=lambda s: lease.outlasts(s) and (ticket is None or ticket.outlasts(s)),
        )

    def _is_held(self, record: Record) -> bool:
        """Whether a person may hold the record: then no write goes without its precondition."""
        owner, daemon_user = record.text(OWNER), self.knowledge.daemon_user
        if Owner.kind_of(owner) is OwnerKind.QUEUE or owner in (
            daemon_user,
            record.text("CreatedById"),
        ):
            return False
        return not is_untouched(record, frozenset({daemon_user}))

    async def _prove(
        self,
        claim: Claim,
        decision: Decision,
        facts: Facts,
        written: Written,
        timings: Timings,
    ) -> None:
        if decision.outcome is not Outcome.NOTHING and not self.shadow:
            row = decision_row(
                decision, facts, timings=timings.steps, api_calls=_api_calls(), written=written
            )
            before = await self.proofs.before(decision.record_id, decision.key)
            await self.org.writer.upsert(OBJECT, KEY, [sealed(row, before)])
            timings.end("audit")
            if decision.notices and self.outbox is not None:
                await self.outbox.release(decision)
        self._tell(claim, decision, timings, written)

    def _tell(self, claim: Claim, decision: Decision, timings: Timings, written: Written) -> None:
        self.meters.handled(decision, claim.item, written)
        self.knowledge.fuses.note(decision)
        line = line_fields(decision, claim.item, timings=timings.steps, api_calls=_api_calls())
        event = str(line.pop("event"))
        if written.refused:
            # Names and codes only: the org's own words may quote a customer's data.
            codes = {name: error.partition(":")[0] for name, error in written.refused.items()}
            line["refused_fields"] = codes
        if self.shadow:
            line["shadow"] = True
        tell_of_boundaries(decision)
        if decision.outcome is Outcome.NOTHING:
            _log.debug(event, **line)
        else:
            _log.info(event, **line)

    async def _park(
        self, claim: Claim, facts: Facts, refused: Decision, error: PermanentOrgError
    ) -> Verdict:
        """The org refuses even owner and stamps."""
        record = facts.record
        _log.error("record_refused", object=record.object, record=record.id, code=error.code)
        lease = claim.lease
        decision, written = await stamp_refused(self.org, facts, refused, error, lease=lease)
        decision = await self._with_notices(decision, facts)
        await self._prove(claim, decision, facts, written, Timings())
        return Finished(decision.reason.value, error.code)

    async def _give_up(self, claim: Claim, reason: ReasonCode, note: str) -> Verdict:
        """Park in the queue, and in the org too, or the sweeps would bring the record back for ever."""
        knowledge = self.knowledge
        try:
            if not self.shadow:
                now = self.clock()
                found = await stamp_given_up(self.org, knowledge, claim, reason=reason, now=now)
                if found is not None:
                    decision, facts, written = found
                    decision = await self._with_notices(decision, facts)
                    await self._prove(claim, decision, facts, written, Timings())
        except Exception as error:
            _log.error("record_not_stamped", record=claim.item.record_id, exc_info=error)
        return Park(reason.value, note)

    async def _with_notices(self, decision: Decision, facts: Facts) -> Decision:
        """A record that was parked beside the stages, with whom that tells."""
        known = replace(facts, usernames=self.knowledge.usernames)
        told = flow.parked_notices(self.knowledge.policies.policy_set, known, decision)
        decision = replace(decision, notices=told)
        if told and self.outbox is not None:
            await self.outbox.hold(decision)
        return decision

    def _gone(self, claim: Claim) -> Verdict:
        item = claim.item
        _log.info("record_gone", object=item.object, record=item.record_id)
        self.meters.gone(item)
        return Finished(ReasonCode.RECORD_GONE.value)


def _api_calls() -> float | None:
    """The record's share of the calls made for it so far; those of its own proof come after its row."""
    spent = measuring()
    return round(spent.calls, 3) if spent else None


def _pause(error: TemporaryOrgError | LoginError) -> timedelta:
    wait = getattr(error, "retry_after", None)
    return timedelta(seconds=wait) if wait else _WAIT_AFTER_TROUBLE
