"""What does a record look like now? Reads of many callers share a query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ortoo_daemon.errors import OrgError, PermanentOrgError
from ortoo_daemon.records import Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.queries import flattened, query_together_as
from ortoo_daemon.salesforce.rest import RestClient

RECORDS_IN_A_QUERY = 200
_RECORDS_IN_A_CALL = 400
"""Two queries in one call; a burst has no more in hand for this stage at a time."""


class _Ask(NamedTuple):
    object: str
    id: RecordId
    fields: frozenset[str]


class RecordReader:
    """Reads single records, 200 a query, two queries a call."""

    def __init__(self, rest: RestClient, *, collect_for: float = 0.008, in_flight: int = 4) -> None:
        self._rest = rest
        self._batcher: Batcher[_Ask, Record | None] = Batcher(
            self._read, at_most=_RECORDS_IN_A_CALL, collect_for=collect_for, in_flight=in_flight
        )

    async def read(self, object_name: str, id: RecordId, fields: frozenset[str]) -> Record | None:
        """The record with exactly these fields (paths allowed), None when it is gone.

        Raises PermanentOrgError naming a field that does not exist or that the user may not read.
        """
        return await self._batcher.ask(_Ask(object_name, record_id(id), fields))

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """As `Batcher.follow`."""
        return self._batcher.follow(before)

    async def close(self) -> None:
        await self._batcher.close()

    async def _read(self, asks: Sequence[_Ask]) -> list[Record | Exception | None]:
        """One query for each object and set of fields among the asks; nearly always that is one."""
        groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
        for number, ask in enumerate(asks):
            groups[ask.object, ask.fields].append(number)
        answers: list[Record | Exception | None] = [None] * len(asks)
        for (object_name, fields), numbers in groups.items():
            ids = {asks[number].id for number in numbers}
            try:
                records = await read_records(self._rest, object_name, ids, fields)
            except OrgError as error:
                for number in numbers:
                    answers[number] = error
                continue
            for number in numbers:
                answers[number] = records.get(asks[number].id)
        return answers


async def read_records(
    rest: RestClient, object_name: str, ids: Iterable[RecordId], fields: Iterable[str]
) -> dict[RecordId, Record]:
    """The records that exist, by id."""
    wanted = sorted({"Id", *fields})
    beside = soql.select(object_name, wanted, where=[soql.one_of("Id", [""])])
    texts = [
        soql.select(object_name, wanted, where=[soql.one_of("Id", part)])
        for part in soql.chunks(sorted(ids), beside=beside, at_most=RECORDS_IN_A_QUERY)
    ]
    try:
        answers = await query_together_as(partial(_record, object_name, wanted), rest, texts)
    except PermanentOrgError as error:
        raise _explained(error, object_name) from None
    return {record.id: record for records in answers for record in records}


def _record(object_name: str, wanted: Sequence[str], row: Mapping[str, Any]) -> Record:
    """The asked fields under the names they were asked by; SOQL itself does not mind letter case."""
    fields = flattened(row)
    if list(fields) != wanted:  # a parent's field, another case, more than was asked, another order
        fields = _by_path(fields, wanted)
    return Record(object=object_name, id=record_id(row["Id"]), fields=fields)


def _by_path(row: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    """Fields of a flattened row; what a path leads to is None where the parent is empty."""
    try:
        return {name: row[name] for name in wanted}
    except KeyError:  # another case, or an empty parent in a path's place
        by_folded = {name.casefold(): value for name, value in row.items()}
        return {name: by_folded.get(name.casefold()) for name in wanted}


def _explained(error: PermanentOrgError, object_name: str) -> PermanentOrgError:
    if error.code not in ("INVALID_FIELD", "INVALID_TYPE"):
        return error
    names = ", ".join(f"{object_name}.{name}" for name in error.fields) or object_name
    return PermanentOrgError(
        error.code,
        f"{names} can't be read: it does not exist, or the daemon's user has no access to it "
        f"(object and field permissions, permission set Ortoo_Daemon). The org says: {error.message}",
        fields=error.fields,
        status=error.status,
    )
