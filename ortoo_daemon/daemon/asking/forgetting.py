"""What is kept of a customer about whom decisions were made, and how is it erased? The envelope stays.

Of each decision record go the trace, the facts and the written values; what stays tells that, when, by which
policy and to whom a record was given, which is what the dealers' agreements are settled by. The record itself
is the org's: erasing it is the business of whoever keeps the customers.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from ortoo_daemon.audit.record import ERASED_AT, KEY, OBJECT, PERSONAL
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


async def decisions_of(org: Org, ids: Collection[RecordId]) -> Mapping[str, RecordId]:
    """The keys of all decisions about these records, each with its record. Raises OrgError."""
    found: dict[str, RecordId] = {}
    for part in soql.chunks(sorted(ids)):
        text = soql.select(OBJECT, [KEY, "Record_Id__c"], where=[soql.one_of("Record_Id__c", part)])
        rows = await org.query(text)
        found |= {str(row[KEY]): RecordId(row["Record_Id__c"]) for row in rows}
    return found


async def forget(
    org: Org, decisions: Mapping[str, RecordId], *, now: datetime
) -> Mapping[RecordId, int]:
    """Erase what these decisions hold of their customers; how many each record had.

    To do it twice is no harm. Raises OrgError; what was erased until then stays erased.
    """
    emptied = {**dict.fromkeys(PERSONAL), ERASED_AT: instant_text(now)}
    await org.writer.upsert(OBJECT, KEY, [{KEY: key, **emptied} for key in sorted(decisions)])
    return Counter(decisions.values())
