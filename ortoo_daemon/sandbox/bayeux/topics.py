"""Which PushTopics does the org have, and which changes does each of them tell?

A PushTopic is a row whose query says which records and fields it is about. A record is told when
it satisfies the query's WHERE as it stands after the change; of an update, `NotifyForFields` says
which changed fields count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.sandbox.bayeux.kinds import TOPICS
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.changes import Change, ChangeType, Transaction
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.platform_events import with_z
from ortoo_daemon.sandbox.schema import FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.compile import compile_query
from ortoo_daemon.sandbox.soql.parse import parse
from ortoo_daemon.sandbox.storage import Row

OBJECT = "PushTopic"
_CHUNK = 2_000
_TYPES = {
    ChangeType.CREATE: ("created", "NotifyForOperationCreate"),
    ChangeType.UPDATE: ("updated", "NotifyForOperationUpdate"),
    ChangeType.DELETE: ("deleted", "NotifyForOperationDelete"),
    ChangeType.UNDELETE: ("undeleted", "NotifyForOperationUndelete"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """One active PushTopic: its row, its query, and the fields whose change it tells (None: all)."""

    row: Row
    select: tree.Select
    entity: str
    moments: frozenset[str]
    watched: frozenset[str] | None

    def wants(self, change: Change) -> bool:
        """Whether this kind of change, to these fields, is told at all."""
        if change.entity != self.entity or not self.row[_TYPES[change.change_type][1]]:
            return False
        if change.change_type is not ChangeType.UPDATE or self.watched is None:
            return True
        return not self.watched.isdisjoint(change.changed_fields)


class Topics:
    """The PushTopics of an org, as they stand in its rows."""

    def __init__(self, org: Org, log: EventLog) -> None:
        self._org = org
        self._log = log
        self._topics: tuple[Topic, ...] | None = None
        org.writer().row_checks[OBJECT] = self.check
        org.on_commit(self.publish)

    def exists(self, channel: str) -> bool:
        """Whether `/topic/Name` may be subscribed to; names are case-sensitive."""
        if not channel.startswith(TOPICS):
            return False
        return bool(self._org.storage.find(OBJECT, Name=channel.removeprefix(TOPICS)))

    def check(self, row: Row) -> None:
        """Refuse a PushTopic that the platform would refuse. Raises OrgError."""
        _topic(self._org.schema, row)

    def publish(self, transaction: Transaction) -> None:
        """Store what one transaction means to each topic."""
        if any(change.entity == OBJECT for change in transaction.changes):
            self._topics = None
        for topic in self._active():
            told = [each for each in transaction.changes if topic.wants(each)]
            for start in range(0, len(told), _CHUNK):
                self._tell(topic, told[start : start + _CHUNK], transaction)

    def _active(self) -> tuple[Topic, ...]:
        if self._topics is None:
            rows = self._org.storage.find(OBJECT, IsActive=True)
            self._topics = tuple(_topic(self._org.schema, row) for row in rows)
        return self._topics

    def _tell(self, topic: Topic, told: Sequence[Change], transaction: Transaction) -> None:
        ids = [each.record_id for each in told]
        user_id = topic.row["CreatedById"]
        found = self._org.queries.among(topic.select, ids, user_id=user_id)
        records = {each["Id"]: each for each in found}
        at = transaction.committed_at.strftime("%Y-%m-%dT%H:%M:%S.")
        created_at = f"{at}{transaction.committed_at.microsecond // 1000:03d}Z"
        for change in told:
            record = records.get(change.record_id)
            if record is None:
                continue
            event = {"createdDate": created_at, "type": _TYPES[change.change_type][0]}
            data = {"event": event, "sobject": _shown(topic, record)}
            self._log.append({f"{TOPICS}{topic.row['Name']}": data})


def _shown(topic: Topic, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: with_z(value) if name in topic.moments else value
        for name, value in record.items()
        if name != "attributes"
    }


def _topic(schema: Schema, row: Row) -> Topic:
    compile_query(schema, row["Query"])
    select = parse(row["Query"])
    kind = schema.object(select.entity)
    selected = frozenset(kind.field(each).name for each in _selected(select))
    if "Id" not in selected:
        raise _refused("the SELECT clause must include Id")
    tested = frozenset(kind.field(each).name for each in _tested(select.where))
    watched = {
        "All": None,
        "Referenced": selected | tested,
        "Select": selected,
        "Where": tested,
    }[row["NotifyForFields"] or "Referenced"]
    return Topic(row, select, kind.name, _moments(kind), watched)


def _selected(select: tree.Select) -> Iterator[str]:
    if select.group_by or select.having or select.order_by or select.counts:
        raise _refused("aggregates, groups and ORDER BY are not supported")
    if select.limit is not None or select.offset is not None:
        raise _refused("LIMIT and OFFSET are not supported")
    for item in select.items:
        if not isinstance(item, tree.Item) or isinstance(item.what, tree.Aggregate):
            raise _refused("the SELECT clause must name plain fields")
        yield _own(item.what)


def _tested(condition: tree.Condition | None) -> Iterator[str]:
    """The fields that a WHERE clause reads."""
    if isinstance(condition, tree.Logical):
        for term in condition.terms:
            yield from _tested(term)
    elif isinstance(condition, tree.Negation):
        yield from _tested(condition.term)
    elif isinstance(condition, tree.SemiJoin):
        raise _refused("semi-joins are not supported")
    elif condition is not None and isinstance(condition.operand, tree.Path):
        yield _own(condition.operand)


def _own(path: tree.Path) -> str:
    if len(path.names) > 1:
        raise _refused(f"relationships are not supported: {path}")
    return path.names[0]


def _moments(kind: ObjectType) -> frozenset[str]:
    return frozenset(f.name for f in kind.stored if f.type is FieldType.DATETIME)


def _refused(what: str) -> OrgError:
    return OrgError("INVALID_FIELD", f"PushTopic query: {what}", ("Query",))
