"""What are the schemas of a policy file made of? The JSON Schema of values that many keys share.

`section` compares its keys with the parser's, so that parser and schema can't drift apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number"]}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DURATION: Schema = {"type": "string", "pattern": "^\\s*[0-9]{1,6}\\s*[smhdw]\\s*$"}
OPEN_TIME: Schema = {"type": "string", "pattern": "^\\s*[0-9]{1,5} open (minute|hour)s?\\s*$"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
FIELD: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.]*$"}
NAME: Schema = {"type": "string", "minLength": 1}
ITEMS_OF_TEXT: Schema = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def one_or_several(schema: Schema) -> Schema:
    return {"anyOf": [schema, list_of(schema) | {"minItems": 1}]}


def map_of(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def section(
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
