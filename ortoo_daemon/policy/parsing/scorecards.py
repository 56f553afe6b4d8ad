"""How does a scorecard's file become a Scorecard?

One card stands in one file, so that several policies can share it and its history is its own.
"""

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import Node, Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import (
    Section,
    duration_in,
    items_in,
    mapping_in,
    number_in,
)
from ortoo_daemon.policy.score_model import Band, Fading, Part, Points, Scorecard

CARD_KEYS = ("scorecard", "description", "base", "between", "parts", "bands")
PART_KEYS = ("part", "at_least", "at_most", "points")
POINTS_KEYS = ("because", "when", "add", "fades")
FADES_KEYS = ("since", "half_life")

_LOWEST, _HIGHEST = 0.0, 100.0


def read_scorecard(data: bytes, *, path: str, file: str, problems: Problems) -> Scorecard | None:
    """The card, or None where a part of it can't be used; everything wrong is noted."""
    node = read_document(file, data, problems)
    if node is None and not any(each.place.file == file for each in problems.found):
        problems.add(Place(file), "empty", "the file is empty", "write a scorecard, or remove it")
    mapping = None if node is None else mapping_in(node, problems, what="a scorecard")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a scorecard", known=CARD_KEYS)
    section.required("scorecard", "name it, for example scorecard: retail-intent")
    section.required("parts", "they say what there are points for")
    before = len(problems.found)
    conditions = ConditionReader(problems, Definitions(problems))
    parts = [_part(item, conditions) for item in section.items("parts")]
    lowest, highest = _between(section)
    base = _number(section, "base", 0.0)
    bands = _bands(section, lowest)
    _note_doubles(parts, problems)
    name = section.text("scorecard")
    found = tuple(part for part in parts if part is not None)
    if name is None or not found or len(problems.found) > before:
        return None
    return Scorecard(
        name=name,
        path=path,
        file=file,
        description=section.text("description") or "",
        base=base,
        lowest=lowest,
        highest=highest,
        parts=found,
        bands=bands,
        place=mapping.place,
    )


def _part(node: Node, conditions: ConditionReader) -> Part | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="a part of a scorecard")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a part of a scorecard", known=PART_KEYS)
    section.required("part", "name it, for example part: intent")
    section.required("points", "write [{because: …, when: {…}, add: 10}]")
    name = section.text("part")
    points = [_points(item, conditions) for item in section.items("points")]
    at_least, at_most = _bound(section, "at_least"), _bound(section, "at_most")
    if at_least is not None and at_most is not None and at_most < at_least:
        problems.add(mapping, "wrong_type", "'at_most' of the part lies below its 'at_least'")
    found = tuple(each for each in points if each is not None)
    if name is None or not found:
        return None
    return Part(name=name, points=found, at_least=at_least, at_most=at_most, place=mapping.place)


def _points(node: Node, conditions: ConditionReader) -> Points | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="an entry of 'points'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an entry of 'points'", known=POINTS_KEYS)
    section.required("because", "say in a few words what the points are for")
    when_node = section.required("when", "say what there are points for")
    add_node = section.required("add", "write the points, for example add: 10")
    because = section.text("because")
    when = None if when_node is None else conditions.read(when_node, what="'when'")
    add = None if add_node is None else number_in(add_node, problems, what="'add'")
    fades = _fades(section)
    if because is None or when is None or add is None:
        return None
    return Points(because=because, when=when, add=float(add), fades=fades, place=mapping.place)


def _fades(section: Section) -> Fading | None:
    mapping = section.mapping("fades")
    if mapping is None:
        return None
    inner = Section(mapping, section.problems, what="'fades'", known=FADES_KEYS)
    inner.required("since", "name the field with the moment or day, for example LastVisit__c")
    node = inner.required("half_life", "say after how long the points are worth half: 14d")
    since = inner.name("since")
    half_life = None if node is None else duration_in(node, section.problems, what="'half_life'")
    if half_life is not None and not half_life:
        section.problems.add(mapping, "wrong_type", "'half_life' must be longer than nothing")
        return None
    if since is None or half_life is None:
        return None
    return Fading(since=since, half_life=half_life)


def _between(section: Section) -> tuple[float, float]:
    """``between: [lowest, highest]``; 0 and 100 where it is not written."""
    node = section.get("between")
    if node is None:
        return _LOWEST, _HIGHEST
    items = items_in(node, section.problems, what="'between'")
    numbers = [number_in(item, section.problems, what="'between'") for item in items]
    match numbers:
        case [int() | float() as lowest, int() | float() as highest] if lowest < highest:
            return float(lowest), float(highest)
    if None not in numbers:
        message = "'between' takes the lowest and the highest score"
        section.problems.add(node, "wrong_type", message, "write [0, 100]")
    return _LOWEST, _HIGHEST


def _bands(section: Section, lowest: float) -> tuple[Band, ...]:
    """From the highest down. Every score has one: the last begins where scores begin."""
    mapping = section.mapping("bands")
    if mapping is None:
        return ()
    found = [
        Band(name=key.text, at_least=float(bound))
        for key, value in mapping.entries.values()
        if (bound := number_in(value, section.problems, what=f"the band {key.text!r}")) is not None
    ]
    bands = tuple(sorted(found, key=lambda band: -band.at_least))
    if len({band.at_least for band in bands}) < len(bands):
        section.problems.add(mapping, "duplicate_row", "two bands begin at the same score")
    elif len(found) == len(mapping.entries) and (not bands or bands[-1].at_least > lowest):
        message = f"scores from {lowest:g} on belong to no band"
        section.problems.add(mapping, "missing_key", message, f"add a band at {lowest:g}")
    return bands


def _note_doubles(parts: list[Part | None], problems: Problems) -> None:
    """Each reason stands once: the trace and the fitted card know points by it."""
    seen: set[str] = set()
    for each in (each for part in parts if part is not None for each in part.points):
        if each.because in seen:
            message = f"there are points because {each.because!r} already"
            problems.add(each.place, "duplicate_name", message, "say it in other words")
        seen.add(each.because)


def _number(section: Section, key: str, default: float) -> float:
    found = _bound(section, key)
    return default if found is None else found


def _bound(section: Section, key: str) -> float | None:
    node = section.get(key)
    found = None if node is None else number_in(node, section.problems, what=f"{key!r}")
    return None if found is None else float(found)
