"""A scope for tests: fields as a dict, and a fixed clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.naming import FOUND_SO_FAR
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression
from ortoo_daemon.records import FieldValue

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class FixedScope:
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    now: datetime = NOW
    zone: str = "Europe/Paris"
    hours: BusinessHours | None = None

    def value(self, name: str) -> FieldValue:
        return self.fields.get(name)


def scope(**fields: FieldValue) -> FixedScope:
    return FixedScope(fields=fields)


def condition(text: str) -> Condition:
    """The condition in one line of YAML; fails when it has problems."""
    problems = Problems()
    node = read_document("test.yaml", text.encode(), problems)
    assert node is not None
    found = ConditionReader(problems, Definitions(problems), hours=True).read(node)
    assert found is not None, problems.found
    return found


def expression(text: str) -> Expression:
    """The value in one line of YAML, where rooftop and owner are known."""
    problems = Problems()
    node = read_document("test.yaml", text.encode(), problems)
    assert node is not None
    found = read_expression(node, ConditionReader(problems, Definitions(problems), FOUND_SO_FAR))
    assert found is not None, problems.found
    return found


def one_test(text: str) -> FieldTest:
    found = condition(text)
    assert isinstance(found, FieldTest)
    return found
