"""How did a record get to rooftops' own systems, and who there accepted it?

Each try out of the journal; receipts and acceptances out of the record's own trail, which outlives it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ortoo_daemon.action.handoff import message_id
from ortoo_daemon.action.stamps import CUSTODY
from ortoo_daemon.daemon.asking.happening import Happening
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import HANDOFF
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.tries import HandoffTry, TryOutcome

_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC:? (accepted by|handed to) (.+)")
_SAME = timedelta(minutes=2)
"""Lines of the trail have whole minutes."""

_SAID = {
    TryOutcome.SENT: "taken by {}",
    TryOutcome.FAILED: "not taken by {}, tried again",
    TryOutcome.GIVEN_UP: "not taken by {}, and tried no more",
    TryOutcome.HELD: "held back from {}",
    TryOutcome.WITHDRAWN: "not sent to {} any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """``handoff`` is what the record says of it now."""

    happenings: tuple[Happening, ...] = ()
    handoff: str = ""


async def trail_of(org: Org, object_name: str, id: RecordId, tries: Sequence[HandoffTry]) -> Trail:
    """What is known of a record's handoffs; nothing where its object has none. Raises OrgError."""
    fields = ["Id", CUSTODY, HANDOFF]
    try:
        rows = await org.query(soql.select(object_name, fields, where=[soql.equals("Id", id)]))
    except PermanentOrgError:
        rows = []
    row = rows[0] if rows else {}
    names = await _names(org, sorted({each.recipient for each in tries}))
    told = [_tried(each, names.get(each.recipient, each.recipient)) for each in tries]
    sent = [each.at for each in tries if each.outcome is TryOutcome.SENT]
    told += _of_trail(str(row.get(CUSTODY) or ""), sent)
    return Trail(happenings=tuple(told), handoff=str(row.get(HANDOFF) or ""))


async def _names(org: Org, rooftops: Sequence[str]) -> dict[str, str]:
    if not rooftops:
        return {}
    where = [soql.one_of("Id", rooftops)]
    found = await org.query(soql.select("Account", ["Id", "Name"], where=where))
    return {str(row["Id"]): str(row["Name"]) for row in found}


def _tried(made: HandoffTry, name: str) -> Happening:
    text = f"{_SAID[made.outcome].format(name)} by {made.way}"
    if made.outcome is TryOutcome.SENT:
        text += f" as {message_id(made.key)[:12]}…"
        text += f", receipt {made.note}" if made.note else ""
    elif made.note:
        text += f": {made.note}"
    if made.times > 1:
        text += f" ({made.times} times, until {made.until:%Y-%m-%d %H:%M:%S}Z)"
    details = {
        "outcome": made.outcome.value,
        "way": made.way,
        "rooftop": made.recipient,
        "id": message_id(made.key),
        "note": made.note,
        "times": made.times,
        "until": instant_text(made.until),
    }
    return Happening(at=made.at, kind="handoff", text=text, by="the daemon", details=details)


def _of_trail(custody: str, sent: Sequence[datetime]) -> Iterator[Happening]:
    """Lines that no try tells at length."""
    for line in custody.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            continue
        at = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        if found[2] == "accepted by":
            yield Happening(at=at, kind="accepted", text="", by=found[3])
        elif not any(abs(each - at) <= _SAME for each in sent):
            yield Happening(at=at, kind="handoff", text=f"handed to {found[3]}", by="the daemon")
