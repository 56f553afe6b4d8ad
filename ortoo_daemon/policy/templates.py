"""What may a template say? Checked and compiled once, when the policy is read.

Allowed: text, ``{{ Field__c }}``, ``{{ Account.Name }}``, ``{{ rooftop.Name }}``, ``{{ owner.Name }}``,
the filters of FILTERS, ``~`` to join, quoted text and numbers as filter arguments. Names are replaced
by plain variables before compiling: the running template follows no attribute at all.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ortoo_daemon.policy.naming import ROOTS, wrong_with_name

LONGEST_TEMPLATE = 2_000
LONGEST_RESULT = 32_000
"""Characters; no field that routing writes holds more, and a chain of filters can't grow past it."""

FILTERS: dict[str, Callable[..., str]] = {
    "default": lambda value, other="": value or str(other),
    "lower": lambda value: value.lower(),
    "replace": lambda value, old, new="": value[:LONGEST_RESULT].replace(str(old), str(new))[
        :LONGEST_RESULT
    ],
    "title": lambda value: value.title(),
    "trim": lambda value: value.strip(),
    "truncate": lambda value, length=80: value[: int(length)],
    "upper": lambda value: value.upper(),
}
"""Own ones: those of jinja2 know undefined values and markup, these see text only."""

_ARGUMENTS = {"default": (1,), "replace": (1, 2), "truncate": (0, 1)}

_SHAPES = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Concat, nodes.Const)
_MOST_CHARACTERS_OF_AN_ARGUMENT = 200


class TemplateError(ValueError):
    """The template can't be used; the message says why. ``line`` counts from 1 inside the text."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class CompiledTemplate:
    """A checked template; ``names`` binds variables to names of the scope.

    ``only_name`` is that name when the template is nothing but one, so that the value keeps its type.
    """

    __slots__ = ("names", "only_name", "template")

    def __init__(self, template: Template, names: dict[str, str], only_name: str | None) -> None:
        self.template = template
        self.names = names
        self.only_name = only_name


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def compiled(text: str, roots: frozenset[str]) -> CompiledTemplate:
    """Raises TemplateError. ``roots`` are the ``$`` names known where the template stands."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateError(f"a template may have {LONGEST_TEMPLATE:,} characters at most")
    environment = _environment()
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{error.message}", error.lineno) from error
    names: dict[str, str] = {}
    checked = _checked(tree, names, roots)
    only_name = _only_name(checked, names)
    code: Any = environment.compile(checked)
    template = Template.from_code(environment, code, dict(environment.globals))
    return CompiledTemplate(template, {v: k for k, v in names.items()}, only_name)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=False, keep_trailing_newline=False)
    environment.globals = {}
    environment.filters = dict(FILTERS)
    environment.tests = {}
    return environment


def _checked(node: nodes.Node, names: dict[str, str], roots: frozenset[str]) -> nodes.Template:
    """The tree with every name replaced by a variable. Raises TemplateError for what is not allowed."""
    return _rewritten(node, names, roots)  # type: ignore[return-value]  # the root stays a Template


def _rewritten(node: nodes.Node, names: dict[str, str], roots: frozenset[str]) -> nodes.Node:
    if isinstance(node, nodes.Name | nodes.Getattr):
        return _variable(node, names, roots)
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    elif not isinstance(node, _SHAPES):
        word = type(node).__name__.lower()
        raise TemplateError(
            f"templates know names, {', '.join(FILTERS)} and ~; {word} is not one of them",
            node.lineno,
        )
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, field, _rewritten(value, names, roots))
        elif isinstance(value, list):
            rewritten = [
                _rewritten(item, names, roots) if isinstance(item, nodes.Node) else item
                for item in value
            ]
            setattr(node, field, rewritten)
    return node


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        message = f"no filter {node.name!r}; known are {', '.join(FILTERS)}"
        raise TemplateError(message, node.lineno)
    allowed = _ARGUMENTS.get(node.name, (0,))
    unnamed = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    if node.node is None or not unnamed or len(node.args) not in allowed:
        counts = " or ".join(str(count) for count in allowed)
        raise TemplateError(f"the filter {node.name!r} takes {counts} values", node.lineno)
    for argument in node.args:
        if not isinstance(argument, nodes.Const):
            message = f"the filter {node.name!r} takes fixed values only"
            raise TemplateError(message, node.lineno)
        if node.name == "truncate" and type(argument.value) is not int:
            raise TemplateError("the filter 'truncate' takes a number of characters", node.lineno)
        if len(str(argument.value)) > _MOST_CHARACTERS_OF_AN_ARGUMENT:
            raise TemplateError(f"a value of the filter {node.name!r} is too long", node.lineno)


def _variable(
    node: nodes.Name | nodes.Getattr, names: dict[str, str], roots: frozenset[str]
) -> nodes.Name:
    path = _path(node)
    root = path.split(".")[0]
    if root in ROOTS:
        path = f"${path}"
    wrong = wrong_with_name(path, roots)
    if wrong:
        raise TemplateError(wrong, node.lineno)
    variable = names.setdefault(path, f"value_{len(names)}")
    return nodes.Name(variable, "load", lineno=node.lineno)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    raise TemplateError("a point may only follow a name", node.lineno)


def _only_name(tree: nodes.Template, names: dict[str, str]) -> str | None:
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output):
        return None
    parts = tree.body[0].nodes
    if len(parts) == 1 and isinstance(parts[0], nodes.Name):
        return next(iter(names), None)
    return None
