"""What goes onto the event bus when a transaction commits?

Change events first, then the platform events published in it. A change that hit several records
alike makes one event, save on channels that show fields of each record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ortoo_daemon.sandbox.bayeux import cdc
from ortoo_daemon.sandbox.bayeux.cdc import Group
from ortoo_daemon.sandbox.bayeux.channels import Channels, Member, change_event_of
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.changes import Change, PlatformEvent, Transaction, cost_of
from ortoo_daemon.sandbox.platform_events import shown
from ortoo_daemon.sandbox.schema import Schema

MOST_CHANGES = 100_000
NO_RECORD = "000000000000000AAA"
OVERFLOW = "GAP_OVERFLOW"
_FIRST_COMMIT_NUMBER = 10_832_042_834_831

Data = dict[str, Any]


class Publisher:
    """Turns committed transactions into events on every channel that takes them.

    Of a transaction, `most_changes` are told; the rest makes one overflow event for each entity.
    `gaps_due` counts, by entity, the next events that are to be gap events instead. `damages_due` holds, by
    entity, what the headers of the next events are to say instead, an event each.
    """

    def __init__(self, *, schema: Schema, channels: Channels, log: EventLog) -> None:
        self._schema = schema
        self._channels = channels
        self._log = log
        self._layouts: dict[str, cdc.Layout] = {}
        self._commit_number = _FIRST_COMMIT_NUMBER
        self.most_changes = MOST_CHANGES
        self.gaps_due: Counter[str] = Counter()
        self.damages_due: dict[str, list[Mapping[str, Any]]] = {}

    def publish(self, transaction: Transaction) -> None:
        """Store the events of one transaction in the log."""
        self._commit_number += 1
        told, overflown = self._told(transaction.changes)
        for sequence, group in enumerate(cdc.groups_of(told), start=1):
            self._publish_group(transaction, self._maybe_gap(group), sequence)
        for entity in overflown:
            self._publish_gap(transaction, entity, OVERFLOW, (NO_RECORD,))
        for event in transaction.events:
            self._publish_event(event)

    def publish_gap(
        self, transaction: Transaction, entity: str, change_type: str, record_ids: Sequence[str]
    ) -> None:
        """Store a gap or overflow event that stands for changes which made no events."""
        self._commit_number += 1
        self._publish_gap(transaction, entity, change_type, record_ids)

    def _told(self, changes: Iterable[Change]) -> tuple[list[Change], list[str]]:
        """The changes that get events of their own, and the entities of those that don't."""
        told: list[Change] = []
        overflown: dict[str, None] = {}
        count = 0
        for change in changes:
            if not self._channels.of(change.entity):
                continue
            count += cost_of(change)
            if count <= self.most_changes:
                told.append(change)
            else:
                overflown[change.entity] = None
        return told, list(overflown)

    def _maybe_gap(self, group: Group) -> Group:
        entity = group.change.entity
        if not self.gaps_due[entity]:
            return group
        self.gaps_due[entity] -= 1
        return Group(changes=group.changes, gap=True)

    def _publish_group(self, transaction: Transaction, group: Group, sequence: int) -> None:
        members = self._channels.of(group.change.entity)
        together = [m for m in members if m.merges or len(group.changes) == 1]
        self._store(transaction, group, sequence, together)
        apart = [m for m in members if m not in together]
        for change in group.changes if apart else ():
            self._store(transaction, Group(changes=(change,), gap=group.gap), sequence, apart)

    def _store(
        self, transaction: Transaction, group: Group, sequence: int, members: Sequence[Member]
    ) -> None:
        header = cdc.header_of(
            transaction,
            group,
            layout=self._layout(group.change.entity),
            sequence=sequence,
            commit_number=self._commit_number,
        )
        if damages := self.damages_due.get(group.change.entity):
            header |= damages.pop(0)
        messages = self._messages(group, header, members)
        if messages:
            self._log.append(messages)

    def _messages(self, group: Group, header: Data, members: Sequence[Member]) -> dict[str, Data]:
        """The event's data per channel; channels that show the same fields share one object."""
        change = group.change
        layout = self._layout(change.entity)

        def payload(extra: tuple[str, ...]) -> Data:
            if group.gap:
                return {"ChangeEventHeader": header}
            return cdc.payload_of(change, header, layout, extra)

        taking = [m for m in members if m.takes(change.after, header)]
        return _by_channel(taking, cdc.schema_id(change_event_of(change.entity)), payload)

    def _publish_gap(
        self, transaction: Transaction, entity: str, change_type: str, record_ids: Sequence[str]
    ) -> None:
        header = cdc.gap_header(
            transaction,
            entity,
            change_type=change_type,
            record_ids=record_ids,
            commit_number=self._commit_number,
        )
        taking = [m for m in self._channels.of(entity) if m.takes_gap(header)]
        schema = cdc.schema_id(change_event_of(entity))
        messages = _by_channel(taking, schema, lambda _extra: {"ChangeEventHeader": header})
        if messages:
            self._log.append(messages)

    def _publish_event(self, event: PlatformEvent) -> None:
        payload = shown(event, self._schema.events[event.entity])
        data: Data = {"schema": cdc.schema_id(event.entity), "payload": payload}
        data["event"] = {"EventUuid": event.uuid}
        taking = [m for m in self._channels.of(event.entity) if m.takes(event.values, {})]
        if taking:
            self._log.append({m.channel: data for m in taking})

    def _layout(self, entity: str) -> cdc.Layout:
        if entity not in self._layouts:
            self._layouts[entity] = cdc.layout_of(self._schema.object(entity))
        return self._layouts[entity]


def _by_channel(
    members: Iterable[Member], schema: str, payload: Callable[[tuple[str, ...]], Data]
) -> dict[str, Data]:
    """Data by channel; one object for all members that show the same extra fields."""
    variants: dict[tuple[str, ...], Data] = {}
    messages = {}
    for member in members:
        extra = member.extra_fields
        if extra not in variants:
            variants[extra] = {"schema": schema, "payload": payload(extra)}
        messages[member.channel] = variants[extra]
    return messages
