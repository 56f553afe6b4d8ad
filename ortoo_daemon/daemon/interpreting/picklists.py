"""Which values do fields take that are picklists? The org's own active ones, nothing else.

The org is looked at once in a while and object. What a map of e-mails finds is held against them before rules
see it. What a model is asked for is narrowed to what the field takes: an answer outside of it does not count,
and is asked for again or left out, like any that is wrong.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from time import monotonic
from typing import Protocol

import structlog

from ortoo_daemon.descriptions import FieldDescription, ObjectDescription
from ortoo_daemon.errors import OrgError
from ortoo_daemon.facts import Unlisted, UnlistedQuestion
from ortoo_daemon.interpretation import InterpretQuestion, Wanted, WantedKind
from ortoo_daemon.policy.values import fold

_log = structlog.get_logger("ortoo_daemon.records")

KEPT_FOR = 600.0
"""Seconds: a value that an admin adds or retires is heard of within ten minutes."""

_LISTS = frozenset({"picklist", "multipicklist", "combobox"})


class Describes(Protocol):
    """The org, as far as its fields go."""

    async def describe(self, object_name: str) -> ObjectDescription: ...


class Picklists:
    """Raises nothing: while the org can't be looked at, what was known last holds."""

    def __init__(self, org: Describes, clock: Callable[[], float] = monotonic) -> None:
        self._org = org
        self._clock = clock
        self._known: dict[str, tuple[float, Mapping[str, FieldDescription]]] = {}
        self._turn = asyncio.Lock()

    async def narrowed(self, question: InterpretQuestion) -> InterpretQuestion:
        """The question with the values that the org takes. A name without any left is not asked for."""
        fields = await self._fields(question.object)
        wanted = tuple(_narrowed(question.wanted, fields))
        return question if wanted == question.wanted else replace(question, wanted=wanted)

    async def unlisted(self, question: UnlistedQuestion) -> Unlisted:
        """Values that the org would refuse; none while it can't be looked at."""
        fields = await self._fields(question.object)
        return frozenset(
            (name, value)
            for name, value in question.values
            if name in fields and fields[name].restricted and not _is_listed(fields[name], value)
        )

    async def _fields(self, object_name: str) -> Mapping[str, FieldDescription]:
        fields, good = self._kept(object_name)
        if good:
            return fields
        async with self._turn:
            fields, good = self._kept(object_name)
            return fields if good else await self._described(object_name, fields)

    def _kept(self, object_name: str) -> tuple[Mapping[str, FieldDescription], bool]:
        """What is known, and whether it is fresh enough."""
        read_at, fields = self._known.get(object_name, (None, {}))
        return fields, read_at is not None and self._clock() < read_at + KEPT_FOR

    async def _described(
        self, object_name: str, fields: Mapping[str, FieldDescription]
    ) -> Mapping[str, FieldDescription]:
        try:
            described = await self._org.describe(object_name)
        except OrgError as error:
            _log.warning("ai.no_picklists", object=object_name, error=str(error))
        else:
            lists = described.fields.items()
            fields = {name: each for name, each in lists if each.type in _LISTS and each.values}
        self._known[object_name] = (self._clock(), fields)
        return fields


def _is_listed(field: FieldDescription, value: str) -> bool:
    listed = {fold(each) for each in field.values}
    parts = value.split(";") if field.type == "multipicklist" else [value]
    return all(fold(part.strip()) in listed for part in parts)


def _narrowed(
    wanted: tuple[Wanted, ...], fields: Mapping[str, FieldDescription]
) -> Iterator[Wanted]:
    for each in wanted:
        described = fields.get(each.name)
        if described is None:
            yield each
            continue
        listed = {fold(value): value for value in described.values}
        if each.kind is WantedKind.CHOICE:
            written = each.written or each.choices
            pairs = [
                (choice, value)
                for choice, value in zip(each.choices, written, strict=True)
                if all(fold(part.strip()) in listed for part in value.split(";") if part)
            ]
            if pairs:
                choices, values = zip(*pairs, strict=True)
                yield each._replace(choices=choices, written=values)
        elif each.kind is WantedKind.TEXT:
            yield each._replace(
                kind=WantedKind.CHOICE, choices=described.values, written=described.values, length=0
            )
        elif each.kind is WantedKind.LIST:
            yield each._replace(choices=described.values)
        else:
            yield each
