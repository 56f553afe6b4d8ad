"""How does ``govern:`` of ``intake:`` become rules that a record must keep?

::

    govern:
      score: Ortoo_Data_Quality__c
      flags: Ortoo_Data_Flags__c
      rules:
        - {name: reachable, required: [Email, Phone], points: 30}
        - {name: country, one_of: {Country: [France, Germany]}, points: 10, else: {park: wrong_country}}
        - {name: vin, format: {Vin__c: "?????????????????"}, points: 10}
        - {name: test lead, refuse: {LastName: [Test, Asdf]}, else: {reject: test}}
      rejected: {queue: Set_Aside, set: {Status: Unqualified}}
"""

from collections.abc import Iterator

from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.govern_model import BEST, Govern, GovernRule, Verdict
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import QueueTarget
from ortoo_daemon.policy.parsing.assignment import read_target
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.sections import Section, mapping_in, name_in, number_in

GOVERN_KEYS = ("when", "score", "flags", "rules", "rejected")
RULE_KEYS = ("name", "required", "one_of", "format", "holds", "refuse", "points", "else")
REJECTED_KEYS = ("queue", "set")
ELSE_KEYS = (Verdict.PARK.value, Verdict.REJECT.value)
WAYS = ("required", "one_of", "format", "holds", "refuse")
LONGEST_NAME = 60


def read_govern(node: MapNode, conditions: ConditionReader) -> Govern | None:
    problems = conditions.problems
    section = Section(node, problems, what="'govern'", known=GOVERN_KEYS)
    section.required("rules", "write rules: [{name: reachable, required: Email}]")
    rules = [_rule(item, conditions) for item in section.items("rules")]
    known = tuple(rule for rule in rules if rule is not None)
    _note_doubles(known, problems)
    rejected = section.mapping("rejected")
    queue: QueueTarget | None = None
    sets: tuple[SetField, ...] = ()
    when = section.get("when")
    if rejected is not None:
        inner = Section(rejected, problems, what="'rejected'", known=REJECTED_KEYS)
        inner.required("queue", "say which queue holds what is set aside")
        found = read_target(rejected.without("set"), problems, what="'rejected'")
        queue = found if isinstance(found, QueueTarget) else None
        given = inner.get("set")
        sets = () if given is None else read_sets(given, conditions)
    if any(rule.verdict is Verdict.REJECT for rule in known) and rejected is None:
        message = "'reject' needs 'rejected', which says where such records go"
        problems.add(node, "missing_key", message, "add rejected: {queue: Set_Aside}")
    return Govern(
        rules=known,
        when=None if when is None else conditions.read(when, what="'when'"),
        score=section.name("score"),
        flags=section.name("flags"),
        queue=queue,
        sets=sets,
        place=node.place,
    )


def _rule(node: Node, conditions: ConditionReader) -> GovernRule | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="a rule of 'govern'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a rule of 'govern'", known=RULE_KEYS)
    section.required("name", "name it, for example name: reachable")
    name, points = section.text("name"), section.get("points")
    given = [way for way in WAYS if section.get(way) is not None]
    if len(given) != 1:
        message = "a rule says one of 'required', 'one_of', 'format', 'holds' and 'refuse'"
        problems.add(mapping, "missing_key", message, "write required: Email")
        return None
    condition = _condition(given[0], section, conditions)
    costs = 0 if points is None else _points(points, problems)
    verdict, reason = _verdict(section)
    if name is None or condition is None or costs is None or verdict is None:
        return None
    if len(name) > LONGEST_NAME or ";" in name:
        message = f"{name!r} can't name a rule"
        problems.add(mapping, "wrong_name", message, f"at most {LONGEST_NAME} signs, without ;")
        return None
    return GovernRule(
        name=name,
        condition=condition,
        refuses=given[0] == "refuse",
        required=given[0] == "required",
        points=costs,
        verdict=verdict,
        reason=reason,
        place=mapping.place,
    )


def _condition(way: str, section: Section, conditions: ConditionReader) -> Condition | None:
    node = section.get(way)
    if way == "required":
        node = _filled(node, conditions.problems)
    elif way in ("one_of", "format"):
        node = _if_filled(section.mapping(way), way)
    return None if node is None else conditions.read(node, what=f"{way!r}")


def _filled(node: Node | None, problems: Problems) -> Node | None:
    """``{Field: {blank: false}, …}`` for each field."""
    items = node.items if isinstance(node, ListNode) else [node] if node is not None else []
    whole: MapNode | None = None
    for item in items:
        name = name_in(item, problems, what="'required'")
        if name is None or not isinstance(item, Scalar):
            return None
        whole = whole or MapNode(item.file, item.line, item.column)
        whole.entries[name] = (item, _one(item, "blank", _word(item, "false")))
    if whole is None and node is not None:
        problems.add(node, "empty", "'required' names nothing", "write required: Email")
    return whole


def _if_filled(node: MapNode | None, way: str) -> Node | None:
    """For each field: it is empty, or as is said."""
    if node is None:
        return None
    every = ListNode(node.file, node.line, node.column)
    for name, (key, value) in node.entries.items():
        either = ListNode(key.file, key.line, key.column)
        said = _one(value, "matches", value) if way == "format" else value
        either.items = [
            _named(key, name, _one(key, "blank", _word(key, "true"))),
            _named(key, name, said),
        ]
        every.items.append(_one(key, "any", either))
    return _one(node, "all", every)


def _named(key: Scalar, name: str, value: Node) -> MapNode:
    found = MapNode(key.file, key.line, key.column)
    found.entries[name] = (key, value)
    return found


def _one(at: Node, key: str, value: Node) -> MapNode:
    return _named(_word(at, key), key, value)


def _word(at: Node, text: str) -> Scalar:
    return Scalar(at.file, at.line, at.column, text=text, plain=True)


def _points(node: Node, problems: Problems) -> int | None:
    found = number_in(node, problems, what="'points'")
    if found is None:
        return None
    if not isinstance(found, int) or not 0 <= found <= BEST:
        problems.add(node, "wrong_value", f"'points' are from 0 to {BEST}")
        return None
    return found


def _verdict(section: Section) -> tuple[Verdict | None, str]:
    """``else: flag`` (when left out), ``{park: reason}`` or ``{reject: reason}``."""
    node = section.get("else")
    if node is None or (isinstance(node, Scalar) and node.text == Verdict.FLAG.value):
        return Verdict.FLAG, ""
    mapping = mapping_in(node, section.problems, what="'else'")
    if mapping is None:
        return None, ""
    inner = Section(mapping, section.problems, what="'else'", known=ELSE_KEYS)
    given = [key for key in ELSE_KEYS if inner.get(key) is not None]
    if len(given) != 1:
        message = "'else' is flag, {park: reason} or {reject: reason}"
        section.problems.add(mapping, "missing_key", message)
        return None, ""
    reason = inner.text(given[0])
    return (None, "") if reason is None else (Verdict(given[0]), reason)


def _note_doubles(rules: tuple[GovernRule, ...], problems: Problems) -> None:
    for rule, name in _doubles(rules):
        message = f"a rule {name!r} is there twice"
        problems.add(rule.place, "duplicate_name", message, "give it another name")


def _doubles(rules: tuple[GovernRule, ...]) -> Iterator[tuple[GovernRule, str]]:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            yield rule, rule.name
        seen.add(rule.name)
