"""How are a query's answers read? All pages, parents' fields by path, nothing of the wire's wrapping."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ortoo_daemon.salesforce.responses import understood
from ortoo_daemon.salesforce.rest import RestClient

Row = TypeVar("Row")


async def query(rest: RestClient, soql: str, *, essential: bool = True) -> list[dict[str, Any]]:
    """Every row of a query, flattened by `flattened`."""
    return await query_as(flattened, rest, soql, essential=essential)


async def query_as(
    read: Callable[[Mapping[str, Any]], Row],
    rest: RestClient,
    soql: str,
    *,
    essential: bool = True,
) -> list[Row]:
    """Every row of a query, as ``read`` makes it of the wire's.

    Pages are read to the end before anything else is done: the org keeps only about ten cursors open. Each is
    read as it comes, for the wire's wrapping takes more memory than what it wraps.
    """
    answer = await rest.call("GET", "query", params={"q": soql}, essential=essential)
    rows: list[Row] = []
    while (more := _page(read, answer, rows)) is not None:
        answer = await rest.call("GET", more, essential=essential)
    return rows


def _page(read: Callable[[Mapping[str, Any]], Row], answer: Any, rows: list[Row]) -> str | None:
    """The rows of a page go to the others; the address of the next page, None after the last."""
    with understood():
        rows.extend(map(read, answer["records"]))
        return None if answer["done"] else str(answer["nextRecordsUrl"])


async def count(rest: RestClient, soql: str, *, essential: bool = True) -> int:
    """The number a ``SELECT COUNT()`` query finds."""
    answer = await rest.call("GET", "query", params={"q": soql}, essential=essential)
    with understood():
        return int(answer["totalSize"])


def flattened(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with parents' fields by path: ``{"Account": {"Region__c": x}}`` is ``Account.Region__c``.

    An empty parent stays as its name with None. Rows of a child query become a list of such rows.
    """
    flat = {name: value for name, value in row.items() if not isinstance(value, dict)}
    if len(flat) == len(row) - ("attributes" in row):
        return flat  # nearly always
    flat = {}
    for name, value in row.items():
        if name == "attributes":
            continue
        if not isinstance(value, dict):  # as JSON is read; asked of every value of every row
            flat[name] = value
        elif "records" in value:
            flat[name] = [flattened(child) for child in value["records"]]
        else:
            flat.update({f"{name}.{path}": inner for path, inner in flattened(value).items()})
    return flat
