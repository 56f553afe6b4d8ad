"""How does a row come to stand together with events that tell of it, once?

One /composite call with ``allOrNone``: the row is created under its unique key, then the events. A call that
is repeated finds the key taken and publishes nothing: whatever answer was lost, the events went out with the
row that stands. Events "after commit" go out when all of it is committed; those "immediately" once the row
was taken.
"""

from collections.abc import Sequence

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.whole_writes import NewRow, first_error, made

_THERE = "DUPLICATE_VALUE"


async def create_and_publish(rest: RestClient, row: NewRow, events: Sequence[NewRow]) -> bool:
    """Whether this call made the row; False: it stood already, with its events.

    Raises PermanentOrgError where row or event are refused, TemporaryOrgError for what may pass: then neither
    stands, or nobody knows, and the same call may be made again.
    """
    parts = [made(rest, each, f"row{number}") for number, each in enumerate((row, *events))]
    body = {"allOrNone": True, "compositeRequest": parts}
    answer = await rest.call("POST", "composite", body=body, idempotent=True)
    error = first_error(answer)
    if error is None:
        return True
    if isinstance(error, PermanentOrgError) and error.code == _THERE:
        return False
    raise error
