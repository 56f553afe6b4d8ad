"""Which channels does the org have, and which events go to which of them?

Single-entity channels and ``/data/ChangeEvents`` carry the entities selected for Change Data
Capture (five at most); each platform event has its own. Custom channels come from the deployed
metadata, each member with its own filter and enriched fields. PushTopics are rows: see `topics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ortoo_daemon.sandbox.bayeux.filters import Filter, parse_filter
from ortoo_daemon.sandbox.bayeux.kinds import CHANGES, EVENTS

STANDARD_CHANNEL = "ChangeEvents"
MAX_SELECTED = 5
_STANDARD = f"{CHANGES}{STANDARD_CHANNEL}"
_XML = "{http://soap.sforce.com/2006/04/metadata}"


class ChannelError(ValueError):
    """A channel definition that the org would refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entity or platform event on one channel."""

    channel: str
    entity: str
    filter: Filter | None = None
    enriched: tuple[str, ...] = ()

    @property
    def extra_fields(self) -> tuple[str, ...]:
        """Record fields put into every event of this member: enriched and filtered ones."""
        filtered = self.filter.fields if self.filter else ()
        return tuple(dict.fromkeys((*self.enriched, *filtered)))

    @property
    def merges(self) -> bool:
        """Whether one event may stand for several records: not where it shows fields of each."""
        return not self.extra_fields

    def takes_gap(self, header: Mapping[str, Any]) -> bool:
        """Whether a gap event is delivered: unknown record fields keep none back."""
        return not self.merges or self.takes({}, header)

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
        """The members that carry changes of this entity, or this platform event."""
        if entity not in self._by_entity:
            self._by_entity[entity] = tuple(m for m in self.members if m.entity == entity)
        return self._by_entity[entity]


def load_channels(
    metadata_dir: Path, selected: Iterable[str], events: Iterable[str] = ()
) -> Channels:
    """Channels of the org: of `selected` entities, of platform `events`, and the custom ones.

    Custom channels stand below `metadata_dir`. Raises ChannelError for a member of an unknown
    channel, an unknown event, or too many entities.
    """
    custom = dict(map(_read_channel, sorted(metadata_dir.rglob("*.platformEventChannel-meta.xml"))))
    known = frozenset(events)
    declared = [
        _read_member(path, custom)
        for path in sorted(metadata_dir.rglob("*.platformEventChannelMember-meta.xml"))
    ]
    of_events = [m for m in declared if m.channel.startswith(EVENTS)]
    for each in of_events:
        if each.entity not in known:
            raise ChannelError(f"{each.channel}: no platform event {each.entity}")
    of_changes = _of_changes([m for m in declared if m not in of_events], selected)
    of_events += [Member(channel=f"{EVENTS}{name}", entity=name) for name in sorted(known)]
    members = (*of_changes, *of_events)
    names = {m.channel for m in members} | set(custom.values())
    return Channels(members=members, names=frozenset(names))


def _of_changes(declared: list[Member], selected: Iterable[str]) -> list[Member]:
    """The members that carry change events: those declared, and those of selected entities."""
    on_standard = [m.entity for m in declared if m.channel == _STANDARD]
    entities = tuple(dict.fromkeys((*selected, *on_standard)))
    if len({*entities, *(m.entity for m in declared)}) > MAX_SELECTED:
        raise ChannelError(
            f"more than {MAX_SELECTED} entities are selected for Change Data Capture: "
            f"{', '.join(entities)}; select fewer"
        )
    chosen = {m.entity: m for m in declared if m.channel == _STANDARD}
    members = [m for m in declared if m.channel != _STANDARD]
    for entity in entities:
        members.append(chosen.get(entity, Member(channel=_STANDARD, entity=entity)))
        members.append(Member(channel=f"/data/{change_event_of(entity)}", entity=entity))
    return members


def change_event_of(entity: str) -> str:
    """``Lead`` -> ``LeadChangeEvent``; ``X__c`` -> ``X__ChangeEvent``."""
    if entity.endswith("__c"):
        return f"{entity[:-3]}__ChangeEvent"
    return f"{entity}ChangeEvent"


def _entity_of(change_event: str) -> str:
    if change_event.endswith("__ChangeEvent"):
        return change_event.removesuffix("__ChangeEvent") + "__c"
    return change_event.removesuffix("ChangeEvent")


def _read_channel(path: Path) -> tuple[str, str]:
    """A custom channel's name, and the same with what clients put before it."""
    name = path.name.removesuffix(".platformEventChannel-meta.xml")
    kind = ElementTree.parse(path).getroot().findtext(f"{_XML}channelType", "")
    prefix = {"data": CHANGES, "event": EVENTS}.get(kind)
    if prefix is None:
        raise ChannelError(f"{path.name}: channelType {kind!r} is neither data nor event")
    return name, prefix + name


def _read_member(path: Path, custom: Mapping[str, str]) -> Member:
    root = ElementTree.parse(path).getroot()
    name = root.findtext(f"{_XML}eventChannel", "")
    channel = _STANDARD if name == STANDARD_CHANNEL else custom.get(name)
    entity = _entity_of(root.findtext(f"{_XML}selectedEntity", ""))
    if channel is None:
        raise ChannelError(f"{path.name}: eventChannel {name!r} is not a deployed channel")
    if not entity:
        raise ChannelError(f"{path.name}: selectedEntity is missing")
    if entity.endswith("__e") != channel.startswith(EVENTS):
        raise ChannelError(f"{path.name}: {entity} can't be on {channel}: other kinds of events")
    text = root.findtext(f"{_XML}filterExpression")
    enriched = root.findall(f"{_XML}enrichedFields/{_XML}name")
    return Member(
        channel=channel,
        entity=entity,
        filter=parse_filter(text) if text else None,
        enriched=tuple(node.text or "" for node in enriched),
    )
