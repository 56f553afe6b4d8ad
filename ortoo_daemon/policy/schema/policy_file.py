"""What is the JSON Schema of a policy file, for editors that complete and check while one types?

Keys come from the parser's own tables; a key without a schema here stops the schema from being made,
so that the two can't drift apart. The parser stays the judge: a schema can't know fields or queues.
Sections have modules of their own, as their parsers have.
"""

from ortoo_daemon.policy import definitions
from ortoo_daemon.policy.parsing import policy_file as parse
from ortoo_daemon.policy.schema.action import absence, action, boundaries, notify
from ortoo_daemon.policy.schema.conditions import condition, expression
from ortoo_daemon.policy.schema.intake import enrichment_step, intake
from ortoo_daemon.policy.schema.ownership import (
    assign,
    ownership,
    programmes,
    rule,
    target,
    way_out,
)
from ortoo_daemon.policy.schema.terms import (
    FIELD,
    MOMENT,
    NAME,
    SCALAR,
    TEXT,
    Schema,
    list_of,
    map_of,
    ref,
    section,
)


def policy_schema() -> Schema:
    """Draft 2020-12, ready to be written as JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon policy",
        "$ref": "#/$defs/policy",
        "$defs": {
            "policy": _policy(),
            "condition": condition(),
            "expression": expression(),
            "target": target(),
            "way_out": way_out(),
            "notify": notify(),
            "rule": rule(),
            "assign": assign(),
        },
    }


def _policy() -> Schema:
    changed = section(parse.CHANGED_KEYS, {"changed": list_of(FIELD)})
    trigger: Schema = {"anyOf": [{"enum": list(parse.TRIGGERS)}, changed]}
    return section(
        parse.POLICY_KEYS,
        {
            "policy": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,59}$"},
            "object": NAME,
            "description": TEXT,
            "take_from": MOMENT,
            "zone": NAME,
            "hours": NAME,
            "on": {"anyOf": [trigger, list_of(trigger)]},
            "enter": ref("condition"),
            "take_over": {"anyOf": [NAME, list_of(NAME)]},
            "define": section(
                definitions.KEYS,
                {"conditions": map_of(ref("condition")), "lists": map_of(list_of(SCALAR))},
            ),
            "programmes": programmes(),
            "intake": intake(),
            "enrichment": list_of(enrichment_step()),
            "ownership": ownership(),
            "action": action(),
            "absence": absence(),
            "boundaries": boundaries(),
        },
        ("policy", "object", "take_from", "ownership"),
    )
