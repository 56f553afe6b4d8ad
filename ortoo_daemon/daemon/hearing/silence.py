"""Does a channel say nothing although there was something to say?

A subscription may live for hours without bringing an event. The sweep is the witness: a record that it
found, that a policy took, and that somebody made or changed while a channel was live, should have come by
that channel. If the channel has brought nothing at all since, it is silent; if it has brought anything
later, it lives and does not carry such records. No evidence are events that may still be on their way, our
own changes, records from before the subscription, and channels that we keep waiting ourselves.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.stamps import MODIFIED_AT, MODIFIED_BY
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.hearing.event_settings import Channel, EventSettings
from ortoo_daemon.decision import Decision
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, WorkItem, WorkReason

_log = structlog.get_logger("ortoo_daemon.stream")

_TAKEN = frozenset({Outcome.ASSIGNED, Outcome.PARKED, Outcome.LEFT_ALONE})
"""A policy took the record, so an event of it was wanted."""

_CLOCKS_AGREE_TO = timedelta(seconds=5)
"""The org's stamps are whole seconds, and its clock is not ours."""

_MOST_SUSPICIONS = 1_000

QuietFor = Mapping[str, float]
"""Seconds for which each live channel has brought nothing, counted from its subscription at most."""


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """Something happened, and no event of it came. Each of the channels should have brought it, or (``any``)
    one of them, nobody knows which."""

    happened_at: datetime
    channels: frozenset[str]
    any: bool


class Silence:
    """Judges channels by what the sweep found.

    ``heard`` counts the events of each channel. ``times`` is how often a channel was found silent.
    """

    def __init__(
        self,
        settings: EventSettings,
        knowledge: Knowledge,
        heard: Mapping[str, int],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._heard = heard
        self._now = now
        self._suspicions: list[_Suspicion] = []
        self._silent: dict[str, tuple[datetime, int]] = {}
        self.times = 0

    @property
    def since(self) -> dict[str, datetime]:
        """Since when each channel is silent that has brought nothing since it was found to be."""
        return {
            channel: since
            for channel, (since, heard) in self._silent.items()
            if self._heard.get(channel, 0) == heard
        }

    def note(self, item: WorkItem, record: Record, decision: Decision) -> None:
        """A record was handled. What the sweep did not find tells nothing."""
        if item.reason is not WorkReason.RECONCILED or decision.outcome not in _TAKEN:
            return
        policy = self._policy(decision)
        if policy is not None and len(self._suspicions) < _MOST_SUSPICIONS:
            self._suspicions += self._suspicions_of(record, policy)

    def judge(self, quiet_for: QuietFor) -> str | None:
        """Why the stream should be built anew; None when nothing speaks for it."""
        now = self._now()
        open_ones: list[_Suspicion] = []
        found: dict[str, int] = {}
        for suspicion in self._suspicions:
            quiet = _quiet_since(suspicion, quiet_for, now)
            if not quiet:
                continue
            if now - suspicion.happened_at < self._settings.silent_after:
                open_ones.append(suspicion)
                continue
            for channel in quiet:
                found[channel] = found.get(channel, 0) + 1
        self._suspicions = open_ones
        for channel, records in sorted(found.items()):
            self._tell(channel, records, now - timedelta(seconds=quiet_for[channel]))
        return f"silent: {', '.join(sorted(found))}" if found else None

    def _tell(self, channel: str, records: int, since: datetime) -> None:
        self.times += 1
        still = self.since.get(channel)
        self._silent[channel] = (still or since, self._heard.get(channel, 0))
        _log.error(
            "stream.silent", channel=channel, records=records, since=instant_text(still or since)
        )

    def _policy(self, decision: Decision) -> Policy | None:
        candidates = self._knowledge.policies.of(decision.object)
        return next((policy for policy in candidates if policy.name == decision.policy), None)

    def _suspicions_of(self, record: Record, policy: Policy) -> Iterator[_Suspicion]:
        """What somebody else did to the record, and who should have told.

        A change event channel carries every creation and every change; platform events and PushTopics what
        their makers chose, of which the creation is all that a policy's ``on`` gives a hint of.
        """
        able = [each for each in self._settings.channels if each.may_carry(record.object)]
        telling = frozenset(each.channel for each in able if each.is_change_channel)
        ours = self._knowledge.daemon_user
        created_at, modified_at = (
            instant(record.get("CreatedDate")),
            instant(record.get(MODIFIED_AT)),
        )
        if created_at is not None and record.text("CreatedById") != ours:
            if telling and (policy.on.created or policy.on.enters):
                yield _Suspicion(created_at, telling, any=False)
            elif able and not telling and policy.on.created:
                yield _Suspicion(created_at, _names(able), any=True)
        by_others = record.text(MODIFIED_BY) != ours and modified_at != created_at
        if telling and modified_at is not None and by_others and policy.on.enters:
            yield _Suspicion(modified_at, telling, any=False)


def _names(channels: list[Channel]) -> frozenset[str]:
    return frozenset(each.channel for each in channels)


def _quiet_since(suspicion: _Suspicion, quiet_for: QuietFor, now: datetime) -> frozenset[str]:
    """The channels that were live when it happened and have brought nothing since."""
    happened_for = (now - suspicion.happened_at + _CLOCKS_AGREE_TO).total_seconds()
    quiet = frozenset(
        channel for channel in suspicion.channels if quiet_for.get(channel, 0.0) > happened_for
    )
    return quiet if not suspicion.any or quiet == suspicion.channels else frozenset()
