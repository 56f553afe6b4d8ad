"""When and by which way is somebody told, and what when that fails?

Runs beside the handling of records and is never waited for by it. Each way has its own task, so that a
channel that hangs keeps no other from telling.
"""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from jinja2 import TemplateError

from ortoo_daemon.daemon.handoffs.finding import OpenHandoffs
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.noticing.failed_looks import FailedLooks
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.noticing.sending import AT_ONCE, Group, Sending, Trouble, settled_by
from ortoo_daemon.daemon.noticing.standing_in import USER_WAYS, Reached, StandingIn
from ortoo_daemon.daemon.noticing.words import Rows, Words
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.errors import OrgError, PermanentOrgError, StateError
from ortoo_daemon.policy.notify_model import ORG_WAYS
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.services.notify.channels import Channels
from ortoo_daemon.services.notify.templates import Templates
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import HANDING, KeptNotice, Settled, Waiting
from ortoo_daemon.work.tables import NoticeState

_log = structlog.get_logger("ortoo_daemon.notices")

_LOOK_EVERY = 2.0
_BUSY_FOR = 0.5
_APART = 4.0
"""Seconds from one telling to the next: what comes up meanwhile goes together. The first one never waits."""

_LEFT_BEHIND_EVERY = timedelta(minutes=1)
_ENDS_WITHIN = 10.0


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Tells what is due. ``may_tell`` says whether the org's calls allow it, for what is urgent or not.
    Of several daemons only the one that ``leads`` tells; ``alone``: there is no other.

    ``waiting`` are the figures of the last look.
    """

    box: NoticeBox
    outbox: Outbox
    org: Org
    words: Words
    standing_in: StandingIn
    channels: Channels
    settings: NoticeSettings
    meters: Meters
    clock: Callable[[], datetime]
    may_tell: Callable[[bool], bool] = lambda urgent: True
    leads: Callable[[], bool] = lambda: True
    alone: bool = True
    handing: Handing | None = None
    open_handoffs: OpenHandoffs | None = None
    waiting: Waiting = field(default_factory=Waiting)
    _sending: Sending = field(init=False)
    _failed: FailedLooks = field(init=False, default_factory=FailedLooks)
    _busy: dict[str, "asyncio.Task[None]"] = field(init=False, default_factory=dict)
    _left_behind_at: datetime | None = field(init=False, default=None)
    _told_at: float = field(init=False, default=-math.inf)
    _unkept: list[Settled] = field(init=False, default_factory=list)
    """What came of notices, where the store has not taken it yet: until then nobody is told of anything."""
    _keeping: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._sending = Sending(
            settle=self._keep, org=self.org, settings=self.settings, clock=self.clock
        )

    def use(self, templates: Templates, channels: Channels) -> None:
        """From now on people are told in these words and by these channels."""
        self.words.templates, self.channels = templates, channels

    def addresses(self, channel: str) -> int:
        """How many a channel has now."""
        return self.channels.count(channel)

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until stopped; what is on its way then is seen through for a while."""
        while not stop.is_set():
            pause = _LOOK_EVERY
            try:
                pause = await self.look()
            except (OrgError, StateError) as error:
                self._failed.note(error)
            await _first_of(stop, self.box.news, within=pause)
            if (left := self._told_at + _APART - time.monotonic()) > 0:
                await _first_of(stop, within=left)
            self.box.news.clear()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=_ENDS_WITHIN)
        for task in self._busy.values():
            task.cancel()

    async def look(self) -> float:
        """Begin to tell what is due; seconds until the next look. Raises OrgError, StateError."""
        now = self.clock()
        await self._keep([])
        if not self.leads():
            self.waiting, self._left_behind_at = await self.box.waiting(), None
            return _LOOK_EVERY
        if self._left_behind_at is None or now - self._left_behind_at >= _LEFT_BEHIND_EVERY:
            at_start = self.alone and self._left_behind_at is None
            await self.outbox.settle_left_behind(self.org, now, at_start=at_start)
            self._left_behind_at = now
        by_way: dict[str, list[KeptNotice]] = defaultdict(list)
        if self.open_handoffs is not None:
            await self.open_handoffs.find(now)
        for notice in await self.box.due(now):
            if notice.way not in self._busy and self._may_be_told(notice):
                by_way[notice.way].append(notice)
        for way, notices in by_way.items():
            self._told_at = time.monotonic()
            self._begin(way, notices)
        self.waiting = await self.box.waiting()
        next_at = self.waiting.next_at
        if next_at is None:
            return _LOOK_EVERY
        return min(max((next_at - now).total_seconds(), _BUSY_FOR), _LOOK_EVERY)

    async def settled(self) -> None:
        """Return when nothing is on its way."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    def _may_be_told(self, notice: KeptNotice) -> bool:
        return notice.way not in ORG_WAYS or self.may_tell(notice.urgent)

    def _begin(self, way: str, notices: Sequence[KeptNotice]) -> None:
        task = asyncio.create_task(self._tell(way, notices), name=f"ortoo-notices-{way}")
        self._busy[way] = task

        def ended(task: "asyncio.Task[None]") -> None:
            self._busy.pop(way, None)
            self.box.news.set()
            error = None if task.cancelled() else task.exception()
            if error is not None:
                _log.error("notice.way_failed", way=way, exc_info=error)

        task.add_done_callback(ended)

    async def _tell(self, way: str, notices: Sequence[KeptNotice]) -> None:
        """Put into words, send, and note what came of it."""
        if way.startswith(HANDING):
            if self.handing is not None and self.leads():
                await self.handing.hand(notices)
            return
        try:
            rows = await self.words.read(notices)
        except OrgError as error:
            await self._note(way, [(notices, error)])
            return
        overtaken = [each for each in notices if self.words.is_overtaken(each, rows)]
        await self._drop(way, overtaken, "overtaken")
        gone = {each.key for each in overtaken}
        left = [each for each in notices if each.key not in gone]
        try:
            reached = await self._reached(way, left, rows)
        except OrgError as error:
            await self._note(way, [(left, error)])
            return
        groups, unworded = self._groups(reached, rows)
        await self._note(way, unworded)
        if not groups or not self.leads():
            return
        try:
            outcomes = await self._sending.send(way, groups, self.channels)
        except OrgError as error:
            outcomes = [error] * len(groups)
        told = zip(groups, outcomes, strict=True)
        await self._note(way, [(group.notices, outcome) for group, outcome in told])

    async def _reached(
        self, way: str, notices: Sequence[KeptNotice], rows: Rows
    ) -> Sequence[KeptNotice]:
        """Those to be told now, by whoever stands in where the recipient is not active. Raises OrgError."""
        if way not in USER_WAYS:
            return notices
        found = await self.standing_in.find(notices, rows, now=self.clock())
        if found.inactive:
            await self._settle_unreached(way, found)
        return found.now

    async def _settle_unreached(self, way: str, found: Reached) -> None:
        """Note and say what becomes of notices whose recipients are not active."""
        people = sorted(found.inactive)[:AT_ONCE]
        if found.stood_in:
            keys = [each.key for each in found.stood_in[:AT_ONCE]]
            some = len(found.stood_in)
            _log.info("notice.stood_in", way=way, notices=some, keys=keys, people=people)
        await self._drop(way, found.told, "told anyway")
        if found.nobody:
            await self._settle(found.nobody, NoticeState.DROPPED, note=f"not active: {people}")
            keys = [each.key for each in found.nobody[:AT_ONCE]]
            some = len(found.nobody)
            self.meters.noticed(way, "nobody", some)
            _log.warning("notice.nobody_left", way=way, notices=some, keys=keys, people=people)
        for notice, due_at in found.later:
            ready = NoticeState.READY
            again = Settled(
                key=notice.key, state=ready, at=self.clock(), due_at=due_at, counts=False
            )
            await self.box.settle([again])

    def _groups(
        self, notices: Sequence[KeptNotice], rows: Rows
    ) -> tuple[list[Group], list[tuple[Sequence[KeptNotice], Trouble]]]:
        """Messages, and those that could not be put into words."""
        together: dict[str, list[KeptNotice]] = defaultdict(list)
        for each in notices:
            together[each.recipient if each.together else each.key].append(each)
        groups: list[Group] = []
        unworded: list[tuple[Sequence[KeptNotice], Trouble]] = []
        for some in together.values():
            try:
                message = self.words.message(some, rows)
            except (KeyError, TemplateError) as error:
                text = f"template {some[0].template}: {type(error).__name__}: {error}"
                unworded.append((some, PermanentOrgError("TEMPLATE", text)))
            else:
                due_on = self.words.due_on(some, rows)
                groups.append(Group(notices=tuple(some), message=message, due_on=due_on))
        return groups, unworded

    async def _drop(self, way: str, notices: Sequence[KeptNotice], reason: str) -> None:
        if not notices:
            return
        await self._settle(notices, NoticeState.DROPPED, note=reason)
        self.meters.noticed(way, NoticeState.DROPPED.value, len(notices))
        _log.info("notice.dropped", way=way, notices=len(notices), reason=reason)

    async def _settle(
        self, notices: Sequence[KeptNotice], state: NoticeState, *, note: str
    ) -> None:
        now = self.clock()
        settled = [Settled(key=each.key, state=state, at=now, note=note) for each in notices]
        await self.box.settle(settled)

    async def _keep(self, settled: Sequence[Settled]) -> None:
        """With what the store did not take before: it must not be told again meanwhile. Raises StateError."""
        self._unkept += settled
        async with self._keeping:
            if taken := list(self._unkept):
                await self.box.settle(taken)
                del self._unkept[: len(taken)]

    async def _note(self, way: str, told: Sequence[tuple[Sequence[KeptNotice], Trouble]]) -> None:
        """Keep what came of it, count it and say it, in one line for each kind of outcome."""
        now = self.clock()
        settled = [settled_by(each, trouble, now) for notices, trouble in told for each in notices]
        await self._keep(settled)
        for state in (NoticeState.TOLD, NoticeState.READY, NoticeState.GIVEN_UP):
            some = [each for each in settled if each.state is state]
            if not some:
                continue
            outcome = "failed" if state is NoticeState.READY else state.value
            self.meters.noticed(way, outcome, len(some))
            self._say(way, state, some)

    def _say(self, way: str, state: NoticeState, settled: Sequence[Settled]) -> None:
        keys = [each.key for each in settled[:AT_ONCE]]
        if state is NoticeState.TOLD:
            _log.info("notice.told", way=way, notices=len(settled), keys=keys)
        elif state is NoticeState.READY:
            _log.warning(
                "notice.failed", way=way, notices=len(settled), keys=keys, error=settled[0].note
            )
        else:
            _log.error(
                "notice.given_up", way=way, notices=len(settled), keys=keys, error=settled[0].note
            )


async def _first_of(*events: asyncio.Event, within: float) -> None:
    """Return when one of the events is set, or after ``within`` seconds."""
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
