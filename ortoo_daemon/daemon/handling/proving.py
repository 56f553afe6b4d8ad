"""How is it told what became of a record? The proof in the org, the log line, the counts."""

from dataclasses import dataclass, field

import structlog

from ortoo_daemon.action.stamps import DECISION_KEY
from ortoo_daemon.audit.chain import sealed
from ortoo_daemon.audit.line import line_fields
from ortoo_daemon.audit.record import KEY, OBJECT, Written, decision_row
from ortoo_daemon.daemon.handling.by_hand import tell_of_boundaries
from ortoo_daemon.daemon.handling.events import Events
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.proofs import Proofs
from ortoo_daemon.daemon.handling.timings import Timings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.usage import measuring
from ortoo_daemon.work.claims import Claim

_log = structlog.get_logger("ortoo_daemon.records")


@dataclass(slots=True, kw_only=True)
class Proving:
    """Writes the proof of each decision, and tells of it. ``shadow``: tells only."""

    org: Org
    knowledge: Knowledge
    meters: Meters
    proofs: Proofs
    outbox: Outbox | None
    shadow: bool
    _events: Events = field(init=False)

    def __post_init__(self) -> None:
        self._events = Events(org=self.org, meters=self.meters)

    async def prove(
        self,
        claim: Claim,
        decision: Decision,
        facts: Facts,
        written: Written,
        timings: Timings,
    ) -> None:
        if decision.outcome is not Outcome.NOTHING and not self.shadow:
            before = await self.proofs.before(decision.record_id, decision.key)

            def row(written: Written) -> dict[str, FieldValue]:
                calls = _api_calls()
                return decision_row(
                    decision, facts, timings=timings.steps, api_calls=calls, written=written
                )

            if decision.events:
                await self._events.prove(decision, written, row, before)
            else:
                await self.org.writer.upsert(OBJECT, KEY, [sealed(row(written), before)])
            timings.end("audit")
            if self.outbox is not None and _may_have_held(decision):
                await self.outbox.release(decision)
        elif claim.was_tried and self.outbox is not None:
            keys = {decision.key, claim.item.decision_key, facts.record.text(DECISION_KEY)}
            await self.outbox.settle_of(self.org, sorted(keys), facts.now)
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


def _may_have_held(decision: Decision) -> bool:
    """Whether notices may wait for this proof: its own, or what the run held that died before it."""
    told = bool(decision.notices) or decision.handoff is not None
    return told or decision.outcome is Outcome.RECOVERED


def _api_calls() -> float | None:
    """The record's share of the calls made for it so far; those of its own proof come after its row."""
    spent = measuring()
    return round(spent.calls, 3) if spent else None
