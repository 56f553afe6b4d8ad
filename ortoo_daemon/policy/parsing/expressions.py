"""How does a node become a value to be written?"""

from ortoo_daemon.errors import Place
from ortoo_daemon.policy import templates
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.expressions import Constant, FirstThatHolds, Reference, TextTemplate
from ortoo_daemon.policy.naming import is_field_name, wrong_with_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in

BRANCH_KEYS = ("when", "then", "else")

Choice = tuple[Condition | None, Node]


def read_expression(node: Node, conditions: ConditionReader) -> Expression | None:
    """The expression, or None when something in it is wrong (and noted)."""
    problems = conditions.problems
    if isinstance(node, Scalar):
        return _scalar(node, problems, conditions.roots)
    if isinstance(node, MapNode) and list(node.entries) == ["first"]:
        return _first(node, conditions)
    message = f"a value must be text, a number, true or false, or {{first: […]}}, not {node.kind}"
    problems.add(node, "wrong_type", message)
    return None


def read_sets(
    node: Node, conditions: ConditionReader, *, only_empty: bool = False
) -> tuple[SetField, ...]:
    """``set: {Field: value, …}``."""
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="'set'")
    found = []
    for name, (key, value) in mapping.entries.items() if mapping else ():
        if not is_field_name(name) or "." in name:
            message = f"{name!r} is not the API name of a field of the record"
            problems.add(key, "wrong_name", message)
            continue
        expression = read_expression(value, conditions)
        if expression is not None:
            found.append(
                SetField(field=name, value=expression, only_empty=only_empty, place=key.place)
            )
    return tuple(found)


def read_choices(
    node: MapNode, conditions: ConditionReader, *, needs_else: bool
) -> tuple[Choice, ...] | None:
    """The branches of ``first: [{when, then}, …, {else}]`` as (condition, node of the value)."""
    problems = conditions.problems
    branches = node.entries["first"][1]
    items = items_in(branches, problems, what="'first'")
    found: list[Choice] = []
    before = len(problems.found)
    for index, item in enumerate(items):
        choice = _branch(item, conditions, last=index == len(items) - 1)
        if choice is not None:
            found.append(choice)
    if isinstance(branches, ListNode) and not items:
        problems.add(branches, "empty", "'first' has no branches")
    elif needs_else and items and (not found or found[-1][0] is not None):
        message = "'first' ends without {else: …}, so the value would be unknown"
        if len(problems.found) == before:
            problems.add(node.entries["first"][0], "missing_key", message, "add {else: …} as last")
    return tuple(found) if len(problems.found) == before else None


def _branch(node: Node, conditions: ConditionReader, *, last: bool) -> Choice | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="a branch of 'first'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a branch of 'first'", known=BRANCH_KEYS)
    orelse = section.get("else")
    if orelse is not None:
        if not last or len(mapping.entries) > 1:
            message = "{else: …} stands alone and last"
            problems.add(mapping.entries["else"][0], "wrong_order", message)
            return None
        return None, orelse
    when, then = section.required("when"), section.required("then")
    if when is None or then is None:
        return None
    condition = conditions.read(when, what="'when'")
    return None if condition is None else (condition, then)


def _first(node: MapNode, conditions: ConditionReader) -> Expression | None:
    choices = read_choices(node, conditions, needs_else=True)
    if choices is None:
        return None
    found = []
    for condition, value in choices:
        expression = read_expression(value, conditions)
        if expression is None:
            return None
        found.append((condition, expression))
    return FirstThatHolds(node.place, tuple(found))


def _scalar(node: Scalar, problems: Problems, roots: frozenset[str]) -> Expression | None:
    value = node.value
    if isinstance(value, str):
        if templates.is_template(value):
            return _template(node, problems, roots)
        if value.startswith("$") and value[1:2].isalpha():
            return _reference(node, problems, roots)
        if not value:
            return Constant(node.place, None)
        return Constant(node.place, value)
    if value is None and not node.text:
        message = "nothing to write"
        problems.add(node, "empty", message, "write null to empty the field")
        return None
    return Constant(node.place, value)


def _reference(node: Scalar, problems: Problems, roots: frozenset[str]) -> Expression | None:
    wrong = wrong_with_name(node.text.strip(), roots)
    if wrong is None:
        return Reference(node.place, node.text.strip())
    rule = "not_supported" if "not supported" in wrong else "wrong_name"
    problems.add(node, rule, wrong)
    return None


def _template(node: Scalar, problems: Problems, roots: frozenset[str]) -> Expression | None:
    try:
        made = templates.compiled(node.text, roots)
    except templates.TemplateError as error:
        place = Place(node.file, node.line + error.line - 1, node.column)
        problems.add(place, "wrong_template", f"template: {error}")
        return None
    if made.only_name is not None:
        return Reference(node.place, made.only_name)
    return TextTemplate(node.place, node.text, made.names, made.template)
