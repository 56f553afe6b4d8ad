"""What is the JSON Schema of a policy file, for editors that complete and check while one types?

Keys come from the parser's own tables; a key without a schema here stops the schema from being made,
so that the two can't drift apart. The parser stays the judge: a schema can't know fields or queues.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ortoo_daemon.policy import (
    cases,
    definitions,
    parse,
    parse_action,
    parse_assignment,
    parse_expressions,
    parse_intake,
    parse_ownership,
    parse_sla_steps,
)
from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.policy.operators import OPERATORS, Takes
from ortoo_daemon.policy.ownership_model import PersonMethod
from ortoo_daemon.policy.sla_model import Superior, Within

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number"]}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DURATION: Schema = {"type": "string", "pattern": "^\\s*[0-9]{1,6}\\s*[smhdw]\\s*$"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_FIELD: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.]*$"}
_NAME: Schema = {"type": "string", "minLength": 1}
_ITEMS_OF_TEXT: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _map_of(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _section(
    keys: Sequence[str], properties: Mapping[str, Schema], required: Sequence[str] = ()
) -> Schema:
    """An object with exactly the parser's keys. Raises ValueError when one side has others."""
    if set(keys) != set(properties):
        odd = set(keys) ^ set(properties)
        raise ValueError(f"the parser and the schema disagree on {sorted(odd)}")
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def policy_schema() -> Schema:
    """Draft 2020-12, ready to be written as JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon policy",
        "$ref": "#/$defs/policy",
        "$defs": {
            "policy": _policy(),
            "condition": _condition(),
            "expression": {"anyOf": [_SCALAR, {"type": "null"}, _first(_ref("expression"))]},
            "target": _target(),
            "rule": _rule(),
            "assign": _assign(),
        },
    }


def tests_schema() -> Schema:
    """The schema of ``*_test.yaml``."""
    person = _section(cases.ROSTER_KEYS, {"active": _FLAG, "away": _FLAG, "open_work": _COUNT})
    owner = _section(
        cases.OWNER_KEYS,
        {
            "username": _NAME,
            "name": _NAME,
            "role": _NAME,
            "skills": _ITEMS_OF_TEXT,
            "languages": _ITEMS_OF_TEXT,
        },
    )
    expect = _section(
        cases.EXPECT_KEYS,
        {
            "outcome": {"enum": list(cases.OUTCOMES)},
            "rule": _TEXT,
            "rooftop": _TEXT,
            "owner": {"anyOf": [_NAME, owner]},
            "queue": _NAME,
            "parked": _TEXT,
            "sla": _map_of(_DURATION),
            "fields": _map_of({"type": ["string", "number", "boolean", "null"]}),
        },
    )
    fields = _map_of({"type": ["string", "number", "boolean", "null"]})
    expectation = {"anyOf": [{"const": cases.NO_WRITE}, expect]}
    later = _section(
        cases.THEN_KEYS,
        {"after": _DURATION, "given": fields, "expect": expectation},
        ("after", "expect"),
    )
    case = _section(
        cases.CASE_KEYS,
        {
            "name": _TEXT,
            "given": fields,
            "now": _MOMENT,
            "roster": _map_of(person),
            "expect": expectation,
            "then": _list_of(later),
        },
        ("name", "expect"),
    )
    whole = _section(
        cases.TESTS_KEYS,
        {
            "policy": _NAME,
            "now": _MOMENT,
            "defaults": fields,
            "roster": _map_of(person),
            "cases": _list_of(case),
        },
        ("policy", "cases"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon policy tests",
        **whole,
    }


def _policy() -> Schema:
    changed = _section(parse.CHANGED_KEYS, {"changed": _list_of(_FIELD)})
    trigger: Schema = {"anyOf": [{"enum": list(parse.TRIGGERS)}, changed]}
    return _section(
        parse.POLICY_KEYS,
        {
            "policy": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,59}$"},
            "object": _NAME,
            "description": _TEXT,
            "take_from": _MOMENT,
            "zone": _NAME,
            "on": {"anyOf": [trigger, _list_of(trigger)]},
            "enter": _ref("condition"),
            "take_over": {"anyOf": [_NAME, _list_of(_NAME)]},
            "define": _section(
                definitions.KEYS,
                {"conditions": _map_of(_ref("condition")), "lists": _map_of(_list_of(_SCALAR))},
            ),
            "intake": _intake(),
            "enrichment": _list_of(_step()),
            "ownership": _ownership(),
            "action": _action(),
        },
        ("policy", "object", "take_from", "ownership"),
    )


def _intake() -> Schema:
    kinds = [str(kind) for kind in CleanseKind]
    options = _section(parse_intake.CLEANSE_KEYS, {"country": _FIELD})
    by_kind = {
        "type": "object",
        "properties": dict.fromkeys(kinds, options),
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    orelse = _section(parse_intake.REQUIRE_ELSE_KEYS, {"park": _TEXT}, ("park",))
    require = _condition() | {"required": ["else"]}
    require["properties"] = {**require["properties"], "else": orelse}
    return _section(
        parse_intake.INTAKE_KEYS,
        {"cleanse": _map_of({"anyOf": [{"enum": kinds}, by_kind]}), "require": require},
    )


def _step() -> Schema:
    match = {
        "anyOf": [
            _NAME,
            {
                "type": "object",
                "properties": {
                    "exact": _NAME,
                    "prefix": _NAME,
                    "range": {"type": "array", "items": _NAME, "minItems": 2, "maxItems": 2},
                },
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }
    table = _section(
        parse_intake.TABLE_KEYS,
        {"file": _NAME, "match": _map_of(match), "set": _map_of(_NAME), "only_empty": _FLAG},
        ("file", "match", "set"),
    )
    return _section(
        parse_intake.STEP_KEYS,
        {"table": table, "set": _map_of(_ref("expression")), "only_empty": _FLAG},
    )


def _ownership() -> Schema:
    limit = _section(
        parse_ownership.OPEN_LIMIT_KEYS,
        {"person": {"type": "integer", "minimum": 1}, "unless": _ref("condition")},
    )
    return _section(
        parse_ownership.OWNERSHIP_KEYS,
        {
            "rules": _list_of(_ref("rule")),
            "limits": _section(parse_ownership.LIMITS_KEYS, {"open_limit": limit}),
            "otherwise": _ref("target"),
        },
        ("otherwise",),
    )


def _rule() -> Schema:
    return _section(
        parse_ownership.RULE_KEYS,
        {
            "name": {"type": ["string", "number"], "maxLength": 80},
            "when": _ref("condition"),
            "during": {"type": "string", "pattern": "^\\S+\\s*\\.\\.\\s*\\S+$"},
            "assign": _ref("assign"),
            "rules": _list_of(_ref("rule")),
        },
        ("name",),
    )


def _target() -> Schema:
    found = _section(parse_assignment.TARGET_KEYS, {"queue": _NAME, "user": _NAME})
    return found | {"minProperties": 1, "maxProperties": 1}


def _assign() -> Schema:
    return _section(
        parse_assignment.ASSIGN_KEYS,
        {
            "queue": _NAME,
            "user": _NAME,
            "rooftop": _rooftop(),
            "team": _team(),
            "person": _person(),
            "else": _ref("target"),
        },
    )


def _rooftop() -> Schema:
    return _section(
        parse_assignment.ROOFTOP_KEYS,
        {
            "brand": _FIELD,
            "territory": _FIELD,
            "territories": _NAME,
            "country": _FIELD,
            "city": _FIELD,
            "within": {"type": "string", "pattern": "^[0-9.]+\\s*km$"},
            "where": _ref("condition"),
            "prefer": _list_of({"enum": list(parse_assignment.PREFER)}),
        },
    )


def _team() -> Schema:
    language = _section(parse_assignment.WISH_KEYS, {"language": _FIELD}, ("language",))
    wishes = _list_of({"anyOf": [_TEXT, language]})
    skills = _section(parse_assignment.SKILLS_KEYS, {"required": wishes, "wished": wishes})
    return _section(
        parse_assignment.TEAM_KEYS, {"role": _TEXT, "skills": skills, "open_now": _FLAG}
    )


def _person() -> Schema:
    sticky = _section(parse_assignment.STICKY_KEYS, {"on": _FIELD, "for": _DURATION}, ("on", "for"))
    methods = [str(method) for method in PersonMethod]
    return _section(parse_assignment.PERSON_KEYS, {"by": {"enum": methods}, "sticky": sticky})


def _action() -> Schema:
    clock = _section(
        parse_action.SLA_KEYS,
        {
            "clock": _TEXT,
            "target": {"anyOf": [_DURATION, _first(_DURATION)]},
            "hours": _TEXT,
            "warn": _list_of({"type": "string"}),
            "stopped_by": _one_or_several(_ref("condition")),
            "on_violation": _one_or_several(_step_of_violation()),
        },
        ("clock", "target", "hours"),
    )
    return _section(
        parse_action.ACTION_KEYS, {"set": _map_of(_ref("expression")), "sla": _list_of(clock)}
    )


def _step_of_violation() -> Schema:
    reassign = _section(
        parse_sla_steps.REASSIGN_KEYS, {"within": {"enum": [str(each) for each in Within]}}
    )
    superior: Schema = {"enum": [str(each) for each in Superior]}
    return _section(
        parse_sla_steps.STEP_KEYS,
        {
            "after": _DURATION,
            "reassign": reassign | {"required": ["within"]},
            "escalate": {"anyOf": [superior, _ref("target")]},
        },
    )


def _one_or_several(schema: Schema) -> Schema:
    return {"anyOf": [schema, _list_of(schema) | {"minItems": 1}]}


def _first(value: Schema) -> Schema:
    branch = _section(
        parse_expressions.BRANCH_KEYS, {"when": _ref("condition"), "then": value, "else": value}
    )
    return {
        "type": "object",
        "properties": {"first": _list_of(branch) | {"minItems": 1}},
        "required": ["first"],
        "additionalProperties": False,
    }


def _condition() -> Schema:
    parts = {"type": "array", "minItems": 1, "items": {"anyOf": [_FIELD, _ref("condition")]}}
    operators = {name: _operand(operator.takes) for name, operator in OPERATORS.items()}
    tests = {
        "type": "object",
        "properties": operators,
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {"all": parts, "any": parts, "not": _ref("condition"), "use": _TEXT},
        "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}, tests]},
    }


def _operand(takes: Takes) -> Schema:
    by_name = {
        "type": "object",
        "properties": {"list": _TEXT},
        "required": ["list"],
        "additionalProperties": False,
    }
    if takes is Takes.NUMBER:
        return {"type": "number"}
    if takes is Takes.FLAG:
        return _FLAG
    if takes is Takes.AGE:
        return _DURATION
    if takes is Takes.FIELD:
        return {"type": "string"}
    if takes is Takes.BETWEEN:
        return {"type": "array", "items": _SCALAR, "minItems": 2, "maxItems": 2}
    if takes is Takes.MOMENT:
        return {"type": "string"}
    return {"anyOf": [*_ITEMS_OF_TEXT["anyOf"], by_name]}
