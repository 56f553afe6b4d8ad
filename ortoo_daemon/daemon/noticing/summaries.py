"""Who is told of what befell the daemon as a whole: an outage of the org, a sweep that was stopped?

One notice for each recipient and event, whom the settings name; told once across restarts, beside all others.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.daemon.noticing.notice_settings import SummarySettings
from ortoo_daemon.errors import OrgError
from ortoo_daemon.policy.notify_model import OrgWay
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import KeptNotice

_log = structlog.get_logger("ortoo_daemon.notices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``key`` is the same for the same event after any restart; ``about`` is what the template is told:
    figures, and instants as text under names that end in ``_at``."""

    key: str
    template: str
    about: Mapping[str, str | int]


class Summaries:
    """Keeps notices for the users and channels of the settings; ``addresses`` as of `Outbox`."""

    def __init__(
        self,
        org: Org,
        box: NoticeBox,
        settings: SummarySettings,
        *,
        addresses: Callable[[str], int],
        now: Callable[[], datetime],
    ) -> None:
        self._org, self._box, self._settings = org, box, settings
        self._addresses, self._now = addresses, now
        self._untold: dict[str, Summary] = {}

    async def tell(self, summary: Summary) -> None:
        """Keep it for everybody, or try again with the next `look`. Raises StateError."""
        if self._settings.users or self._settings.channels:
            self._untold[summary.key] = summary
            await self.look()

    async def look(self) -> None:
        """Keep what could not be kept yet. Raises StateError."""
        for summary in list(self._untold.values()):
            try:
                users = await self._users()
            except OrgError as error:
                _log.warning("notice.look_failed", error=str(error))
                return
            await self._box.tell(self._kept(summary, users))
            del self._untold[summary.key]

    async def _users(self) -> list[RecordId]:
        names = self._settings.users
        if not names:
            return []
        where = [soql.one_of("Username", names), soql.equals("IsActive", True)]
        rows = await self._org.query(soql.select("User", ["Id"], where=where))
        return sorted(record_id(str(row["Id"])) for row in rows)

    def _kept(self, summary: Summary, users: list[RecordId]) -> list[KeptNotice]:
        """The bell of a user leads to the user: there is no record that it is about."""
        told: list[tuple[str, str, RecordId]] = [
            (OrgWay.SALESFORCE.value, user, user) for user in users
        ]
        for channel in self._settings.channels:
            numbers = range(max(self._addresses(channel), 1))
            told += [(channel, str(number), RecordId("")) for number in numbers]
        now = self._now()
        return [
            KeptNotice(
                key=f"{summary.key}:{way}:{recipient}",
                decision_key=summary.key,
                object="",
                record_id=record,
                outcome="",
                told_to=NoticeTo.ON_CALL.value,
                way=way,
                template=summary.template,
                recipient=recipient,
                urgent=True,
                held_at=now,
                due_at=now,
                about=json.dumps(dict(summary.about), sort_keys=True),
            )
            for way, recipient, record in told
        ]
