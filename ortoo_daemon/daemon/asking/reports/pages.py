"""How are very many rows read without holding them, or a cursor of the org? By pages in the order of ids."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

ROWS_IN_A_PAGE = 2_000


async def pages(
    org: Org,
    object_name: str,
    fields: Sequence[str],
    where: Sequence[soql.Condition],
    *,
    rows: int = ROWS_IN_A_PAGE,
) -> AsyncIterator[list[dict[str, Any]]]:
    """Pages of rows with parents' fields by path; a row that comes in while they are read may be among them.

    Raises OrgError. Not essential: it is refused when the day's calls are nearly used up.
    """
    last = ""
    while True:
        beyond = [soql.above("Id", last)] if last else []
        text = soql.select(
            object_name,
            list(dict.fromkeys(["Id", *fields])),
            where=[*where, *beyond],
            order_by=["Id"],
            limit=rows,
        )
        found = await org.query(text, essential=False)
        if found:
            yield found
        if len(found) < rows:
            return
        last = str(found[-1]["Id"])
