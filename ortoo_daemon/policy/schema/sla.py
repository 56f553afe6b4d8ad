"""What is the JSON Schema of ``sla:`` with its steps, of ``offer:``, ``returns:`` and ``moves:``?"""

from ortoo_daemon.policy.parsing import offers as parse_offers
from ortoo_daemon.policy.parsing import sla_clocks as parse_sla
from ortoo_daemon.policy.parsing import sla_steps as parse_steps
from ortoo_daemon.policy.schema.conditions import first
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FIELD,
    TEXT,
    Schema,
    list_of,
    map_of,
    one_or_several,
    ref,
    section,
)
from ortoo_daemon.policy.sla_model import OnReassign, OnReopen, OnRepeat, Superior, Within

_COUNT: Schema = {"type": "integer", "minimum": 1}


def clock() -> Schema:
    conditions = one_or_several(ref("condition"))
    return section(
        parse_sla.SLA_KEYS,
        {
            "clock": TEXT,
            "target": {"anyOf": [DURATION, first(DURATION)]},
            "hours": TEXT,
            "warn": list_of({"type": "string"}),
            "on_warning": one_or_several(_step_of_warning()),
            "stopped_by": _stops(),
            "two_way_within": DURATION,
            "paused_by": conditions,
            "acknowledged_by": conditions,
            "on_reassign": {"enum": [str(each) for each in OnReassign]},
            "on_reopen": {"enum": [str(each) for each in OnReopen]},
            "on_repeat": {"enum": [str(each) for each in OnRepeat]},
            "on_violation": one_or_several(_step_of_violation()),
        },
        ("clock", "target", "hours"),
    )


def offer() -> Schema:
    """How long whoever is given a record has to accept it."""
    return section(
        parse_offers.OFFER_KEYS,
        {
            "for": {"anyOf": [DURATION, first(DURATION)]},
            "hours": TEXT,
            "accepted_by": _stops(),
            "warn": list_of({"type": "string"}),
            "on_warning": one_or_several(_step_of_warning()),
            "on_lapse": one_or_several(_step_of_violation()),
        },
        ("for", "hours", "accepted_by", "on_lapse"),
    )


def returns() -> Schema:
    """What becomes of a record that its holder gives back."""
    return section(
        parse_offers.RETURNS_KEYS,
        {"reason": FIELD, "steps": one_or_several(_step_of_return())},
        parse_offers.RETURNS_KEYS,
    )


def moves() -> Schema:
    budget = section(
        parse_sla.BUDGET_KEYS, {"at_most": _COUNT, "per": DURATION}, parse_sla.BUDGET_KEYS
    )
    return section(
        parse_sla.MOVES_KEYS,
        {
            "at_most": _COUNT,
            "not_back_for": DURATION,
            "per_rooftop": budget,
            "while_closed": {"enum": list(parse_sla.WHILE_CLOSED)},
        },
    )


def _stops() -> Schema:
    activity: Schema = {"enum": [str(kind) for kind in parse_steps.STOPPING]}
    contacts = section((parse_steps.ACTIVITY,), {parse_steps.ACTIVITY: list_of(activity)})
    return one_or_several({"anyOf": [contacts, ref("condition")]})


def _step_of_warning() -> Schema:
    return section(
        parse_steps.WARNING_KEYS,
        {"when": ref("condition"), "notify": ref("notify"), "set": map_of(ref("expression"))},
    )


def _step_of_return() -> Schema:
    return section(
        parse_steps.RETURN_KEYS,
        {
            "when": ref("condition"),
            "reassign": _reassign(),
            "escalate": _escalate(),
            "notify": ref("notify"),
            "set": map_of(ref("expression")),
        },
    )


def _reassign() -> Schema:
    reassign = section(
        parse_steps.REASSIGN_KEYS,
        {"within": {"enum": [str(each) for each in Within]}, "back_up": TEXT, "desk": TEXT},
    )
    return reassign | {"minProperties": 1, "maxProperties": 1}


def _escalate() -> Schema:
    superior: Schema = {"enum": [str(each) for each in Superior]}
    return {"anyOf": [superior, ref("target")]}


def _step_of_violation() -> Schema:
    repeat = section(
        parse_steps.REPEAT_KEYS, {"every": DURATION, "at_most": _COUNT}, parse_steps.REPEAT_KEYS
    )
    return section(
        parse_steps.STEP_KEYS,
        {
            "after": DURATION,
            "when": ref("condition"),
            "reassign": _reassign(),
            "escalate": _escalate(),
            "notify": ref("notify"),
            "set": map_of(ref("expression")),
            "repeat": repeat,
        },
    )
