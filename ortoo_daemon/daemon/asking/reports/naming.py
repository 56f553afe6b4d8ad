"""What are groups called, also those the directory no longer has? People who left, rooftops that closed."""

from collections.abc import Iterable

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.records import RecordId
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import ALL, Placing
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.directory_rows import Sharing, rooftop
from ortoo_daemon.salesforce.org import Org

_OF_NONE = {
    Dimension.ROOFTOP: "no rooftop",
    Dimension.GROUP: "no group",
    Dimension.REGION: "no region",
    Dimension.BRAND: "no brand",
    Dimension.SOURCE: "no source",
    Dimension.PROGRAMME: "no programme",
    Dimension.PERSON: "nobody",
}


async def find_closed(
    org: Org, mapping: DirectoryMapping, placing: Placing, sites: Iterable[str]
) -> None:
    """Rooftops that records name and the directory has no more, with their group and region, so that what
    they sold still counts there."""
    missing = sorted({id for id in sites if id and placing.rooftop(id) is None})
    names = sorted({"Id", *mapping.rooftops.api_names()})
    for part in soql.chunks(missing):
        where = [soql.one_of("Id", part)]
        for row in await org.query(soql.select(mapping.rooftops.source, names, where=where)):
            found = rooftop(row, mapping, Sharing())
            placing.closed[found.id] = found


class Naming:
    """Names by dimension and key; asks the org once for all that the directory does not know."""

    def __init__(self, org: Org, mapping: DirectoryMapping, placing: Placing) -> None:
        self._org = org
        self._mapping = mapping
        self._placing = placing
        self._asked: dict[tuple[Dimension, str], str] = {}
        self._queues: dict[str, str] = {
            each.id: each.label or each.name for each in placing.directory.queues.values()
        }

    async def learn(self, dimension: Dimension, keys: Iterable[str]) -> None:
        """Raises OrgError."""
        if dimension is Dimension.GROUP:
            wanted = [key for key in keys if key]
            await self._ask(dimension, self._mapping.rooftops.source, wanted, ("Name",))
        elif dimension is Dimension.PERSON:
            people = self._placing.directory.people
            users = [key for key in keys if key and key not in people and key not in self._queues]
            await self._ask(dimension, "User", users, ("Name", "IsActive"))

    def name(self, dimension: Dimension, key: str) -> str:
        """As people know it."""
        if key == ALL:
            return _OF_NONE[dimension]
        match dimension:
            case Dimension.ROOFTOP:
                return self._rooftop(key)
            case Dimension.PERSON:
                return self._person(key)
            case Dimension.GROUP:
                return self._asked.get((dimension, key), f"deleted ({key})")
            case _:
                return self._placing.written.get((dimension, key), key)

    def _rooftop(self, key: str) -> str:
        site: Rooftop | None = self._placing.directory.rooftops.get(RecordId(key))
        if site is not None:
            return site.name
        closed = self._placing.closed.get(key)
        return f"{closed.name} (closed)" if closed else f"deleted ({key})"

    def _person(self, key: str) -> str:
        person = self._placing.directory.people.get(RecordId(key))
        if person is not None:
            return person.name
        if key in self._queues:
            return f"queue {self._queues[key]}"
        return self._asked.get((Dimension.PERSON, key), f"deleted ({key})")

    async def _ask(
        self, dimension: Dimension, entity: str, ids: Iterable[str], fields: tuple[str, ...]
    ) -> None:
        wanted = sorted({id for id in ids if (dimension, id) not in self._asked})
        for part in soql.chunks(wanted):
            text = soql.select(entity, ["Id", *fields], where=[soql.one_of("Id", part)])
            for row in await self._org.query(text):
                left = " (left)" if row.get("IsActive") is False else ""
                self._asked[dimension, row["Id"]] = f"{row['Name']}{left}"
