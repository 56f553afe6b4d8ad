"""What is the JSON Schema of ``action:`` — fields to set, clocks to start, people to tell?"""

from collections.abc import Collection

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.decision import DuplicateRules
from ortoo_daemon.person import Sign
from ortoo_daemon.policy.absence_model import Move
from ortoo_daemon.policy.boundary_model import Boundary
from ortoo_daemon.policy.handoff_model import FORMATS, SENT_NAMES
from ortoo_daemon.policy.parsing import absence as parse_absence
from ortoo_daemon.policy.parsing import action as parse_action
from ortoo_daemon.policy.parsing import boundaries as parse_boundaries
from ortoo_daemon.policy.parsing import campaign as parse_campaign
from ortoo_daemon.policy.parsing import fuse as parse_fuse
from ortoo_daemon.policy.parsing import handoff as parse_handoff
from ortoo_daemon.policy.parsing import notify as parse_notify
from ortoo_daemon.policy.parsing import publish as parse_publish
from ortoo_daemon.policy.parsing import replies as parse_replies
from ortoo_daemon.policy.parsing import share as parse_share
from ortoo_daemon.policy.schema.repeats import repeat
from ortoo_daemon.policy.schema.sla import clock, moves, offer, returns
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
from ortoo_daemon.policy.share_model import Access


def action() -> Schema:
    return section(
        parse_action.ACTION_KEYS,
        {
            "set": map_of(ref("expression")),
            "campaign": section(
                parse_campaign.CAMPAIGN_KEYS,
                {"of": ref("expression"), "by": NAME, "status": TEXT, "when": ref("condition")},
                ("of",),
            ),
            "publish": one_or_several(publish()),
            "duplicate_rules": {"enum": [str(each) for each in DuplicateRules]},
            "repeats": one_or_several(repeat()),
            "offer": offer(),
            "sla": list_of(clock()),
            "returns": returns(),
            "moves": moves(),
            "notify": ref("notify"),
            "on_park": on_park(),
            "handoff": handoff(),
            "share": one_or_several(share()),
            "fuse": fuse(),
        },
    )


def publish() -> Schema:
    """A platform event for others."""
    return section(
        parse_publish.PUBLISH_KEYS,
        {
            "event": {"type": "string", "pattern": f"^{parse_publish.EVENT.pattern}$"},
            "on": one_or_several({"enum": list(parse_publish.OUTCOMES)}),
            "when": ref("condition"),
            "set": map_of(ref("expression")),
        },
        ("event", "set"),
    )


def handoff() -> Schema:
    return section(
        parse_handoff.HANDOFF_KEYS,
        {
            "when": ref("condition"),
            "consent": ref("condition"),
            "send": {"enum": list(FORMATS)},
            "by": {"enum": list(parse_handoff.WAYS)},
            "to": ref("expression"),
            "map": {
                "type": "object",
                "properties": dict.fromkeys(SENT_NAMES, FIELD),
                "additionalProperties": False,
            },
            "document": FIELD,
            "exclusive_for": DURATION,
            "replies": list_of(reply()),
        },
        ("send", "by"),
    )


def share() -> Schema:
    """Who may see a record beside its owner."""
    receiver = [section((word,), {word: NAME}, (word,)) for word in parse_share.WITH_KEYS]
    return section(
        parse_share.SHARE_KEYS,
        {
            "with": {"anyOf": [*receiver, ref("expression")]},
            "access": {"enum": [str(each) for each in Access]},
            "when": ref("condition"),
            "consent": ref("condition"),
        },
        ("with",),
    )


def reply() -> Schema:
    """What a dealer's answer by e-mail sets."""
    return section(
        parse_replies.REPLY_KEYS,
        {"says": list_of(TEXT), "set": map_of({"type": ["string", "number", "boolean", "null"]})},
        parse_replies.REPLY_KEYS,
    )


def on_park() -> Schema:
    """Who is told of a record that a person must look at."""
    keys = parse_action.ON_PARK_KEYS
    return section(keys, {"notify": ref("notify")}, keys)


def fuse() -> Schema:
    at_most: Schema = {"type": "integer", "minimum": 1}
    keys = parse_fuse.FUSE_KEYS
    return section(keys, {"at_most": at_most, "per": DURATION}, keys)


def absence() -> Schema:
    """Which open records leave somebody who is away."""
    return section(
        parse_absence.ABSENCE_KEYS,
        {
            "move": {"enum": [str(each) for each in Move]},
            "when": ref("condition"),
            "due_before_return": FLAG,
            "signs": list_of({"enum": [str(each) for each in Sign]}),
            "give_back": section(
                parse_absence.GIVE_BACK_KEYS,
                {
                    "at_most": {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": parse_absence.MOST_BACK,
                    },
                    "within": DURATION,
                },
            ),
        },
        ("move",),
    )


def boundaries() -> Schema:
    """What is told of a person's own assignment."""
    return section(
        parse_boundaries.BOUNDARIES_KEYS,
        {
            "of": one_or_several({"enum": [str(each) for each in Boundary]}),
            "when": ref("condition"),
            "notify": notify(parse_notify.BY_HAND),
            "ask_back": notify(parse_boundaries.ASKED),
        },
    )


def notify(words: Collection[NoticeTo] = parse_notify.USUAL) -> Schema:
    """One entry or several: a word, or who is told, how and when."""
    name: Schema = {"type": "string", "pattern": f"^{parse_notify.NAME.pattern}$"}
    one = section(parse_notify.TO_KEYS, {"queue": NAME, "user": NAME})
    one |= {"minProperties": 1, "maxProperties": 1}
    entry = section(
        parse_notify.NOTIFY_KEYS,
        {
            "to": {"anyOf": [{"enum": [str(each) for each in NoticeTo if each in words]}, one]},
            "by": name,
            "template": name,
            "when": ref("condition"),
            "urgent": FLAG,
            "digest": DURATION,
        },
        ("to",),
    )
    return one_or_several({"anyOf": [name, entry]})
