"""What is kept of a decision's notices, so that each is told once and none of what never came to be?

Held before the decision is written, released when its proof stands, forgotten when it was not written. What
a try that was cut short left held is compared with the org: at once by whoever takes the record up again,
and now and then for all.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.consequences import Handoff, Notice, NoticeTo
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.notify_model import ORG_WAYS, OrgWay
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import HANDING, KeptNotice

FALLBACK_ZONE = "UTC"

HANDED = "crm"

_MAY_STILL_COME = timedelta(hours=1)
"""How long a decision whose notices are held may take to be written, repetitions after a kill included."""

_LEFT_BEHIND_AFTER = timedelta(minutes=2)


class Outbox:
    """Keeps notices. ``addresses`` tells how many addresses a channel has."""

    def __init__(
        self,
        box: NoticeBox,
        knowledge: Knowledge,
        settings: NoticeSettings,
        *,
        addresses: Callable[[str], int],
    ) -> None:
        self._box = box
        self._knowledge = knowledge
        self._settings = settings
        self._addresses = addresses

    async def hold(self, decision: Decision) -> None:
        """Keep what is to be told of a decision that is about to be written. Raises StateError."""
        kept = [each for notice in decision.notices for each in self._kept(decision, notice)]
        if decision.handoff is not None and not decision.handoff.held:
            kept.append(kept_handoff(decision, decision.handoff))
        await self._box.hold(kept)

    async def withdraw(self, decision: Decision) -> None:
        """Made anew it tells nobody, whatever was held for it before. Raises StateError."""
        await self._box.forget(decision.key)

    async def release(self, decision: Decision) -> None:
        """The decision stands."""
        await self._box.release(decision.key)

    async def settle_of(self, org: Org, keys: Sequence[str], now: datetime) -> None:
        """Decide about what an earlier try has left held for these decisions. Raises OrgError, StateError."""
        held = await self._box.held_for(keys)
        if held:
            await self._settle(org, held, now)

    async def settle_left_behind(self, org: Org, now: datetime, *, at_start: bool) -> None:
        """Decide about what is held for longer than a write takes, by the proof in the org.

        ``at_start`` nothing is being written yet, so that all of it was left behind. Raises OrgError,
        StateError.
        """
        held = await self._box.held(now if at_start else now - _LEFT_BEHIND_AFTER)
        if held:
            await self._settle(org, held, now)

    async def _settle(self, org: Org, held: Sequence[KeptNotice], now: datetime) -> None:
        """By what stands in the org. A decision may be made anew meanwhile: what it holds is its own."""
        standing = await _standing(org, sorted({each.decision_key for each in held}))
        for key in sorted({each.decision_key for each in held}):
            notices = [each for each in held if each.decision_key == key]
            if key in standing and all(_is_told_of(each, standing[key]) for each in notices):
                await self._box.release(key)
            elif key in standing or now - notices[0].held_at > _MAY_STILL_COME:
                await self._box.let_go(notices)

    def _kept(self, decision: Decision, notice: Notice) -> Iterator[KeptNotice]:
        """One for each recipient, or for each address of a channel."""
        told: Sequence[str] = notice.recipients or ("",)
        if notice.by not in ORG_WAYS:
            told = [str(number) for number in range(max(self._addresses(notice.by), 1))]
        elif notice.by == OrgWay.EMAIL_ALERT:
            told = ("",)
        now = decision.decided_at
        for recipient in told:
            due_at, together = self._due_at(notice, recipient, now)
            yield KeptNotice(
                key=f"{decision.key}:{_mark(notice, recipient)}",
                decision_key=decision.key,
                object=decision.object,
                record_id=decision.record_id,
                outcome=decision.outcome.value,
                owner=decision.owner.id if decision.owner else "",
                told_to=notice.to.value,
                way=notice.by,
                template=notice.template,
                clock=notice.clock or "",
                recipient=recipient,
                urgent=notice.urgent,
                together=together,
                held_at=now,
                due_at=due_at,
            )

    def _due_at(self, notice: Notice, recipient: str, now: datetime) -> tuple[datetime, bool]:
        """When it is told, and whether together with others. Channels have no quiet hours."""
        if notice.urgent:
            return now, False
        due_at = now + notice.digest_for if notice.digest_for else now
        together = notice.digest_for is not None
        if notice.to is NoticeTo.ON_CALL or not recipient.startswith("005"):
            return due_at, together
        end = quiet_until(self._settings, self._knowledge.directory, recipient, due_at)
        return (end, True) if end is not None else (due_at, together)


def quiet_until(
    settings: NoticeSettings, directory: Directory, recipient: str, at: datetime
) -> datetime | None:
    """When the quiet hours of a user end that hold at a moment; None where none do."""
    if settings.quiet_hours is None:
        return None
    person = directory.people.get(RecordId(recipient))
    return settings.quiet_hours.end_after(at, (person.zone if person else None) or FALLBACK_ZONE)


def kept_handoff(decision: Decision, handoff: Handoff) -> KeptNotice:
    """A handoff among the notices: to the rooftop, by a way of its own, under the rule of a policy."""
    return KeptNotice(
        key=handoff.key,
        decision_key=decision.key,
        object=decision.object,
        record_id=decision.record_id,
        outcome=decision.outcome.value,
        owner=decision.owner.id if decision.owner else "",
        told_to=HANDED,
        way=f"{HANDING}{handoff.by}",
        template="adf",
        clock=handoff.policy,
        recipient=handoff.rooftop,
        held_at=decision.decided_at,
        due_at=decision.decided_at,
    )


def _mark(notice: Notice, recipient: str) -> str:
    """Tells the notices of one decision apart, in eight hex digits."""
    text = "|".join((notice.to, notice.by, notice.template, notice.clock or "", recipient))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


async def _standing(org: Org, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Outcome and owner of the decisions that stand in the org, by key."""
    fields = [KEY, "Outcome__c", "Owner_After__c"]
    found: dict[str, tuple[str, str]] = {}
    for some in soql.chunks(keys):
        rows = await org.query(soql.select(OBJECT, fields, where=[soql.one_of(KEY, some)]))
        for row in rows:
            outcome, owner = str(row["Outcome__c"]), str(row["Owner_After__c"] or "")
            found[str(row[KEY])] = (outcome, owner)
    return found


def _is_told_of(kept: KeptNotice, standing: tuple[str, str]) -> bool:
    """Whether what stands in the org is what the notice is about, or that recovered."""
    outcome, owner = standing
    return outcome in (kept.outcome, Outcome.RECOVERED) and kept.owner in ("", owner)
