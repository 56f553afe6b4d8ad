"""How do ``limits:`` become what nobody may be given more of?

::

    limits:
      open_limit: {person: 25, rooftop: 400, unless: {use: hot}}
      rate_limit:
        person: [{at_most: 6, per: 1h}, {at_most: 2, per: 1h, for: {use: hot}}]
        rooftop: {at_most: 120, per: day, zone: Europe/Paris}
        unless: {Request__c: test_drive}
      load_limit: {person: 40, weigh: {first: [{when: {use: hot}, then: 3}, {else: 1}]}}
"""

from collections.abc import Collection, Iterator
from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ortoo_daemon.policy import periods
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.expressions import Constant, FirstThatHolds
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, LoadLimit, RateLimit, is_weight
from ortoo_daemon.policy.naming import FOUND_SO_FAR, did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression
from ortoo_daemon.policy.parsing.sections import Section, mapping_in, number_in

LIMITS_KEYS = ("open_limit", "rate_limit", "load_limit")
OPEN_LIMIT_KEYS = (*LimitLevel, "unless")
RATE_LIMIT_KEYS = (*LimitLevel, "unless")
LOAD_LIMIT_KEYS = (*LimitLevel, "weigh", "unless")
RATE_KEYS = ("at_most", "per", "for", "zone")

HOW_TO_WRITE_A_PERIOD = (
    "write a length of at most 31d, such as 1h, or one of hour, day, week and month"
)

_LONGEST_ABOUT = 60
_MOST_RATES = 20
_EVERYTHING = 1_000_000


def read_limits(
    node: MapNode,
    conditions: ConditionReader,
    *,
    known_keys: Collection[str] = LIMITS_KEYS,
    most_rates: int = _MOST_RATES,
) -> Limits:
    """The limits of a policy, or with fewer keys and rates those of a part of it."""
    section = Section(node, conditions.problems, what="limits", known=known_keys)
    opened, rated = section.mapping("open_limit"), section.mapping("rate_limit")
    known = conditions.knowing(conditions.roots | FOUND_SO_FAR)
    person, team, rooftop, unless = _open_limit(opened, known)
    rates, rates_unless = _rate_limit(rated, known=known, of_record=conditions)
    if len(rates) > most_rates:
        message = f"{len(rates)} rate limits, at most {most_rates} may be counted"
        conditions.problems.add(
            rated or node, "too_many", message, "leave out those that others imply"
        )
    return Limits(
        open_per_person=person,
        open_per_team=team,
        open_per_rooftop=rooftop,
        unless=unless,
        rates=rates,
        rates_unless=rates_unless,
        load=_load_limit(section.mapping("load_limit"), known=known, of_record=conditions),
    )


def _open_limit(
    node: MapNode | None, conditions: ConditionReader
) -> tuple[int | None, int | None, int | None, Condition | None]:
    if node is None:
        return None, None, None, None
    section = Section(node, conditions.problems, what="open_limit", known=OPEN_LIMIT_KEYS)
    person, team, rooftop = (_count(section, level.value) for level in LimitLevel)
    return person, team, rooftop, _unless(section, conditions)


def _rate_limit(
    node: MapNode | None, *, known: ConditionReader, of_record: ConditionReader
) -> tuple[tuple[RateLimit, ...], Condition | None]:
    """``for`` is about the record alone: what counts is asked again when the owner is known."""
    if node is None:
        return (), None
    section = Section(node, known.problems, what="rate_limit", known=RATE_LIMIT_KEYS)
    found = [
        rate
        for level in LimitLevel
        for each in _several(section.get(level.value))
        if (rate := _rate(each, level, of_record)) is not None
    ]
    return tuple(found), _unless(section, known)


