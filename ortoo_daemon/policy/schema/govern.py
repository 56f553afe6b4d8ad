"""What is the JSON Schema of ``govern:`` — rules that a record must keep?"""

from ortoo_daemon.policy.govern_model import BEST
from ortoo_daemon.policy.parsing import govern as parse_govern
from ortoo_daemon.policy.schema.terms import (
    FIELD,
    ITEMS_OF_TEXT,
    NAME,
    TEXT,
    Schema,
    list_of,
    map_of,
    one_or_several,
    ref,
    section,
)


def govern() -> Schema:
    orelse = section(parse_govern.ELSE_KEYS, {"park": TEXT, "reject": TEXT})
    rule = section(
        parse_govern.RULE_KEYS,
        {
            "name": TEXT,
            "required": one_or_several(FIELD),
            "one_of": map_of(ITEMS_OF_TEXT),
            "format": map_of(one_or_several(TEXT)),
            "holds": ref("condition"),
            "refuse": ref("condition"),
            "points": {"type": "integer", "minimum": 0, "maximum": BEST},
            "else": {"anyOf": [{"const": "flag"}, orelse]},
        },
        ("name",),
    )
    rejected = section(
        parse_govern.REJECTED_KEYS, {"queue": NAME, "set": map_of(ref("expression"))}, ("queue",)
    )
    return section(
        parse_govern.GOVERN_KEYS,
        {
            "when": ref("condition"),
            "score": FIELD,
            "flags": FIELD,
            "rules": list_of(rule),
            "rejected": rejected,
        },
        ("rules",),
    )
