"""What is the JSON Schema of a condition, and of a value that depends on conditions?"""

from ortoo_daemon.policy.operators import OPERATORS, Takes
from ortoo_daemon.policy.parsing import expressions as parse_expressions
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FIELD,
    FLAG,
    ITEMS_OF_TEXT,
    OPEN_TIME,
    SCALAR,
    TEXT,
    Schema,
    list_of,
    ref,
    section,
)


def condition() -> Schema:
    parts = {"type": "array", "minItems": 1, "items": {"anyOf": [FIELD, ref("condition")]}}
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
        "properties": {
            "all": parts,
            "any": parts,
            "not": ref("condition"),
            "use": TEXT,
            "programme": TEXT,
        },
        "additionalProperties": {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}, tests]},
    }


def _operand(takes: Takes) -> Schema:
    by_name = {
        "type": "object",
        "properties": {"list": TEXT},
        "required": ["list"],
        "additionalProperties": False,
    }
    other = section(("field",), {"field": FIELD}, ("field",))
    if takes is Takes.NUMBER:
        return {"anyOf": [{"type": "number"}, other]}
    if takes is Takes.FLAG:
        return FLAG
    if takes is Takes.AHEAD:
        return DURATION
    if takes is Takes.AGE:
        return {"anyOf": [DURATION, OPEN_TIME]}
    if takes is Takes.FIELD:
        return {"type": "string"}
    if takes is Takes.BETWEEN:
        return {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2}
    if takes is Takes.MOMENT:
        return {"anyOf": [{"type": "string"}, other]}
    return {"anyOf": [*ITEMS_OF_TEXT["anyOf"], by_name]}


def expression() -> Schema:
    return {"anyOf": [SCALAR, {"type": "null"}, first(ref("expression"))]}


def first(value: Schema) -> Schema:
    branch = section(
        parse_expressions.BRANCH_KEYS, {"when": ref("condition"), "then": value, "else": value}
    )
    return {
        "type": "object",
        "properties": {"first": list_of(branch) | {"minItems": 1}},
        "required": ["first"],
        "additionalProperties": False,
    }
