"""What goes onto the event bus when a transaction commits?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ortoo_daemon.sandbox.bayeux import cdc
from ortoo_daemon.sandbox.bayeux.channels import Channels, Member, change_event_of
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.changes import Change, Transaction
from ortoo_daemon.sandbox.schema import Schema

_FIRST_COMMIT_NUMBER = 10_832_042_834_831


class Publisher:
    """Turns committed transactions into change events on every channel that takes them."""

    def __init__(self, *, schema: Schema, channels: Channels, log: EventLog) -> None:
        self._schema = schema
        self._channels = channels
        self._log = log
        self._layouts: dict[str, cdc.Layout] = {}
        self._commit_number = _FIRST_COMMIT_NUMBER

    def publish(self, transaction: Transaction) -> None:
        """Store the events of one transaction in the log."""
        self._commit_number += 1
        sequence = 0
        for change in transaction.changes:
            members = self._channels.of(change.entity)
            if not members:
                continue
            sequence += 1
            layout = self._layout(change.entity)
            header = cdc.header_of(
                transaction,
                change,
                layout=layout,
                sequence=sequence,
                commit_number=self._commit_number,
            )
            messages = self._messages(change, header, members, layout)
            if messages:
                self._log.append(messages)

    def _messages(
        self,
        change: Change,
        header: dict[str, Any],
        members: Iterable[Member],
        layout: cdc.Layout,
    ) -> dict[str, dict[str, Any]]:
        """The event's data per channel; channels that show the same fields share one object."""
        schema = cdc.schema_id(change_event_of(change.entity))
        variants: dict[tuple[str, ...], dict[str, Any]] = {}
        messages = {}
        for member in members:
            if not member.takes(change.after, header):
                continue
            extra = member.extra_fields
            if extra not in variants:
                payload = cdc.payload_of(change, header, layout, extra)
                variants[extra] = {"schema": schema, "payload": payload}
            messages[member.channel] = variants[extra]
        return messages

    def _layout(self, entity: str) -> cdc.Layout:
        if entity not in self._layouts:
            self._layouts[entity] = cdc.layout_of(self._schema.object(entity))
        return self._layouts[entity]
