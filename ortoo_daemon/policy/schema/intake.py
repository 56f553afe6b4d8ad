"""What is the JSON Schema of ``intake:`` and of a step of ``enrichment:``?"""

from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.policy.parsing import intake as parse_intake
from ortoo_daemon.policy.parsing import triage as parse_triage
from ortoo_daemon.policy.schema.conditions import condition
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FIELD,
    FLAG,
    NAME,
    TEXT,
    Schema,
    list_of,
    map_of,
    ref,
    section,
)


def intake() -> Schema:
    kinds = [str(kind) for kind in CleanseKind]
    options = section(parse_intake.CLEANSE_KEYS, {"country": FIELD})
    by_kind = {
        "type": "object",
        "properties": dict.fromkeys(kinds, options),
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    orelse = section(parse_intake.REQUIRE_ELSE_KEYS, {"park": TEXT}, ("park",))
    require = condition() | {"required": ["else"]}
    require["properties"] = {**require["properties"], "else": orelse}
    triage = section(
        parse_triage.TRIAGE_KEYS,
        {
            "when": ref("condition"),
            "set": map_of(ref("expression")),
            "map": NAME,
            "split": section(parse_triage.SPLIT_KEYS, {"copy": list_of(FIELD)}),
            "model": {"enum": list(parse_triage.MODELS)},
            "mail_within": DURATION,
        },
    )
    return section(
        parse_intake.INTAKE_KEYS,
        {
            "triage": triage,
            "cleanse": map_of({"anyOf": [{"enum": kinds}, by_kind]}),
            "require": require,
        },
    )


def enrichment_step() -> Schema:
    match = {
        "anyOf": [
            NAME,
            {
                "type": "object",
                "properties": {
                    "exact": NAME,
                    "prefix": NAME,
                    "range": {"type": "array", "items": NAME, "minItems": 2, "maxItems": 2},
                },
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }
    table = section(
        parse_intake.TABLE_KEYS,
        {"file": NAME, "match": map_of(match), "set": map_of(NAME), "only_empty": FLAG},
        ("file", "match", "set"),
    )
    score = section(
        parse_intake.SCORE_KEYS, {"card": NAME, "into": FIELD, "band": FIELD}, ("card", "into")
    )
    return section(
        parse_intake.STEP_KEYS,
        {"table": table, "set": map_of(ref("expression")), "score": score, "only_empty": FLAG},
    )
