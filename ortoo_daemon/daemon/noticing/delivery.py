"""When and by which way is somebody told, and what when that fails?

Runs beside the handling of records and is never waited for by it. Each way has its own task, so that a
channel that hangs keeps no other from telling.
"""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from jinja2 import TemplateError

from ortoo_daemon.daemon.handoffs.finding import OpenHandoffs
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.noticing.words import Rows, Words
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.errors import (
    OrgError,
    PermanentOrgError,
    StateError,
)
from ortoo_daemon.policy.notify_model import ORG_WAYS, OrgWay
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import OrgMessage, OrgTelling
from ortoo_daemon.services.notify.channels import ChannelError, Channels
from ortoo_daemon.services.notify.templates import Message, Templates
from ortoo_daemon.work.notices import HANDING, KeptNotice, NoticeBox, Settled, Waiting
from ortoo_daemon.work.tables import NoticeState

_log = structlog.get_logger("ortoo_daemon.notices")

_LOOK_EVERY = 2.0
_BUSY_FOR = 0.5
_APART = 4.0
"""Seconds from one telling to the next: what comes up meanwhile goes together. The first one never waits."""

_LEFT_BEHIND_EVERY = timedelta(minutes=1)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
_MOST_TRIES = 100
"""About a day of tries."""

_ENDS_WITHIN = 10.0
_AT_ONCE = 8

Trouble = OrgError | ChannelError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Notices that are one message to one recipient."""

    notices: tuple[KeptNotice, ...]
    message: Message

    @property
    def first(self) -> KeptNotice:
        return self.notices[0]


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
    _telling: OrgTelling = field(init=False)
    _busy: dict[str, "asyncio.Task[None]"] = field(init=False, default_factory=dict)
    _left_behind_at: datetime | None = field(init=False, default=None)
    _told_at: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        self._telling = OrgTelling(self.org)

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
                _log.warning("notice.look_failed", error=str(error))
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
        await self._drop(way, overtaken)
        gone = {each.key for each in overtaken}
        groups, unworded = self._groups([each for each in notices if each.key not in gone], rows)
        await self._note(way, unworded)
        if not groups or not self.leads():
            return
        try:
            outcomes = await self._sent(way, groups, rows)
        except OrgError as error:
            outcomes = [error] * len(groups)
        told = zip(groups, outcomes, strict=True)
        await self._note(way, [(group.notices, outcome) for group, outcome in told])

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
                groups.append(Group(notices=tuple(some), message=message))
        return groups, unworded

    async def _sent(self, way: str, groups: Sequence[Group], rows: Rows) -> list[Trouble]:
        if way not in ORG_WAYS:
            return await self._one_by_one(groups, lambda group: self._by_channel(way, group))
        messages = [self._message(group, rows) for group in groups]
        match OrgWay(way):
            case OrgWay.SALESFORCE:
                return list(await self._telling.bells(messages, kind=self.settings.type))
            case OrgWay.TASK:
                return list(await self._telling.tasks(messages))
            case OrgWay.EMAIL_ALERT:
                names = self.settings.email_alerts
                return list(await self._telling.alerts(messages, names=names))
            case OrgWay.CHATTER:
                post = self._telling.post
                return await self._one_by_one(groups, lambda each: post(self._message(each, rows)))

    async def _one_by_one(
        self, groups: Sequence[Group], send: Callable[[Group], Awaitable[None]]
    ) -> list[Trouble]:
        """Send each by itself, a few at once; each is known to be told before the next one begins."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(group: Group) -> Trouble:
            async with room:
                try:
                    await send(group)
                except (OrgError, ChannelError) as error:
                    return error
                now = self.clock()
                await self.box.settle([_settled(each, None, now) for each in group.notices])
            return None

        return list(await asyncio.gather(*map(one, groups)))

    async def _by_channel(self, way: str, group: Group) -> None:
        address = int(group.first.recipient or 0)
        await self.channels.tell(way, address, group.message, key=group.first.key)

    def _message(self, group: Group, rows: Rows) -> OrgMessage:
        first = group.first
        return OrgMessage(
            key=first.key,
            object=first.object,
            record=first.record_id,
            recipients=(RecordId(first.recipient),) if first.recipient else (),
            title=group.message.title,
            text=group.message.text,
            urgent=first.urgent,
            due_on=self.words.due_on(group.notices, rows),
        )

    async def _drop(self, way: str, notices: Sequence[KeptNotice]) -> None:
        if not notices:
            return
        now = self.clock()
        await self.box.settle(
            [
                Settled(key=each.key, state=NoticeState.DROPPED, at=now, note="overtaken")
                for each in notices
            ]
        )
        self.meters.noticed(way, NoticeState.DROPPED.value, len(notices))
        _log.info("notice.dropped", way=way, notices=len(notices))

    async def _note(self, way: str, told: Sequence[tuple[Sequence[KeptNotice], Trouble]]) -> None:
        """Keep what came of it, count it and say it, in one line for each kind of outcome."""
        now = self.clock()
        settled = [_settled(each, trouble, now) for notices, trouble in told for each in notices]
        await self.box.settle(settled)
        for state in (NoticeState.TOLD, NoticeState.READY, NoticeState.GIVEN_UP):
            some = [each for each in settled if each.state is state]
            if not some:
                continue
            outcome = "failed" if state is NoticeState.READY else state.value
            self.meters.noticed(way, outcome, len(some))
            self._say(way, state, some)

    def _say(self, way: str, state: NoticeState, settled: Sequence[Settled]) -> None:
        keys = [each.key for each in settled[:_AT_ONCE]]
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


def _settled(notice: KeptNotice, trouble: Trouble, now: datetime) -> Settled:
    if trouble is None:
        return Settled(key=notice.key, state=NoticeState.TOLD, at=now)
    note = str(trouble)
    if isinstance(trouble, PermanentOrgError) or notice.attempts >= _MOST_TRIES:
        return Settled(key=notice.key, state=NoticeState.GIVEN_UP, at=now, note=note)
    again_at = now + _pause(notice)
    return Settled(key=notice.key, state=NoticeState.READY, at=now, due_at=again_at, note=note)


def _pause(notice: KeptNotice) -> timedelta:
    """Doubled with each failure."""
    doubled: int = 2 ** min(notice.attempts, 20)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


async def _first_of(*events: asyncio.Event, within: float) -> None:
    """Return when one of the events is set, or after ``within`` seconds."""
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
