"""What is the JSON Schema of ``ownership:`` — its rules, whom they assign, targets and limits?"""

from collections.abc import Sequence

from ortoo_daemon.policy.limits_model import LimitLevel
from ortoo_daemon.policy.ownership_model import PersonMethod
from ortoo_daemon.policy.parsing import assignment as parse_assignment
from ortoo_daemon.policy.parsing import limits as parse_limits
from ortoo_daemon.policy.parsing import ownership as parse_ownership
from ortoo_daemon.policy.parsing import people as parse_people
from ortoo_daemon.policy.parsing import programmes as parse_programmes
from ortoo_daemon.policy.parsing import rooftops as parse_rooftops
from ortoo_daemon.policy.parsing import ways_out as parse_ways_out
from ortoo_daemon.policy.periods import Calendar
from ortoo_daemon.policy.schema.action import fuse
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


def ownership() -> Schema:
    return section(
        parse_ownership.OWNERSHIP_KEYS,
        {
            "rules": list_of(ref("rule")),
            "limits": _limits(),
            "otherwise": ref("way_out"),
        },
        ("otherwise",),
    )


def programmes() -> Schema:
    """By name: days, rooftops that take part, limits and a fuse."""
    day: Schema = {"type": "string", "format": "date"}
    limits = _limits(parse_programmes.PROGRAMME_LIMITS_KEYS)
    programme = section(
        parse_programmes.PROGRAMME_KEYS,
        {
            "from": day,
            "until": day,
            "off": FLAG,
            "rooftops": {"anyOf": [ref("condition"), list_of(TEXT) | {"minItems": 1}]},
            "limits": limits,
            "fuse": fuse(),
        },
    )
    return map_of(programme) | {"propertyNames": {"pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}}


def _limits(keys: Sequence[str] = parse_limits.LIMITS_KEYS) -> Schema:
    number: Schema = {"type": "integer", "minimum": 1}
    unless = {"unless": ref("condition")}
    per: Schema = {"anyOf": [{"enum": [part.value for part in Calendar]}, DURATION]}
    rate = section(
        parse_limits.RATE_KEYS,
        {"at_most": number, "per": per, "for": ref("condition"), "zone": NAME},
        ("at_most", "per"),
    )
    levels = [level.value for level in LimitLevel]
    opened = section(parse_limits.OPEN_LIMIT_KEYS, dict.fromkeys(levels, number) | unless)
    rated = section(
        parse_limits.RATE_LIMIT_KEYS, dict.fromkeys(levels, one_or_several(rate)) | unless
    )
    load: Schema = {"type": "number", "exclusiveMinimum": 0}
    loaded = section(
        parse_limits.LOAD_LIMIT_KEYS,
        dict.fromkeys(levels, load) | unless | {"weigh": ref("expression")},
        ("weigh",),
    )
    found = {"open_limit": opened, "rate_limit": rated, "load_limit": loaded}
    return section(keys, {key: found[key] for key in keys})


def rule() -> Schema:
    return section(
        parse_ownership.RULE_KEYS,
        {
            "name": {"type": ["string", "number"], "maxLength": 80},
            "when": ref("condition"),
            "during": {"type": "string", "pattern": "^\\S+\\s*\\.\\.\\s*\\S+$"},
            "programme": NAME,
            "assign": ref("assign"),
            "rules": list_of(ref("rule")),
        },
        ("name",),
    )


def target() -> Schema:
    found = section(parse_assignment.TARGET_KEYS, {"queue": NAME, "user": NAME})
    return found | {"minProperties": 1, "maxProperties": 1}


def way_out() -> Schema:
    """A target of ``else`` and ``otherwise``, who may have somebody told."""
    keys = {"queue": NAME, "user": NAME, "notify": ref("notify")}
    found = section(parse_ways_out.WAY_OUT_KEYS, keys)
    return found | {"oneOf": [{"required": ["queue"]}, {"required": ["user"]}]}


def assign() -> Schema:
    return section(
        parse_assignment.ASSIGN_KEYS,
        {
            "queue": NAME,
            "user": NAME,
            "keep": one_or_several(FIELD),
            "rooftop": _rooftop(),
            "team": _team(),
            "person": _person(),
            "else": ref("way_out"),
        },
    )


def _rooftop() -> Schema:
    return section(
        parse_rooftops.ROOFTOP_KEYS,
        {
            "brand": FIELD,
            "territory": FIELD,
            "territories": NAME,
            "country": FIELD,
            "city": FIELD,
            "phone": FIELD,
            "within": {"type": "string", "pattern": "^[0-9.]+\\s*km$"},
            "where": ref("condition"),
            "open_now": FLAG,
            "hops": {"type": "integer", "minimum": 1, "maximum": parse_rooftops.MOST_HOPS},
            "performance": _performance(),
            "prefer": list_of({"enum": list(parse_rooftops.PREFER)}),
        },
    )


def _performance() -> Schema:
    number: Schema = {"type": "number"}
    return section(
        parse_rooftops.PERFORMANCE_KEYS,
        {"of": FIELD, "table": NAME}
        | dict.fromkeys(("floor", "ceiling"), number)
        | {"step": {"type": "number", "exclusiveMinimum": 0}},
        ("floor", "ceiling"),
    )


def _wish() -> Schema:
    of_field = section(parse_people.WISH_KEYS, {"language": FIELD, "skill": FIELD})
    return {"anyOf": [TEXT, of_field | {"minProperties": 1, "maxProperties": 1}]}


def _team() -> Schema:
    wishes = list_of(_wish())
    skills = section(parse_people.SKILLS_KEYS, {"required": wishes, "wished": wishes})
    return section(
        parse_people.TEAM_KEYS,
        {
            "role": TEXT,
            "skills": skills,
            "open_now": FLAG,
            "relax_after": DURATION,
            "hold_in": NAME,
        },
    )


def _person() -> Schema:
    sticky = section(parse_people.STICKY_KEYS, {"on": FIELD, "for": DURATION}, ("on", "for"))
    methods = [str(method) for method in PersonMethod]
    points: Schema = {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": parse_people.MOST_POINTS,
    }
    match = section(parse_people.MATCH_KEYS, {"has": _wish(), "points": points}, ("has", "points"))
    return section(
        parse_people.PERSON_KEYS,
        {"by": {"enum": methods}, "match": list_of(match), "sticky": sticky},
    )
