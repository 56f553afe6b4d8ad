"""Was somebody in touch with a customer: by calls, e-mails and appointments that the org keeps of a record?

Looked up when a step of a clock is due that such a contact stops. Many records share the queries. What a
machine sent (automatic replies, the daemon's own) is no contact.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.parser import HeaderParser
from re import IGNORECASE
from re import compile as pattern
from typing import Any, NamedTuple

import structlog

from ortoo_daemon.action.sla_clocks import SlaStamp, read_stamp
from ortoo_daemon.action.stamps import POLICY, SLA_CLOCKS
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Contact, ContactKind
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

_RECORDS_IN_A_QUERY = 200
_CLOCK_SKEW = timedelta(seconds=5)
_PEOPLE = frozenset({"Lead", "Contact"})
"""Objects to which activities hang by WhoId; to all others by WhatId."""

_WITHOUT_MAIL = frozenset({"Lead"})
"""An e-mail to a lead is a completed Task; EmailMessage does not name leads by an id."""

_AUTOMATIC = pattern(
    r"\W*(automatic reply|auto(matic)?[- ]?re(ply|sponse)|autoreply|out of (the )?office"
    r"|r[eé]ponse automatique|automatische (antwort|nachricht)|automatisch antwoord"
    r"|respuesta autom[aá]tica|risposta automatica)",
    IGNORECASE,
)

_TASK = ("CreatedById", "CreatedDate", "CompletedDateTime", "Subject", "Type", "TaskSubtype")
_CALLS = ("CallType", "CallDurationInSeconds")
_EVENT = ("CreatedById", "CreatedDate", "StartDateTime")
_EMAIL = ("CreatedById", "MessageDate", "CreatedDate", "Subject", "Incoming", "Headers")

_Row = Mapping[str, Any]


class _Ask(NamedTuple):
    object: str
    record: RecordId
    since: datetime


def fields_of(object_name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which activities of records of an object are looked at, and which of their fields are read."""
    link = _link(object_name)
    yield "Task", (link, *_TASK, *_CALLS, "IsClosed", "LastModifiedDate")
    yield "Event", (link, *_EVENT, "LastModifiedDate")
    if object_name not in _WITHOUT_MAIL:
        yield "EmailMessage", (_mail_link(object_name), *_EMAIL, "LastModifiedDate")


def _link(object_name: str) -> str:
    return "WhoId" if object_name in _PEOPLE else "WhatId"


def _mail_link(object_name: str) -> str:
    return "ParentId" if object_name == "Case" else "RelatedToId"


class Contacts:
    """Asks the org. Raises OrgError, but for activities that the daemon's user may not read: these are
    taken as none, and the log says so once."""

    def __init__(self, org: Org, daemon_user: Callable[[], RecordId]) -> None:
        self._org = org
        self._daemon_user = daemon_user
        self._unreadable: set[str] = set()
        self._batcher: Batcher[_Ask, tuple[Contact, ...]] = Batcher(
            self._find, at_most=_RECORDS_IN_A_QUERY
        )

    async def of(
        self, item: WorkItem, record: Record, policies: Policies
    ) -> tuple[Contact, ...] | None:
        """The record's contacts since its clocks began, oldest first; None where none would matter."""
        since = _wanted_since(item, record, policies)
        if since is None:
            return None
        return await self._batcher.ask(_Ask(record.object, record.id, since - _CLOCK_SKEW))

    async def _find(self, asks: Sequence[_Ask]) -> list[tuple[Contact, ...]]:
        by_object: dict[str, dict[RecordId, datetime]] = defaultdict(dict)
        for ask in asks:
            by_object[ask.object][ask.record] = ask.since
        found: dict[RecordId, list[Contact]] = defaultdict(list)
        for name, wanted in by_object.items():
            for id, contact in await self._of_object(name, wanted):
                if contact.at >= wanted[id]:
                    found[id].append(contact)
        return [tuple(sorted(found[ask.record], key=lambda each: each.at)) for ask in asks]

    async def _of_object(
        self, name: str, wanted: Mapping[RecordId, datetime]
    ) -> list[tuple[RecordId, Contact]]:
        link = _link(name)
        done = soql.equals("IsClosed", True)
        rows = [
            (link, _of_task, await self._rows("Task", link, (*_TASK, *_CALLS), wanted, done)),
            (link, _of_event, await self._rows("Event", link, _EVENT, wanted)),
        ]
        if name not in _WITHOUT_MAIL:
            parent = _mail_link(name)
            rows.append(
                (parent, _of_email, await self._rows("EmailMessage", parent, _EMAIL, wanted))
            )
        daemon_user = self._daemon_user()
        return [
            (record_id(row[field]), contact)
            for field, read, found in rows
            for row in found
            if row["CreatedById"] != daemon_user
            for contact in read(row)
        ]

    async def _rows(
        self,
        name: str,
        link: str,
        fields: Sequence[str],
        wanted: Mapping[RecordId, datetime],
        *also: soql.Condition,
    ) -> list[_Row]:
        """Activities of the records that changed since the first of their clocks began."""
        where = [soql.at_least("LastModifiedDate", min(wanted.values())), *also]

        def query(ids: Sequence[str]) -> str:
            return soql.select(name, [link, *fields], where=[soql.one_of(link, ids), *where])

        try:
            found: list[_Row] = []
            for part in soql.chunks(sorted(wanted), beside=query([""])):
                found += await self._org.query(query(part))
            return found
        except PermanentOrgError as error:
            if name not in self._unreadable:
                self._unreadable.add(name)
                _log.warning("activities.unreadable", object=name, code=error.code)
            return []


