"""What does a notice say? Reads the records that are told of, and renders their templates.

The records are read when somebody is told, not before: the journal keeps no business data, and what is told
is how things stand.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ortoo_daemon.action.stamps import OWNER, PARKED, ROOFTOP, SLA_TARGET_AT
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.outbox import FALLBACK_ZONE
from ortoo_daemon.descriptions import ObjectDescription
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.person import Person
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.scope import OWNER_NAMES, ROOFTOP_NAMES, person_value, rooftop_value
from ortoo_daemon.services.notify.templates import DIGEST, Message, Templates, nested
from ortoo_daemon.work.notices.values import KeptNotice

OWNER_ACTIVE = "Owner.IsActive"
"""Read with every record of which a user is told."""

INSTEAD_OF = "instead_of"
"""The template whose title says for whom somebody stands in; left out where there is none."""

Rows = Mapping[str, Mapping[str, Any]]
"""Records by id, with what templates read of them; who is missing is gone."""


class Words:
    """Puts notices into words, by the ``templates`` that are in use."""

    def __init__(self, org: Org, knowledge: Knowledge, templates: Templates, *, usual: str) -> None:
        self._org = org
        self._knowledge = knowledge
        self.templates = templates
        self._usual = usual
        self._base = ""
        self._described: dict[str, ObjectDescription] = {}

    async def read(self, notices: Sequence[KeptNotice]) -> Rows:
        """The records that the notices tell of. Raises OrgError."""
        names: dict[str, set[str]] = defaultdict(set)
        ids: dict[str, set[str]] = defaultdict(set)
        for each in notices:
            if not each.object:
                continue
            names[each.object] |= self.templates.fields(each.template)
            if each.recipient.startswith("005"):
                names[each.object].add(OWNER_ACTIVE)
            ids[each.object].add(each.record_id)
        self._base = (await self._org.tokens.get()).instance_url
        found: dict[str, Mapping[str, Any]] = {}
        for object_name, asked in names.items():
            fields = await self._there(object_name, asked)
            read = ["Id", *sorted({OWNER, PARKED, ROOFTOP, SLA_TARGET_AT, *fields} - {"Id"})]
            urgent = any(each.urgent for each in notices if each.object == object_name)
            beside = soql.select(object_name, read, where=[soql.one_of("Id", ["x"])])
            for some in soql.chunks(sorted(ids[object_name]), beside=beside):
                query = soql.select(object_name, read, where=[soql.one_of("Id", some)])
                rows = await self._org.query(query, essential=urgent)
                found |= {str(row["Id"]): row for row in rows}
        return found

    async def _there(self, object_name: str, fields: Iterable[str]) -> frozenset[str]:
        """One template may serve several objects: what an object lacks is empty in its words."""
        if object_name not in self._described:
            self._described[object_name] = await self._org.describe(object_name)
        described = self._described[object_name]
        ways = {each.relationship for each in described.fields.values() if each.relationship}
        return frozenset(
            path
            for path in fields
            if path in described.fields or ("." in path and path.partition(".")[0] in ways)
        )

    def message(self, notices: Sequence[KeptNotice], rows: Rows) -> Message:
        """One message for one recipient. Raises KeyError and jinja2.TemplateError as `Templates.render`."""
        messages = [self._of_one(each, rows.get(each.record_id, {})) for each in notices]
        if len(messages) == 1:
            return messages[0][0]
        told = [_listed(message, values) for message, values in messages]
        language = self._language(notices[0])
        return self.templates.render(DIGEST, language, {**messages[0][1], "notices": told})

    def due_on(self, notices: Iterable[KeptNotice], rows: Rows) -> date | None:
        """The first day on which an answer is due, where the recipient is."""
        found = [
            due_at.astimezone(ZoneInfo(self._zone(each))).date()
            for each in notices
            if (due_at := instant(rows.get(each.record_id, {}).get(SLA_TARGET_AT))) is not None
        ]
        return min(found, default=None)

    def is_overtaken(self, notice: KeptNotice, rows: Rows) -> bool:
        """Whether there is nothing left to tell: the record is gone, is parked no more, or its owner is
        somebody else by now."""
        if not notice.object:
            return False
        row = rows.get(notice.record_id)
        if row is None or (notice.outcome == Outcome.PARKED and not row.get(PARKED)):
            return True
        to_owner = notice.told_to == NoticeTo.OWNER and notice.recipient
        return bool(to_owner) and row.get(OWNER) != notice.recipient

    def _of_one(self, notice: KeptNotice, row: Mapping[str, Any]) -> tuple[Message, dict[str, Any]]:
        directory, person = self._knowledge.directory, self._person(notice)
        zone = self._zone(notice)
        values = {
            "record": nested(row),
            "object": notice.object,
            "link": f"{self._base}/{notice.record_id}",
            "owner": _owner(directory, str(row.get(OWNER) or "")),
            "person": _owner(directory, notice.owner),
            "rooftop": _rooftop(directory, str(row.get(ROOFTOP) or "")),
            "recipient": {} if person is None else _person(person),
            "instead_of": {"Name": notice.instead_of} if notice.instead_of else {},
            "respond_by": _shown(instant(row.get(SLA_TARGET_AT)), zone),
            "clock": notice.clock.replace("_", " "),
            "about": _about(notice, zone),
        }
        language = self._language(notice)
        message = self.templates.render(notice.template, language, values)
        if notice.instead_of and INSTEAD_OF in self.templates.names:
            why = self.templates.render(INSTEAD_OF, language, values).title
            message = replace(message, text=f"{why}\n\n{message.text}".strip())
            values["why"] = why
        return message, values

    def _person(self, notice: KeptNotice) -> Person | None:
        return self._knowledge.directory.people.get(RecordId(notice.recipient))

    def _zone(self, notice: KeptNotice) -> str:
        person = self._person(notice)
        return (person.zone if person else None) or FALLBACK_ZONE

    def _language(self, notice: KeptNotice) -> str:
        person = self._person(notice)
        return (person.language if person else None) or self._usual


def _listed(message: Message, values: Mapping[str, Any]) -> dict[str, Any]:
    """One of several: its title says for whom somebody stands in."""
    title = f"{message.title} ({why})" if (why := values.get("why")) else message.title
    return {**values, "title": title}


def _about(notice: KeptNotice, zone: str) -> dict[str, Any]:
    """The figures of a notice that tells of no record, moments as people read them."""
    known: dict[str, Any] = json.loads(notice.about) if notice.about else {}
    return _readable(known, zone)


def _readable(known: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """Moments, in lists of mappings as well, by the clock of a zone."""
    found: dict[str, Any] = {}
    for name, value in known.items():
        if isinstance(value, list):
            found[name] = [_readable(each, zone) for each in value]
        else:
            found[name] = _shown(instant(value), zone) if name.endswith("_at") else value
    return found


def _owner(directory: Directory, owner: str) -> dict[str, Any]:
    person = directory.people.get(RecordId(owner))
    if person is not None:
        return _person(person)
    names = {queue.id: queue.label or queue.name for queue in directory.queues.values()}
    return {"Id": owner, "Name": names.get(RecordId(owner), "")}


def _person(person: Person) -> dict[str, Any]:
    values = {name: person_value(person, name) for name in (*person.fields, *OWNER_NAMES)}
    return {**values, "Id": person.id, "Name": person.name, "Kind": "user"}


def _rooftop(directory: Directory, rooftop: str) -> dict[str, Any]:
    found = directory.rooftops.get(RecordId(rooftop))
    if found is None:
        return {}
    names = (*found.tags, *found.fields, *ROOFTOP_NAMES)
    return {name: rooftop_value(found, name) for name in names}


def _shown(moment: datetime | None, zone: str) -> str:
    """``2026-11-23 10:45 CET``; empty for none."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
