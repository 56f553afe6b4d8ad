"""Of which records has the customer's consent come or gone, and nobody has heard of it?

The safety net under the event stream for those who see records by consent: it asks the org for records that
say so and were changed lately. Pure but for its ports.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from ortoo_daemon.action.consents import HELD
from ortoo_daemon.action.stamps import ASSIGNED_OWNER, DECIDED_AT, OWNER, PARKED, POLICY, ROOFTOP
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.share_model import SHARING, consent_fields
from ortoo_daemon.records import FieldValue, Record, WorkItem, record_id
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut
from ortoo_daemon.sweeps.said import CHANGED_AT, said
from ortoo_daemon.sweeps.writable import writable

_READ = frozenset(
    {OWNER, ASSIGNED_OWNER, POLICY, ROOFTOP, DECIDED_AT, "CreatedDate", SHARING, CHANGED_AT}
)

IsDue = Callable[[Policy, WorkItem, Record], bool]
"""Whether consent has come or gone for the record, by the policy that it names."""


async def find_consents(
    org_query: OrgQuery,
    queue_put: QueuePut,
    policies: Iterable[Policy],
    is_due: IsDue,
    *,
    since: datetime,
    all_held: bool,
    now: datetime,
) -> tuple[int, int]:
    """How many records were found, and how many of them nobody had heard of. One call for each object whose
    policies ask for consent. ``all_held``: also of records that were not changed ``since``, where somebody
    waits for it. Raises what the ports raise."""
    asking = [each for each in policies if consent_fields(each.share)]
    found = put = 0
    for name in sorted({each.object for each in asking}):
        named = {each.name: each for each in asking if each.object == name}
        rows = await org_query(_sharing(name, named.values(), since, all_held=all_held))
        items = [
            item
            for row in rows
            if (policy := named.get(str(row[POLICY] or ""))) is not None
            and is_due(policy, item := said(name, row, word="consent", now=now), _record(name, row))
        ]
        found, put = found + len(items), put + (await queue_put(items) if items else 0)
    return found, put


def _sharing(name: str, policies: Iterable[Policy], since: datetime, *, all_held: bool) -> str:
    """Parked records wait for a person."""
    asked = {each for policy in policies for rule in policy.share for each in rule.fields_read()}
    fields = sorted(_READ | {each for each in asked if not each.startswith("$")})
    lately = f"SystemModstamp >= {instant_text(since)}"
    where = f"({SHARING} LIKE '{HELD}%' OR {lately})" if all_held else lately
    conditions = (f"{SHARING} != null", where, f"{PARKED} = null", *writable(name))
    return f"SELECT Id, {', '.join(fields)} FROM {name} WHERE {' AND '.join(conditions)}"


def _record(name: str, row: Mapping[str, FieldValue]) -> Record:
    return Record(object=name, id=record_id(str(row["Id"])), fields=row)
