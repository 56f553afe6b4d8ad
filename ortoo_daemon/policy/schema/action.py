"""What is the JSON Schema of ``action:`` — the fields to set, and the clocks with their steps?"""

from ortoo_daemon.decision import NoticeTo
from ortoo_daemon.policy.parsing import action as parse_action
from ortoo_daemon.policy.parsing import fuse as parse_fuse
from ortoo_daemon.policy.parsing import notify as parse_notify
from ortoo_daemon.policy.parsing import sla_steps as parse_sla_steps
from ortoo_daemon.policy.schema.conditions import first
from ortoo_daemon.policy.schema.terms import (
    DURATION,
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
from ortoo_daemon.policy.sla_model import Superior, Within


def action() -> Schema:
    clock = section(
        parse_action.SLA_KEYS,
        {
            "clock": TEXT,
            "target": {"anyOf": [DURATION, first(DURATION)]},
            "hours": TEXT,
            "warn": list_of({"type": "string"}),
            "stopped_by": one_or_several(ref("condition")),
            "on_violation": one_or_several(_step_of_violation()),
        },
        ("clock", "target", "hours"),
    )
    return section(
        parse_action.ACTION_KEYS,
        {
            "set": map_of(ref("expression")),
            "sla": list_of(clock),
            "notify": ref("notify"),
            "fuse": fuse(),
        },
    )


def fuse() -> Schema:
    at_most: Schema = {"type": "integer", "minimum": 1}
    keys = parse_fuse.FUSE_KEYS
    return section(keys, {"at_most": at_most, "per": DURATION}, keys)


def notify() -> Schema:
    """One entry or several: a word, or who is told, how and when."""
    name: Schema = {"type": "string", "pattern": f"^{parse_notify.NAME.pattern}$"}
    queue = section(parse_notify.TO_KEYS, {"queue": NAME}, parse_notify.TO_KEYS)
    entry = section(
        parse_notify.NOTIFY_KEYS,
        {
            "to": {"anyOf": [{"enum": [str(each) for each in NoticeTo]}, queue]},
            "by": name,
            "template": name,
            "when": ref("condition"),
            "urgent": FLAG,
            "digest": DURATION,
        },
        ("to",),
    )
    return one_or_several({"anyOf": [name, entry]})


def _step_of_violation() -> Schema:
    reassign = section(
        parse_sla_steps.REASSIGN_KEYS, {"within": {"enum": [str(each) for each in Within]}}
    )
    superior: Schema = {"enum": [str(each) for each in Superior]}
    return section(
        parse_sla_steps.STEP_KEYS,
        {
            "after": DURATION,
            "reassign": reassign | {"required": ["within"]},
            "escalate": {"anyOf": [superior, ref("target")]},
        },
    )
