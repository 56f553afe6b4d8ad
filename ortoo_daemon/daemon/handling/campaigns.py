"""How does a record become a member of a campaign, once however often it is decided?

The org itself lets nobody join a campaign twice: its refusal is as good as a yes. Whatever else goes wrong is
told, and never costs the record its owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.consequences import CampaignJoin
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import OutcomeUnknownError, PermanentOrgError
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

_KNOWN_FOR = timedelta(minutes=10)
_MOST_KNOWN = 1_000
_MEMBERS = {"Lead": "LeadId", "Contact": "ContactId"}
_THERE = "DUPLICATE_VALUE"

_Found = tuple[datetime, str | None]


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Makes records members. ``clock`` is now; campaigns are looked up again after ten minutes."""

    org: Org
    clock: Callable[[], datetime]
    _ids: dict[tuple[str, str], _Found] = field(default_factory=dict)

    async def join(self, decision: Decision) -> None:
        """The record is a member afterwards, or it is told why not. Raises OrgError for what may pass."""
        asked = decision.campaign
        if asked is None or decision.outcome is not Outcome.ASSIGNED:
            return
        try:
            campaign = await self._id_of(asked)
            if campaign is None:
                _log.warning("campaign_unknown", record=decision.record_id, by=asked.by)
                return
            await self._make(decision, asked, campaign)
        except PermanentOrgError as error:
            if error.code != _THERE:
                _log.warning("campaign_refused", record=decision.record_id, code=error.code)

    async def _make(self, decision: Decision, asked: CampaignJoin, campaign: str) -> None:
        body = {"CampaignId": campaign, _MEMBERS[decision.object]: decision.record_id}
        if asked.status is not None:
            body["Status"] = asked.status
        try:
            await self.org.rest.call("POST", "sobjects/CampaignMember", body=body)
        except OutcomeUnknownError:
            # Either it stands, and the org says so, or it is made now.
            await self.org.rest.call("POST", "sobjects/CampaignMember", body=body)
        _log.info("campaign_joined", record=decision.record_id, campaign=campaign)

    async def _id_of(self, asked: CampaignJoin) -> str | None:
        now, key = self.clock(), (asked.by, asked.value.casefold())
        known = self._ids.get(key)
        if known is not None and now - known[0] < _KNOWN_FOR:
            return known[1]
        where = [soql.equals(asked.by, asked.value)]
        rows = await self.org.query(soql.select("Campaign", ["Id"], where=where))
        found = min((str(row["Id"]) for row in rows), default=None)
        if len(self._ids) >= _MOST_KNOWN:
            self._ids.clear()
        self._ids[key] = (now, found)
        return found
