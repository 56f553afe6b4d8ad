"""What is the JSON Schema of a territory file in YAML?"""

from ortoo_daemon.policy.schema.terms import Schema, list_of, section
from ortoo_daemon.policy.territories import COLUMNS

_CELL: Schema = {"type": ["string", "number", "null"]}
_DAY: Schema = {"type": ["string", "null"], "format": "date"}


def territories_schema() -> Schema:
    """Draft 2020-12, ready to be written as JSON."""
    days = dict.fromkeys(("valid_from", "valid_to"), _DAY)
    row = section(COLUMNS, {**dict.fromkeys(COLUMNS, _CELL), **days}, ("country",))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon territories",
        **list_of(row),
        "minItems": 1,
    }
