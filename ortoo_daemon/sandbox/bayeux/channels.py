"""Which channels does the org have, and which change events go to which of them?

Single-entity channels and ``/data/ChangeEvents`` carry the entities selected for Change Data
Capture (five at most); custom channels come from the deployed metadata, each member with its own
filter and enriched fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ortoo_daemon.sandbox.bayeux.filters import Filter, parse_filter

STANDARD_CHANNEL = "ChangeEvents"
MAX_SELECTED = 5
_XML = "{http://soap.sforce.com/2006/04/metadata}"


class ChannelError(ValueError):
    """A channel definition that the org would refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entity on one channel."""

    channel: str
    entity: str
    filter: Filter | None = None
    enriched: tuple[str, ...] = ()

    @property
    def extra_fields(self) -> tuple[str, ...]:
        """Record fields put into every event of this member: enriched and filtered ones."""
        filtered = self.filter.fields if self.filter else ()
        return tuple(dict.fromkeys((*self.enriched, *filtered)))

    def takes(self, record: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
        """Whether an event with these fields is delivered on this channel."""
        return self.filter is None or self.filter.matches(record, header)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Every channel of the org, with its members."""

    members: tuple[Member, ...]
    names: frozenset[str]
    _by_entity: dict[str, tuple[Member, ...]] = field(default_factory=dict)

    def exists(self, channel: str) -> bool:
        """Whether a client may subscribe to this channel; names are case-sensitive."""
        return channel in self.names

    def of(self, entity: str) -> tuple[Member, ...]:
        """The members that carry changes of this entity."""
        if entity not in self._by_entity:
            self._by_entity[entity] = tuple(m for m in self.members if m.entity == entity)
        return self._by_entity[entity]


def load_channels(metadata_dir: Path, selected: Iterable[str]) -> Channels:
    """Channels of the org: `selected` entities plus the custom channels below `metadata_dir`.

    Raises ChannelError for a member of an unknown channel or too many entities.
    """
    custom = {
        path.name.removesuffix(".platformEventChannel-meta.xml")
        for path in sorted(metadata_dir.rglob("*.platformEventChannel-meta.xml"))
    }
    declared = [
        _read_member(path, custom)
        for path in sorted(metadata_dir.rglob("*.platformEventChannelMember-meta.xml"))
    ]
    on_standard = [m.entity for m in declared if m.channel == f"/data/{STANDARD_CHANNEL}"]
    entities = tuple(dict.fromkeys((*selected, *on_standard)))
    if len({*entities, *(m.entity for m in declared)}) > MAX_SELECTED:
        raise ChannelError(
            f"more than {MAX_SELECTED} entities are selected for Change Data Capture: "
            f"{', '.join(entities)}; select fewer"
        )
    chosen = {m.entity: m for m in declared if m.channel == f"/data/{STANDARD_CHANNEL}"}
    members = [m for m in declared if m.channel != f"/data/{STANDARD_CHANNEL}"]
    for entity in entities:
        members.append(chosen.get(entity, Member(channel="/data/ChangeEvents", entity=entity)))
        members.append(Member(channel=f"/data/{change_event_of(entity)}", entity=entity))
    names = {m.channel for m in members} | {f"/data/{name}" for name in custom}
    return Channels(members=tuple(members), names=frozenset(names))


def change_event_of(entity: str) -> str:
    """``Lead`` -> ``LeadChangeEvent``; ``X__c`` -> ``X__ChangeEvent``."""
    if entity.endswith("__c"):
        return f"{entity[:-3]}__ChangeEvent"
    return f"{entity}ChangeEvent"


def _entity_of(change_event: str) -> str:
    if change_event.endswith("__ChangeEvent"):
        return change_event.removesuffix("__ChangeEvent") + "__c"
    return change_event.removesuffix("ChangeEvent")


def _read_member(path: Path, custom: set[str]) -> Member:
    root = ElementTree.parse(path).getroot()
    channel = root.findtext(f"{_XML}eventChannel", "")
    entity = _entity_of(root.findtext(f"{_XML}selectedEntity", ""))
    if channel != STANDARD_CHANNEL and channel not in custom:
        raise ChannelError(f"{path.name}: eventChannel {channel!r} is not a deployed channel")
    if not entity:
        raise ChannelError(f"{path.name}: selectedEntity is missing")
    text = root.findtext(f"{_XML}filterExpression")
    enriched = root.findall(f"{_XML}enrichedFields/{_XML}name")
    return Member(
        channel=f"/data/{channel}",
        entity=entity,
        filter=parse_filter(text) if text else None,
        enriched=tuple(node.text or "" for node in enriched),
    )