def _wanted_since(item: WorkItem, record: Record, policies: Policies) -> datetime | None:
    """When the first clock began of which a contact may say something now."""
    stamped = record.get(SLA_CLOCKS)
    policy = policies.named(record.text(POLICY))
    if item.reason is not WorkReason.SLA or not stamped or policy is None:
        return None
    return min(_asking(read_stamp(stamped), policy), default=None)


def _asking(stamp: SlaStamp, policy: Policy) -> Iterator[datetime]:
    rules = {rule.clock: rule for rule in policy.sla}
    for clock in stamp.clocks:
        rule = rules.get(clock.name)
        if rule is None:
            continue
        if (clock.is_live and rule.contacts) or (not clock.is_live and clock.look_at is not None):
            yield clock.started_at


def _of_task(row: _Row) -> Iterator[Contact]:
    at = instant(row["CompletedDateTime"]) or instant(row["CreatedDate"])
    if at is None:
        return
    kind, talked = row["TaskSubtype"] or row["Type"], (row["CallDurationInSeconds"] or 0) > 0
    if kind == "Call" or row["Type"] == "Call" or row["CallType"]:
        if row["CallType"] == "Inbound":
            yield Contact(ContactKind.CALL_IN, at, both_ways=True)
        else:
            yield Contact(ContactKind.CALL, at, both_ways=talked)
    elif "Email" in (kind, row["Type"]) and not _AUTOMATIC.match(row["Subject"] or ""):
        yield Contact(ContactKind.EMAIL_OUT, at)


def _of_event(row: _Row) -> Iterator[Contact]:
    """Made, and met when it begins."""
    made_at, begins_at = instant(row["CreatedDate"]), instant(row["StartDateTime"])
    if made_at is not None:
        yield Contact(ContactKind.EVENT, made_at)
    if begins_at is not None:
        yield Contact(ContactKind.EVENT, begins_at, both_ways=True)


def _of_email(row: _Row) -> Iterator[Contact]:
    at = instant(row["MessageDate"]) or instant(row["CreatedDate"])
    if at is None or _is_automatic(row):
        return
    incoming = row["Incoming"] is True
    kind = ContactKind.EMAIL_IN if incoming else ContactKind.EMAIL_OUT
    yield Contact(kind, at, both_ways=incoming)


def _is_automatic(row: _Row) -> bool:
    if _AUTOMATIC.match(row["Subject"] or ""):
        return True
    headers = HeaderParser().parsestr(row["Headers"] or "")
    submitted = (headers["Auto-Submitted"] or "no").strip().casefold()
    precedence = (headers["Precedence"] or "").strip().casefold()
    return submitted != "no" or precedence in ("auto_reply", "bulk", "junk")