def _load_limit(
    node: MapNode | None, *, known: ConditionReader, of_record: ConditionReader
) -> LoadLimit | None:
    """What a record weighs follows from the record alone: it is stamped there."""
    if node is None:
        return None
    problems = known.problems
    section = Section(node, problems, what="load_limit", known=LOAD_LIMIT_KEYS)
    said = section.required(
        "weigh", "say what a record weighs: weigh: {first: [{when: …, then: 3}, {else: 1}]}"
    )
    weigh = None if said is None else read_expression(said, of_record)
    person, team, rooftop = (_positive(section, level.value) for level in LimitLevel)
    unless = _unless(section, known)
    if weigh is None:
        return None
    for value in _constants(weigh):
        if not is_weight(value.value):
            problems.add(value.place, "wrong_type", "a weight is a number from 0 to 9999")
    return LoadLimit(
        person=person, team=team, rooftop=rooftop, weigh=weigh, unless=unless, place=node.place
    )


def _constants(expression: Expression) -> Iterator[Constant]:
    if isinstance(expression, Constant):
        yield expression
    elif isinstance(expression, FirstThatHolds):
        for _, value in expression.choices:
            yield from _constants(value)


def _positive(section: Section, key: str) -> float | None:
    node, problems = section.get(key), section.problems
    found = None if node is None else number_in(node, problems, what=f"'{key}'")
    if node is None or found is None or found > 0:
        return found
    problems.add(node, "wrong_type", "a load is a number above 0")
    return None


def _several(node: Node | None) -> Iterator[Node]:
    """One limit, or a list of them."""
    if isinstance(node, ListNode):
        yield from node.items
    elif node is not None:
        yield node


def _rate(node: Node, level: LimitLevel, conditions: ConditionReader) -> RateLimit | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="a rate limit")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a rate limit", known=RATE_KEYS)
    section.required("at_most", "say how many, for example at_most: 6")
    section.required("per", HOW_TO_WRITE_A_PERIOD)
    at_most, per, met = _count(section, "at_most"), _period(section), section.get("for")
    condition = None if met is None else conditions.read(met, what="'for'")
    if at_most is None or per is None:
        return None
    return RateLimit(
        level=level,
        at_most=at_most,
        per=per,
        zone=_zone(section, per),
        met=condition,
        about="" if met is None else _shortened(written(met)),
        tag="" if met is None else _tag(met),
        place=mapping.place,
    )


def _tag(node: Node) -> str:
    """The condition's name in counters: as it is written, so that an edit of another one changes nothing."""
    return sha256(written(node, most=_EVERYTHING).encode()).hexdigest()[:8]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ABOUT else f"{text[: _LONGEST_ABOUT - 1]}…"


def _period(section: Section) -> periods.Period | None:
    node = section.get("per")
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) else ""
    found = periods.period(text)
    if found is None:
        message = f"'per' is no period: {text!r}" if text else "'per' must be a period"
        section.problems.add(node, "wrong_type", message, HOW_TO_WRITE_A_PERIOD)
    return found


def _zone(section: Section, per: periods.Period) -> str | None:
    name = section.text("zone")
    if name is None:
        return None
    at = section.node.entries["zone"][1]
    if not isinstance(per, periods.Calendar):
        message = f"{periods.written(per)} is as long in any zone"
        section.problems.add(at, "no_use", message, "take the zone out, or write per: day")
        return None
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no time zone is called {name!r}"
        section.problems.add(at, "unknown_name", message, did_you_mean(name, available_timezones()))
        return None


def _unless(section: Section, conditions: ConditionReader) -> Condition | None:
    node = section.get("unless")
    return None if node is None else conditions.read(node, what="'unless'")


def _count(section: Section, key: str) -> int | None:
    node, problems = section.get(key), section.problems
    found = None if node is None else number_in(node, problems, what=f"'{key}'")
    if node is None or found is None:
        return None
    return _whole(found, node, problems)


def _whole(found: float, node: Node, problems: Problems) -> int | None:
    if isinstance(found, int) and found >= 1:
        return found
    problems.add(node, "wrong_type", "a limit is a whole number from 1 on")
    return None
