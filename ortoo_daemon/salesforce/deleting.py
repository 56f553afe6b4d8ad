"""How are rows taken out of the org? Up to 200 in a call; one that is gone already is as good as deleted."""

from collections.abc import Sequence

from ortoo_daemon.errors import RecordGoneError
from ortoo_daemon.salesforce.responses import row_error, understood
from ortoo_daemon.salesforce.rest import RestClient

_IN_A_CALL = 200
"""The platform's bound of `DELETE composite/sobjects`."""


async def delete_rows(rest: RestClient, ids: Sequence[str], *, essential: bool = True) -> None:
    """Raises OrgError: that of a call, or of the first row that can't be deleted; others are gone then."""
    for first in range(0, len(ids), _IN_A_CALL):
        params = {"ids": ",".join(ids[first : first + _IN_A_CALL]), "allOrNone": "false"}
        answer = await rest.call(
            "DELETE", "composite/sobjects", params=params, essential=essential, idempotent=True
        )
        with understood(writing=True):
            refused = [row_error(row["errors"]) for row in answer if not row["success"]]
        for error in refused:
            if not isinstance(error, RecordGoneError):
                raise error
