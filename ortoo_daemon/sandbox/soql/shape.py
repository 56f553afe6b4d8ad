"""How does a result row become a record?  SQL values to the JSON that the platform answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

Values = Sequence[Any]
Record = dict[str, Any]
EntityOfId = Callable[[str], str]  # key prefix → object name, for polymorphic parents


@dataclass(slots=True, kw_only=True)
class Shape:
    """One level of a record: which value goes where.

    `entity` is the object's name, "Name" for a polymorphic parent. `plain` are (field, position), in the
    order in which they were asked for, `booleans` those of them that SQL keeps as numbers; `compounds` are
    (field, positions of its parts by JSON name).
    """

    entity: str
    id_at: int = -1
    plain: list[tuple[str, int]] = field(default_factory=list)
    booleans: list[str] = field(default_factory=list)
    compounds: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    parents: dict[str, Shape] = field(default_factory=dict)
    _reader: tuple[list[str], Callable[[Values], Values]] | None = None

    def record(self, values: Values, base: str, entity_of_id: EntityOfId) -> Record | None:
        """The record, or None where a parent is missing. `base`: `/services/data/v66.0`."""
        record_id = values[self.id_at]
        if record_id is None:
            return None
        owner = entity_of_id(record_id) if self.entity == "Name" else self.entity
        url = f"{base}/sobjects/{owner}/{record_id}"
        record: Record = {"attributes": {"type": self.entity, "url": url}}
        names, take = self._plain_reader()
        record.update(zip(names, take(values), strict=True))
        for name in self.booleans:
            value = record[name]
            record[name] = None if value is None else bool(value)
        for name, parts in self.compounds:
            record[name] = compound({part: values[at] for part, at in parts.items()})
        for name, parent in self.parents.items():
            record[name] = parent.record(values, base, entity_of_id)
        return record

    def _plain_reader(self) -> tuple[list[str], Callable[[Values], Values]]:
        """Names and values of the plain fields at one stroke: pages hold thousands of rows."""
        if self._reader is None or len(self._reader[0]) != len(self.plain):
            # Twice the first, so that itemgetter answers with a tuple for a single field too.
            positions = [at for _, at in self.plain]
            getter = itemgetter(*positions, positions[0]) if positions else None
            take = (lambda values: getter(values)[:-1]) if getter else (lambda values: ())
            self._reader = ([name for name, _ in self.plain], take)
        return self._reader


def compound(parts: Record) -> Record | None:
    """A compound address, or null when all of it is empty."""
    return parts if any(value is not None for value in parts.values()) else None


def part_name(compound_name: str, part: str) -> str:
    """The JSON member for a part of a compound: BillingPostalCode of BillingAddress is postalCode."""
    stem = part.removeprefix(compound_name.removesuffix("Address"))
    return stem[0].lower() + stem[1:]


@dataclass(slots=True)
class AggregateShape:
    """A row of grouped values, named by alias, field or `exprN`."""

    names: list[str]
    booleans: list[str]

    def record(self, values: Values, _base: str, _entity_of_id: EntityOfId) -> Record:
        record: Record = {"attributes": {"type": "AggregateResult"}}
        record.update(zip(self.names, values, strict=True))
        for name in self.booleans:
            record[name] = bool(record[name])
        return record
