"""How does a message get to its recipient, by each way, and what came of it?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.errors import OrgError, PermanentOrgError, StateError
from ortoo_daemon.policy.notify_model import ORG_WAYS, OrgWay
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import OrgMessage, OrgTelling
from ortoo_daemon.services.notify.channels import ChannelError, Channels
from ortoo_daemon.services.notify.templates import Message
from ortoo_daemon.work.notices.values import KeptNotice, Settled
from ortoo_daemon.work.tables import NoticeState

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
_MOST_TRIES = 100
"""About a day of tries."""

AT_ONCE = 8

Trouble = OrgError | ChannelError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Notices that are one message to one recipient. ``due_on``: the first day on which an answer is due."""

    notices: tuple[KeptNotice, ...]
    message: Message
    due_on: date | None = None

    @property
    def first(self) -> KeptNotice:
        return self.notices[0]


@dataclass(slots=True, kw_only=True)
class Sending:
    """The ways through the org and outside it. What is sent one by one is noted at once by ``settle``."""

    settle: Callable[[Sequence[Settled]], Awaitable[None]]
    org: Org
    settings: NoticeSettings
    clock: Callable[[], datetime]
    _telling: OrgTelling = field(init=False)

    def __post_init__(self) -> None:
        self._telling = OrgTelling(self.org)

    async def send(self, way: str, groups: Sequence[Group], channels: Channels) -> list[Trouble]:
        """What came of each. Raises OrgError when none could be sent."""
        if way not in ORG_WAYS:
            return await self._one_by_one(groups, lambda group: _by_channel(channels, way, group))
        messages = [_message(group) for group in groups]
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
                return await self._one_by_one(groups, lambda each: post(_message(each)))

    async def _one_by_one(
        self, groups: Sequence[Group], send: Callable[[Group], Awaitable[None]]
    ) -> list[Trouble]:
        """Send each by itself, a few at once; each is known to be told before the next one begins."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one(group: Group) -> Trouble:
            async with room:
                try:
                    await send(group)
                except (OrgError, ChannelError) as error:
                    return error
                now = self.clock()
                with suppress(StateError):  # it is sent: whoever settles tries again, and tells
                    await self.settle([settled_by(each, None, now) for each in group.notices])
            return None

        return list(await asyncio.gather(*map(one, groups)))


async def _by_channel(channels: Channels, way: str, group: Group) -> None:
    address = int(group.first.recipient or 0)
    await channels.tell(way, address, group.message, key=group.first.key)


def _message(group: Group) -> OrgMessage:
    first = group.first
    return OrgMessage(
        key=first.key,
        object=first.object,
        record=first.record_id,
        recipients=(RecordId(first.recipient),) if first.recipient else (),
        title=group.message.title,
        text=group.message.text,
        urgent=first.urgent,
        due_on=group.due_on,
    )


def settled_by(notice: KeptNotice, trouble: Trouble, now: datetime) -> Settled:
    """What a notice comes to with this trouble, None for told: another try later, or given up."""
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
