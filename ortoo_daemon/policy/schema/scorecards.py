"""What is the JSON Schema of a scorecard's file?"""

from ortoo_daemon.policy.parsing import scorecards as parse
from ortoo_daemon.policy.schema.conditions import condition
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FIELD,
    NAME,
    TEXT,
    Schema,
    list_of,
    map_of,
    ref,
    section,
)

_NUMBER: Schema = {"type": "number"}


def scorecard_schema() -> Schema:
    """Draft 2020-12, ready to be written as JSON."""
    fades = section(
        parse.FADES_KEYS, {"since": FIELD, "half_life": DURATION}, ("since", "half_life")
    )
    points = section(
        parse.POINTS_KEYS,
        {"because": TEXT, "when": ref("condition"), "add": _NUMBER, "fades": fades},
        ("because", "when", "add"),
    )
    part = section(
        parse.PART_KEYS,
        {"part": NAME, "at_least": _NUMBER, "at_most": _NUMBER, "points": list_of(points)},
        ("part", "points"),
    )
    card = section(
        parse.CARD_KEYS,
        {
            "scorecard": NAME,
            "description": TEXT,
            "base": _NUMBER,
            "between": list_of(_NUMBER) | {"minItems": 2, "maxItems": 2},
            "parts": list_of(part),
            "bands": map_of(_NUMBER),
        },
        ("scorecard", "parts"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon scorecard",
        "$ref": "#/$defs/scorecard",
        "$defs": {"scorecard": card, "condition": condition()},
    }
