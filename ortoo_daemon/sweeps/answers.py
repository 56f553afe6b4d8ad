"""Which closed cases did somebody answer by an e-mail that the org itself attached to them?

Such an e-mail makes no new case and changes nothing of the one it belongs to, so no event tells of it. Pure
but for its port.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, record_id
from ortoo_daemon.sweeps.reconcile import OrgQuery

PAGE = 200
OBJECT = "Case"
"""The parent of e-mails."""

READ_OF_PARENT = ("IsClosed", "ClosedDate", "Ortoo_Policy__c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A closed case that ``policy`` had decided, and the e-mail that came in after it was closed."""

    case: RecordId
    policy: str
    mail: RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnswers:
    """Oldest first, one of each case. ``seen_until``: all that came in by then was looked at."""

    answered: tuple[Answered, ...]
    seen_until: datetime


async def find_answered(
    org_query: OrgQuery, policies: Collection[str], *, since: datetime, until: datetime
) -> FoundAnswers:
    """One call; none where no policy opens anything again. Raises what the port raises."""
    if not policies:
        return FoundAnswers(answered=(), seen_until=until)
    rows = await org_query(_came_in(policies, since, until))
    found: dict[RecordId, Answered] = {}
    for row in rows:
        answered = _answered(row)
        if answered is not None:
            found[answered.case] = answered
    last = instant(rows[-1]["CreatedDate"]) if len(rows) >= PAGE else None
    return FoundAnswers(answered=tuple(found.values()), seen_until=last or until)


def _came_in(policies: Collection[str], since: datetime, until: datetime) -> str:
    """Names of policies are small letters, digits, - and _."""
    names = ", ".join(f"'{name}'" for name in sorted(policies))
    return (
        "SELECT Id, ParentId, CreatedDate, Parent.ClosedDate, Parent.Ortoo_Policy__c "
        f"FROM EmailMessage WHERE Incoming = true AND CreatedDate >= {instant_text(since)} "
        f"AND CreatedDate <= {instant_text(until)} AND Parent.IsClosed = true "
        f"AND Parent.Ortoo_Policy__c IN ({names}) ORDER BY CreatedDate, Id LIMIT {PAGE}"
    )


def _answered(row: Mapping[str, FieldValue]) -> Answered | None:
    """None where the case was closed after the e-mail had come: who closed it knew of it."""
    came_at, closed_at = instant(row["CreatedDate"]), instant(row["Parent.ClosedDate"])
    if came_at is None or closed_at is None or came_at <= closed_at:
        return None
    return Answered(
        case=record_id(str(row["ParentId"])),
        policy=str(row["Parent.Ortoo_Policy__c"]),
        mail=record_id(str(row["Id"])),
    )
