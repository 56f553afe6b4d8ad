"""What is the JSON Schema of ``intake:`` and of a step of ``enrichment:``?"""

from ortoo_daemon.policy.attribution_model import COLUMNS, UTM
from ortoo_daemon.policy.find_model import Among, Prefer
from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.policy.models.catalogue import SENDABLE, TaskName
from ortoo_daemon.policy.parsing import adf as parse_adf
from ortoo_daemon.policy.parsing import ai as parse_ai
from ortoo_daemon.policy.parsing import attribution as parse_attribution
from ortoo_daemon.policy.parsing import calls as parse_calls
from ortoo_daemon.policy.parsing import find as parse_find
from ortoo_daemon.policy.parsing import intake as parse_intake
from ortoo_daemon.policy.parsing import table_steps as parse_table_steps
from ortoo_daemon.policy.parsing import triage as parse_triage
from ortoo_daemon.policy.parsing import vehicle as parse_vehicle
from ortoo_daemon.policy.schema.conditions import condition
from ortoo_daemon.policy.schema.govern import govern
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FIELD,
    FLAG,
    NAME,
    TEXT,
    Schema,
    list_of,
    map_of,
    one_or_several,
    ref,
    section,
)


def intake() -> Schema:
    kinds = [str(kind) for kind in CleanseKind]
    options = section(parse_intake.CLEANSE_KEYS, dict.fromkeys(parse_intake.CLEANSE_KEYS, FIELD))
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
            "reopen": map_of(ref("expression")),
            "model": {"enum": list(parse_triage.MODELS)},
            "mail_within": DURATION,
        },
    )
    return section(
        parse_intake.INTAKE_KEYS,
        {
            "triage": triage,
            "adf": _adf(),
            "vehicle": _vehicle(),
            "cleanse": map_of({"anyOf": [{"enum": kinds}, by_kind]}),
            "require": require,
            "govern": govern(),
            "find": section(parse_find.FIND_KEYS, {"duplicates": _duplicates()}, ("duplicates",)),
        },
    )


def _vehicle() -> Schema:
    return section(
        parse_vehicle.VEHICLE_KEYS,
        {
            "when": ref("condition"),
            "vin": {"type": "string", "pattern": "^(\\$(triage|adf)\\.)?[A-Za-z][A-Za-z0-9_.]*$"},
            "object": NAME,
            "by": FIELD,
            "set": map_of(FIELD),
            "only_empty": FLAG,
            "make": map_of(FIELD),
        },
        ("vin", "object", "by", "set"),
    )


def _adf() -> Schema:
    mails = section(parse_adf.MAILS_KEYS, {"when": ref("condition"), "within": DURATION})
    parked = section(parse_adf.UNREADABLE_KEYS, {"park": TEXT}, ("park",))
    return section(
        parse_adf.ADF_KEYS,
        {
            "when": ref("condition"),
            "from": one_or_several(NAME),
            "mails": {"anyOf": [{"const": True}, mails]},
            "keep": FIELD,
            "map": NAME,
            "set": map_of(ref("expression")),
            "vendor": FIELD,
            "split": section(parse_triage.SPLIT_KEYS, {"copy": list_of(FIELD)}),
            "unreadable": {"anyOf": [{"const": parse_adf.PASS}, parked]},
        },
        ("from",),
    )


