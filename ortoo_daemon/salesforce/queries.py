"""How are a query's answers read? All pages, parents' fields by path, nothing of the wire's wrapping."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ortoo_daemon.errors import PermanentOrgError, TemporaryOrgError
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.responses import error_of, understood
from ortoo_daemon.salesforce.rest import RestClient

Row = TypeVar("Row")

_CURSOR_GONE = "INVALID_QUERY_LOCATOR"
_TRIES = 2

QUERIES_IN_A_CALL = 5
"""A composite call takes so many queries, and counts as one."""


async def query(rest: RestClient, text: str, *, essential: bool = True) -> list[dict[str, Any]]:
    """Every row of a SOQL query, flattened by `flattened`."""
    return await query_as(flattened, rest, text, essential=essential)


async def query_together(rest: RestClient, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Every row of each query, flattened by `flattened`; calls and errors as of `query_together_as`."""
    return await query_together_as(flattened, rest, texts)


async def query_together_as(
    read: Callable[[Mapping[str, Any]], Row], rest: RestClient, texts: Sequence[str]
) -> list[list[Row]]:
    """Every row of each query, as ``read`` makes it of the wire's; as many queries to a call as it carries.

    Raises what one of them does.
    """
    found: list[list[Row]] = []
    for begin in range(0, len(texts), QUERIES_IN_A_CALL):
        together = texts[begin : begin + QUERIES_IN_A_CALL]
        if len(together) == 1 and soql.uri_length(together[0]) <= soql.LONGEST_URI:
            found.append(await query_as(read, rest, together[0]))
        else:
            found += await _in_one_call(read, rest, together)
    return found


async def _in_one_call(
    read: Callable[[Mapping[str, Any]], Row], rest: RestClient, texts: Sequence[str]
) -> list[list[Row]]:
    body = {
        "allOrNone": False,
        "compositeRequest": [
            {
                "method": "GET",
                "url": f"{rest.root}query?q={soql.in_uri(text)}",
                "referenceId": f"query{number}",
            }
            for number, text in enumerate(texts)
        ],
    }
    answer = await rest.call("POST", "composite", body=body, idempotent=True)
    with understood():
        parts = {part["referenceId"]: part for part in answer["compositeResponse"]}
        found = [parts[f"query{number}"] for number in range(len(texts))]
    return [await _rows_of_part(read, rest, part) for part in found]


async def _rows_of_part(
    read: Callable[[Mapping[str, Any]], Row], rest: RestClient, part: Mapping[str, Any]
) -> list[Row]:
    with understood():
        status, answer = int(part["httpStatusCode"]), part["body"]
    if status >= 400:
        raise error_of(status, answer, resource="GET query")
    return await _pages(read, rest, answer)


async def query_as(
    read: Callable[[Mapping[str, Any]], Row],
    rest: RestClient,
    text: str,
    *,
    essential: bool = True,
) -> list[Row]:
    """Every row of a query, as ``read`` makes it of the wire's; asked once more where its pages are gone.

    Pages are read to the end before anything else is done: the org keeps only about ten cursors open. Each is
    read as it comes, for the wire's wrapping takes more memory than what it wraps.
    """
    for attempt in range(_TRIES):
        answer = await rest.call("GET", "query", params={"q": text}, essential=essential)
        try:
            return await _pages(read, rest, answer, essential=essential)
        except TemporaryOrgError as error:
            if error.code != _CURSOR_GONE or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


async def _pages(
    read: Callable[[Mapping[str, Any]], Row],
    rest: RestClient,
    answer: Any,
    *,
    essential: bool = True,
) -> list[Row]:
    """The rows of a query's first page and of those that follow.

    Raises TemporaryOrgError where the org no longer has the cursor, or leads round in a circle: the whole
    query is worth another try.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    while (more := _page(read, answer, rows)) is not None:
        if more in seen:
            raise TemporaryOrgError("UNREADABLE_ANSWER", "the pages of a query have no end")
        seen.add(more)
        try:
            answer = await rest.call("GET", more, essential=essential)
        except PermanentOrgError as error:
            raise TemporaryOrgError(error.code, error.message, status=error.status) from error
    return rows


def _page(read: Callable[[Mapping[str, Any]], Row], answer: Any, rows: list[Row]) -> str | None:
    """The rows of a page go to the others; the address of the next page, None after the last."""
    with understood():
        rows.extend(map(read, answer["records"]))
        return None if answer["done"] else str(answer["nextRecordsUrl"])


async def count(rest: RestClient, text: str, *, essential: bool = True) -> int:
    """The number a ``SELECT COUNT()`` query finds."""
    answer = await rest.call("GET", "query", params={"q": text}, essential=essential)
    with understood():
        return int(answer["totalSize"])


def flattened(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with parents' fields by path: ``{"Account": {"Region__c": x}}`` is ``Account.Region__c``.

    An empty parent stays as its name with None. Rows of a child query become a list of such rows.
    """
    flat = dict(row)
    flat.pop("attributes", None)
    if dict not in map(type, flat.values()):
        return flat  # nearly always
    flat = {}
    for name, value in row.items():
        if name == "attributes":
            continue
        if not isinstance(value, dict):
            flat[name] = value
        elif "records" in value:
            flat[name] = [flattened(child) for child in value["records"]]
        else:
            flat.update({f"{name}.{path}": inner for path, inner in flattened(value).items()})
    return flat
