"""Which value is to be written? Constants, references, templates and the first that holds.

Templates are jinja2 in its sandbox, cut down to names, a few filters and ``~``: no statements, calls
or loops, so that a template always ends and sees nothing but the names it was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import Template

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression, Scope
from ortoo_daemon.policy.templates import LONGEST_RESULT
from ortoo_daemon.policy.values import text_of
from ortoo_daemon.records import FieldValue


@dataclass(frozen=True, slots=True)
class Constant:
    """A value as it stands in the file; None empties the field."""

    place: Place
    value: FieldValue

    def evaluate(self, scope: Scope) -> FieldValue:
        return self.value

    def fields(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Reference:
    """``$rooftop.Id``, or a template of one bare name: the value itself, with its type."""

    place: Place
    name: str

    def evaluate(self, scope: Scope) -> FieldValue:
        return scope.value(self.name)

    def fields(self) -> frozenset[str]:
        return frozenset((self.name,))


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """Text with names in it. ``names`` binds the template's variables to names of the scope."""

    place: Place
    text: str
    names: Mapping[str, str]
    template: Template = field(compare=False)

    def evaluate(self, scope: Scope) -> FieldValue:
        """Trimmed text of at most LONGEST_RESULT characters; None when nothing is left."""
        values = {variable: text_of(scope.value(name)) for variable, name in self.names.items()}
        result = self.template.render(values)[:LONGEST_RESULT].strip()
        return result or None

    def fields(self) -> frozenset[str]:
        return frozenset(self.names.values())


@dataclass(frozen=True, slots=True)
class FirstThatHolds:
    """``first: [{when, then}, {else}]``; a condition of None always holds."""

    place: Place
    choices: tuple[tuple[Condition | None, Expression], ...]

    def evaluate(self, scope: Scope) -> FieldValue:
        for condition, value in self.choices:
            if condition is None or condition.holds(scope):
                return value.evaluate(scope)
        return None

    def fields(self) -> frozenset[str]:
        found: set[str] = set()
        for condition, value in self.choices:
            found |= value.fields()
            if condition is not None:
                found |= condition.fields()
        return frozenset(found)