def _duplicates() -> Schema:
    span: Schema = {"anyOf": [DURATION, {"const": parse_find.ANY_AGE}]}
    name = section(
        parse_find.NAMES_KEYS,
        {"name": FIELD, "company": FIELD, "postal_code": FIELD},
        ("postal_code",),
    )
    window = section(
        parse_find.WINDOW_KEYS,
        {"of": one_or_several(TEXT), "to": one_or_several(TEXT), "within": span},
        ("within",),
    )
    return section(
        parse_find.DUPLICATES_KEYS,
        {
            "on": list_of({"anyOf": [FIELD, name]}) | {"minItems": 1},
            "among": {"anyOf": [list_of(NAME) | {"minItems": 1}, map_of(span)]},
            "within": span,
            "windows": list_of(window),
            "scope": {"enum": [str(each) for each in Among]},
            "also": one_or_several({"enum": [str(each) for each in parse_find.ALSO]}),
            "prefer": one_or_several({"enum": [str(each) for each in Prefer]}),
        },
        ("on", "among"),
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
                    "words": NAME,
                    "range": {"type": "array", "items": NAME, "minItems": 2, "maxItems": 2},
                },
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }
    table = section(
        parse_table_steps.TABLE_KEYS,
        {"file": NAME, "match": map_of(match), "set": map_of(NAME), "only_empty": FLAG},
        ("file", "match", "set"),
    )
    score = section(
        parse_intake.SCORE_KEYS,
        {"card": NAME, "when": ref("condition"), "into": FIELD, "band": FIELD},
        ("card", "into"),
    )
    return section(
        parse_intake.STEP_KEYS,
        {
            "table": table,
            "set": map_of(ref("expression")),
            "score": score,
            "ai": _ai(),
            "call": _call(),
            **dict.fromkeys(parse_intake.ACTIONS, _action()),
            "hold_until": _hold(),
            "attribution": _attribution(),
            "only_empty": FLAG,
        },
    )


def _attribution() -> Schema:
    keys = parse_attribution.ATTRIBUTION_KEYS
    utm = section(UTM, dict.fromkeys(UTM, FIELD))
    into = section(COLUMNS, dict.fromkeys(COLUMNS, FIELD))
    fields = {"from": FIELD, "url": FIELD, "first_touch": FIELD, "last_touch": FIELD}
    return section(
        keys,
        {"table": NAME, "when": ref("condition"), "utm": utm, "into": into, **fields},
        ("table", "from"),
    )


def _ai() -> Schema:
    named = {"type": "string", "pattern": "^(\\$triage\\.)?[A-Za-z][A-Za-z0-9_.]*$"}
    could = [SENDABLE[TaskName(task)] for task in parse_ai.TASKS]
    texts = sorted({part for each in could for part in each.parts})
    told = sorted({name for each in could for name in each.fields})
    return section(
        parse_ai.AI_KEYS,
        {
            "task": {"enum": list(parse_ai.TASKS)},
            "label": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,39}$"},
            "when": ref("condition"),
            "read": map_of(named) | {"propertyNames": {"enum": texts}},
            "tell": map_of(named) | {"propertyNames": {"enum": told}},
            "names": list_of(FIELD),
            "value": FIELD,
            "map": NAME,
            "into": FIELD,
            "length": {"type": "integer", "minimum": 1, "maximum": parse_ai.LONGEST_WRITTEN},
            "only_empty": FLAG,
        },
        ("task",),
    )


def _action() -> Schema:
    word = {"type": "string", "pattern": f"^{parse_calls.NAME.pattern}$"}
    return section(
        parse_calls.ACTION_KEYS,
        {
            "name": NAME,
            "label": word,
            "when": ref("condition"),
            "send": map_of({"anyOf": [NAME, {"type": ["number", "boolean"]}]}),
            "set": map_of(NAME),
            "only_empty": FLAG,
            "at_most": DURATION,
            "else": map_of(ref("expression")),
        },
        ("name",),
    )


def _hold() -> Schema:
    """A condition, with more beside its parts."""
    word = {"type": "string", "pattern": f"^{parse_calls.NAME.pattern}$"}
    said = {
        "label": word,
        "when": ref("condition"),
        "at_most": DURATION,
        "else": map_of(ref("expression")),
    }
    whole = condition() | {"required": ["at_most"]}
    whole["properties"] = {**whole["properties"], **said}
    return whole


def _call() -> Schema:
    word = {"type": "string", "pattern": f"^{parse_calls.NAME.pattern}$"}
    return section(
        parse_calls.CALL_KEYS,
        {
            "service": word,
            "label": word,
            "when": ref("condition"),
            "send": map_of(NAME),
            "set": map_of(NAME),
            "only_empty": FLAG,
            "at_most": DURATION,
            "else": map_of(ref("expression")),
        },
        ("service", "set"),
    )
