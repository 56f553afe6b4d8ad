"""Which handoffs are open or failed, and how are they sent again by hand?

The record itself says how its handoff stands, so this asks the org alone; a running daemon finds within a
minute what is to be sent again.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.action.handoff import DUE, FAILED, OPEN, RESEND
from ortoo_daemon.action.stamps import DECIDED_AT, MODIFIED_AT, POLICY, ROOFTOP
from ortoo_daemon.daemon.asking.requeueing import ParkedRecord
from ortoo_daemon.errors import RecordGoneError
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_TO
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite

_READ = (HANDOFF, HANDOFF_TO, ROOFTOP, POLICY, DECIDED_AT, MODIFIED_AT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHandoff:
    """A record whose handoff waits, or has failed. ``state`` is as the record says it."""

    object: str
    id: RecordId
    state: str
    rooftop: str
    policy: str
    decided_at: datetime | None


def handed_objects(policies: PolicySet) -> list[str]:
    """Objects that some policy hands over."""
    return sorted({each.object for each in policies.policies if each.handoff is not None})


async def open_handoffs(
    org: Org, objects: Iterable[str], *, limit: int, words: Sequence[str] = (*OPEN, FAILED)
) -> list[OpenHandoff]:
    """Those whose state begins with one of ``words``, oldest decisions first. Raises OrgError."""
    found: list[OpenHandoff] = []
    for name in objects:
        any_word = soql.any_of([soql.starts_with(HANDOFF, word) for word in words])
        rows = await org.query(
            soql.select(name, ["Id", *_READ], where=[any_word], order_by=[DECIDED_AT], limit=limit)
        )
        found += [
            OpenHandoff(
                object=name,
                id=record_id(str(row["Id"])),
                state=str(row[HANDOFF]),
                rooftop=str(row[ROOFTOP] or ""),
                policy=str(row[POLICY] or ""),
                decided_at=instant(row[DECIDED_AT]),
            )
            for row in rows
        ]
    return found


async def dead_letters(org: Org, objects: Iterable[str], *, limit: int) -> list[ParkedRecord]:
    """What rooftops' systems refused for good, or did not take for a day. Raises OrgError."""
    found = await open_handoffs(org, objects, limit=limit, words=(FAILED,))
    return [
        ParkedRecord(
            object=each.object,
            id=each.id,
            reason=f"handoff: {each.state}",
            since=each.decided_at,
            policy=each.policy or None,
            noted_in="handoff",
        )
        for each in found
    ]


async def send_again(
    org: Org, objects: Iterable[str], ids: Sequence[RecordId]
) -> tuple[list[RecordId], list[RecordId]]:
    """Mark records to be sent again; those that were, and those that no policy has handed over.

    What the rooftop has taken is marked as sent again, what failed is merely due. Raises OrgError.
    """
    marked: list[RecordId] = []
    for name in objects:
        for some in soql.chunks(ids):
            where = [soql.one_of("Id", some), soql.differs(HANDOFF, None)]
            for row in await org.query(soql.select(name, ["Id", *_READ], where=where)):
                record = Record(object=name, id=record_id(str(row["Id"])), fields=row)
                taken = record.text(HANDOFF_TO) == record.text(ROOFTOP) != ""
                write = RecordWrite(
                    object=name,
                    id=record.id,
                    fields={HANDOFF: RESEND if taken else DUE},
                    modified_at=record.text(MODIFIED_AT),
                )
                with suppress(RecordGoneError):
                    await org.writer.write(write)
                    marked.append(record.id)
    return marked, [each for each in ids if each not in marked]
