"""How do the cases that a mail is split into get into the org, each once?

Those that stand already are left as they are: people may work on them. The rest is made by upsert on the
split key, so that a crash, a lost answer or the same e-mail again makes nothing twice. Each is put on the
queue before its parent is written: a crash in between begins anew with the parent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from ortoo_daemon.consequences import NewRecord
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

PutToWork = Callable[[Sequence[WorkItem]], Awaitable[object]]

_NEEDED = frozenset({"ParentId"})
_MOST_REFUSALS = 12


async def left_to_sweeps(items: Sequence[WorkItem]) -> None:
    """Where there is no queue at hand: reconciliation finds records that nobody decided."""


@dataclass(frozen=True, slots=True)
class Children:
    """Makes the records that a decision names."""

    org: Org
    put: PutToWork

    async def make(self, decision: Decision, now: datetime) -> Sequence[RecordId]:
        """All of them stand and wait for their own decision afterwards. Raises OrgError and StateError."""
        if not decision.children:
            return ()
        standing = await self._standing(decision.children)
        lacking = [child for child in decision.children if child.key not in standing]
        await asyncio.gather(*(self._make(decision, child) for child in lacking))
        ids = await self._standing(decision.children) if lacking else standing
        items = [
            WorkItem(
                object=child.object,
                record_id=ids[child.key],
                reason=WorkReason.SPLIT,
                heard_at=now,
            )
            for child in decision.children
            if child.key in ids
        ]
        await self.put(items)
        if lacking:
            made = [ids[child.key] for child in lacking if child.key in ids]
            _log.info("record_split", object=decision.object, record=decision.record_id, made=made)
        return [item.record_id for item in items]

    async def _make(self, decision: Decision, child: NewRecord) -> None:
        """Without the values that the org refuses: they never cost the case itself."""
        fields = dict(child.fields)
        for _ in range(_MOST_REFUSALS):
            try:
                await self.org.writer.upsert(
                    child.object, child.key_field, [{**fields, child.key_field: child.key}]
                )
            except PermanentOrgError as error:
                blamed = frozenset(error.fields) & fields.keys() - _NEEDED
                if not blamed:
                    raise
                fields = _without(fields, blamed)
                _log.warning(
                    "child_field_refused",
                    record=decision.record_id,
                    code=error.code,
                    fields=sorted(blamed),
                )
            else:
                return
        await self.org.writer.upsert(
            child.object,
            child.key_field,
            [{**_kept(fields, _NEEDED), child.key_field: child.key}],
        )

    async def _standing(self, children: Sequence[NewRecord]) -> Mapping[str, RecordId]:
        first = children[0]
        rows = await self.org.query(
            soql.select(
                first.object,
                ["Id", first.key_field],
                where=[soql.one_of(first.key_field, [child.key for child in children])],
            )
        )
        return {str(row[first.key_field]): record_id(str(row["Id"])) for row in rows}


def _without(fields: Mapping[str, FieldValue], names: frozenset[str]) -> dict[str, FieldValue]:
    return {name: value for name, value in fields.items() if name not in names}


def _kept(fields: Mapping[str, FieldValue], names: frozenset[str]) -> dict[str, FieldValue]:
    return {name: value for name, value in fields.items() if name in names}
