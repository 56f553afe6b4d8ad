"""How does ``find:`` of ``intake:`` become what is looked for?

::

    find:
      duplicates:
        on: [Email, Phone, {name: LastName, postal_code: PostalCode}]
        among: {Contact: any, Lead: 60d}
        windows: [{of: Marketplace, to: Marketplace, within: 30d}]
        scope: network
        prefer: [closest, latest]
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from ortoo_daemon.matches import How
from ortoo_daemon.policy.find_model import (
    USUAL_ORDER,
    Among,
    Duplicates,
    NameAndPlace,
    Prefer,
    SearchedObject,
    SourceWindow,
)
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import (
    Section,
    duration_in,
    items_in,
    mapping_in,
    name_in,
    text_in,
)
from ortoo_daemon.policy.values import fold

FIND_KEYS = ("duplicates",)
DUPLICATES_KEYS = ("on", "among", "within", "windows", "scope", "also", "prefer")
NAMES_KEYS = ("name", "company", "postal_code")
WINDOW_KEYS = ("of", "to", "within")
ANY_AGE = "any"
ALSO = (How.HOUSEHOLD, How.COMPANY)

Word = TypeVar("Word", bound=StrEnum)


def read_find(intake: MapNode, problems: Problems) -> Duplicates | None:
    """What stands under ``find``; None where nothing does, or it can't be used (and that is noted)."""
    node = intake.get("find")
    mapping = None if node is None else mapping_in(node, problems, what="'find'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'find'", known=FIND_KEYS)
    section.required(
        "duplicates", "write find: {duplicates: {on: [Email], among: [Lead], within: 60d}}"
    )
    inner = section.mapping("duplicates")
    return None if inner is None else _duplicates(inner, problems)


def _duplicates(node: MapNode, problems: Problems) -> Duplicates | None:
    section = Section(node, problems, what="'duplicates'", known=DUPLICATES_KEYS)
    on = section.required("on", "say by what a customer is known again: on: [Email, Phone]")
    among_node = section.required("among", "say which records are looked through: among: [Lead]")
    usual_node = section.get("within")
    usual = None if usual_node is None else _span(usual_node, problems, what="'within'")
    among = () if among_node is None else _among(section, among_node, usual)
    fields, names = ((), ()) if on is None else _keys(on, problems)
    prefer = tuple(_words(section, "prefer", tuple(Prefer))) or USUAL_ORDER
    windows = [_window(item, problems) for item in section.items("windows")]
    scope = _word(section, "scope", tuple(Among)) or Among.NETWORK
    also = frozenset(_words(section, "also", ALSO))
    if not among or not (fields or names):
        return None
    return Duplicates(
        fields=fields,
        names=names,
        among=among,
        windows=tuple(window for window in windows if window is not None),
        scope=scope,
        also=also,
        prefer=prefer,
        place=node.place,
    )


def _keys(node: Node, problems: Problems) -> tuple[tuple[str, ...], tuple[NameAndPlace, ...]]:
    """Fields, and names with a place."""
    fields, names = [], []
    items = items_in(node, problems, what="'on'")
    if isinstance(node, ListNode) and not items:
        problems.add(node, "empty", "'on' names nothing", "write on: [Email, Phone]")
    for item in items:
        if isinstance(item, MapNode):
            found = _names(item, problems)
            names += [] if found is None else [found]
        elif (field := name_in(item, problems, what="'on'")) is not None:
            fields.append(field)
    return tuple(dict.fromkeys(fields)), tuple(names)


def _names(node: MapNode, problems: Problems) -> NameAndPlace | None:
    section = Section(node, problems, what="a name", known=NAMES_KEYS)
    place_node = section.required("postal_code", "a name alone is shared by too many people")
    given = [key for key in ("name", "company") if section.get(key) is not None]
    if len(given) != 1:
        message = "either 'name' or 'company' is looked for"
        problems.add(
            node, "missing_key", message, "write {name: LastName, postal_code: PostalCode}"
        )
        return None
    name, place = section.name(given[0]), section.name("postal_code")
    if name is None or place is None or place_node is None:
        return None
    return NameAndPlace(name=name, postal_code=place, company=given[0] == "company")


def _among(section: Section, node: Node, usual: timedelta | None) -> tuple[SearchedObject, ...]:
    """``[Lead, Contact]`` with one ``within`` for all, or ``{Lead: 60d, Contact: any}``."""
    problems = section.problems
    if isinstance(node, MapNode):
        if section.get("within") is not None:
            message = "'among' says already how old each may be"
            problems.add(section.node.entries["within"][0], "two_answers", message, "take one out")
        found = [
            _object(key, _span(value, problems, what=f"{key.text!r}"), problems)
            for key, value in node.entries.values()
        ]
    else:
        items = items_in(node, problems, what="'among'")
        section.required("within", "say how old they may be: within: 60d, or within: any")
        found = [_object(item, usual, problems) for item in items]
    known = tuple(each for each in found if each is not None)
    if not found:
        problems.add(node, "empty", "'among' names nothing", "write among: [Lead], within: 60d")
    return known


def _object(node: Node, within: timedelta | None, problems: Problems) -> SearchedObject | None:
    name = text_in(node, problems, what="'among'")
    if name is None:
        return None
    if not is_field_name(name) or "." in name:
        problems.add(node, "wrong_name", f"{name!r} is not the API name of an object")
        return None
    return SearchedObject(name=name, within=within, place=node.place)


def _span(node: Node, problems: Problems, *, what: str) -> timedelta | None:
    """A duration; None for ``any``, and where it can't be used."""
    if isinstance(node, Scalar) and node.text.strip() == ANY_AGE:
        return None
    return duration_in(node, problems, what=what)


def _window(node: Node, problems: Problems) -> SourceWindow | None:
    mapping = mapping_in(node, problems, what="a window")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a window", known=WINDOW_KEYS)
    span = section.required("within", "say how old the earlier record may be: within: 30d")
    if span is None:
        return None
    return SourceWindow(
        new=_sources(section, "of"),
        old=_sources(section, "to"),
        within=_span(span, problems, what="'within'"),
    )


def _sources(section: Section, key: str) -> frozenset[str]:
    node = section.get(key)
    if node is None:
        return frozenset()
    items = node.items if isinstance(node, ListNode) else [node]
    found = (text_in(item, section.problems, what=f"{key!r}") for item in items)
    return frozenset(fold(text) for text in found if text is not None)


def _words(section: Section, key: str, known: tuple[Word, ...]) -> Iterable[Word]:
    node = section.get(key)
    items = [] if node is None else node.items if isinstance(node, ListNode) else [node]
    found = (_known(item, section.problems, key, known) for item in items)
    return dict.fromkeys(word for word in found if word is not None)


def _word(section: Section, key: str, known: tuple[Word, ...]) -> Word | None:
    node = section.get(key)
    return None if node is None else _known(node, section.problems, key, known)


def _known(node: Node, problems: Problems, key: str, known: tuple[Word, ...]) -> Word | None:
    text = text_in(node, problems, what=f"{key!r}")
    if text is None:
        return None
    found = next((word for word in known if word.value == text), None)
    if found is None:
        message = f"{key!r} knows no {text!r}"
        problems.add(node, "unknown_name", message, did_you_mean(text, map(str, known)))
    return found
