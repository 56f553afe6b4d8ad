"""How do ``programmes:`` become programmes: days, rooftops that take part, limits and a fuse?

::

    programmes:
      ev-launch:
        from: 2026-11-01
        until: 2027-03-31
        rooftops: {EV_Certified: true}          # or [R00013812, R00013815]
        limits: {rate_limit: {rooftop: {at_most: 40, per: day}}}
        fuse: {at_most: 500, per: 1h}
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.conditions import AnyOf, FieldTest, Named, size_of
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.limits_model import Limits, RateLimit
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.ownership_model import Programme
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.fuse import read_fuse
from ortoo_daemon.policy.parsing.limits import read_limits
from ortoo_daemon.policy.parsing.sections import Section, mapping_in, text_in
from ortoo_daemon.policy.programme_days import ProgrammeDays
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import record_id

PROGRAMME_KEYS = ("from", "until", "off", "rooftops", "limits", "fuse")
PROGRAMME_LIMITS_KEYS = ("open_limit", "rate_limit")

MOST_RATES = 6
"""Rate limits of one programme: a field of the decision record holds their tags and those of the policy."""

_NAMES_OF_A_ROOFTOP = ("Code", "Name", "Id")
_PROGRAMME_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOW_TO_WRITE_A_DAY = "write a day, such as 2026-12-01"


def read_programmes(
    node: MapNode, conditions: ConditionReader, *, policy: str
) -> dict[str, Programme]:
    """The programmes by name; what is wrong is noted. ``policy`` is the name by which fuses count.

    Their days are known to ``conditions`` before any condition is read, so that each may ask for each.
    """
    sections = dict(_sections(node, conditions.problems))
    days = {name: _days(name, section) for name, section in sections.items()}
    conditions.definitions.take_programmes(days.values())
    return {
        name: _programme(section, days[name], conditions, policy)
        for name, section in sections.items()
    }


def _sections(node: MapNode, problems: Problems) -> Iterator[tuple[str, Section]]:
    for name, (key, value) in node.entries.items():
        if not _PROGRAMME_NAME.fullmatch(name):
            message = f"{name!r} can't be the name of a programme"
            problems.add(
                key, "wrong_name", message, "use small letters, digits, - and _, at most 40"
            )
        mapping = mapping_in(value, problems, what=f"the programme {name!r}")
        if mapping is not None:
            yield name, Section(mapping, problems, what="a programme", known=PROGRAMME_KEYS)


def _days(name: str, section: Section) -> ProgrammeDays:
    first, last = _day(section, "from"), _day(section, "until")
    if first is not None and last is not None and last < first:
        message = f"the programme {name!r} ends on {last}, before it begins on {first}"
        section.problems.add(section.node.entries["until"][1], "wrong_type", message)
        last = None
    off = section.flag("off")
    return ProgrammeDays(name=name, first=first, last=last, off=off, place=section.place)


def _day(section: Section, key: str) -> date | None:
    node = section.get(key)
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) else ""
    found = literals.day(text)
    if found is None:
        message = f"{key!r} is not a day: {text!r}" if text else f"{key!r} must be a day"
        section.problems.add(node, "wrong_type", message, _HOW_TO_WRITE_A_DAY)
    return found


def _programme(
    section: Section, days: ProgrammeDays, conditions: ConditionReader, policy: str
) -> Programme:
    rooftops, limits = section.get("rooftops"), section.mapping("limits")
    listed = tuple(_listed(rooftops, section.problems)) if isinstance(rooftops, ListNode) else ()
    taking_part = None if rooftops is None else _rooftops(rooftops, listed, conditions)
    tag = _tag(days.name)
    return Programme(
        days=days,
        rooftops=None if taking_part is None else _called(taking_part, days.name),
        named=tuple((each.text.strip(), each.place) for each in listed),
        limits=Limits() if limits is None else _limits(limits, conditions, tag),
        fuse=read_fuse(section, of=f"{policy}/{days.name}"),
        tag=tag,
    )


def _listed(node: ListNode, problems: Problems) -> Iterator[Scalar]:
    if not node.items:
        problems.add(node, "empty", "no rooftop takes part", "name some, or take 'rooftops' out")
    for item in node.items:
        if isinstance(item, Scalar) and text_in(item, problems, what="a rooftop") is not None:
            yield item


def _rooftops(
    node: Node, listed: tuple[Scalar, ...], conditions: ConditionReader
) -> Condition | None:
    """A condition on the rooftop, or a list of rooftops by code, name or id."""
    if not isinstance(node, ListNode):
        return conditions.read(node, what="'rooftops'")
    if not listed:
        return None
    names = tuple(dict.fromkeys(fold(_in_full(each.text.strip())) for each in listed))
    text = written(node)
    tests = (
        FieldTest(name, "in", names, place=node.place, written=text) for name in _NAMES_OF_A_ROOFTOP
    )
    return AnyOf(node.place, tuple(tests))


def _in_full(name: str) -> str:
    """An id of 15 characters with all its 18; anything else as it is."""
    try:
        return record_id(name)
    except ValueError:
        return name


def _called(condition: Condition, name: str) -> Named:
    """So that a trace says that the programme leaves a rooftop out."""
    return Named(condition.place, f"programme {name}", condition, size_of(condition))


def _limits(node: MapNode, conditions: ConditionReader, tag: str) -> Limits:
    """What counts is told apart by the programme's tag."""
    found = read_limits(node, conditions, known_keys=PROGRAMME_LIMITS_KEYS, most_rates=MOST_RATES)
    return replace(found, rates=tuple(_tagged(rate, tag) for rate in found.rates))


def _tagged(rate: RateLimit, tag: str) -> RateLimit:
    return replace(rate, tag=_tag(f"{tag} {rate.tag}") if rate.tag else tag)


def _tag(text: str) -> str:
    return sha256(f"programme {text}".encode()).hexdigest()[:8]
