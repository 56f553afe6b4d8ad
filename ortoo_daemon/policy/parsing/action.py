"""How does ``action:`` become fields to set, clocks to start, offers, returns, and people to tell?"""

from dataclasses import dataclass

from ortoo_daemon.decision import DuplicateRules
from ortoo_daemon.policy.campaign_model import CampaignRule
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.handoff_model import HandoffRule
from ortoo_daemon.policy.naming import FOUND_SO_FAR, did_you_mean
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.notify_model import NEW_RECORD, PARKED, Notify
from ortoo_daemon.policy.parsing.campaign import read_campaign
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.fuse import read_fuse
from ortoo_daemon.policy.parsing.handoff import read_handoff
from ortoo_daemon.policy.parsing.notify import read_notify
from ortoo_daemon.policy.parsing.offers import read_offer, read_returns
from ortoo_daemon.policy.parsing.publish import read_publish
from ortoo_daemon.policy.parsing.repeats import read_repeats
from ortoo_daemon.policy.parsing.sections import Section, mapping_in
from ortoo_daemon.policy.parsing.share import read_share
from ortoo_daemon.policy.parsing.sla_clocks import read_clock, read_moves
from ortoo_daemon.policy.publish_model import PublishRule
from ortoo_daemon.policy.repeat_model import RepeatRule
from ortoo_daemon.policy.share_model import ShareRule
from ortoo_daemon.policy.sla_model import USUAL_MOVES, Moves, Returns, SlaRule

ACTION_KEYS = (
    "set",
    "repeats",
    "duplicate_rules",
    "campaign",
    "publish",
    "offer",
    "sla",
    "returns",
    "moves",
    "notify",
    "on_park",
    "handoff",
    "share",
    "fuse",
)
ON_PARK_KEYS = ("notify",)
ACTION_LATER = ("split",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What ``action:`` says."""

    sets: tuple[SetField, ...] = ()
    repeats: tuple[RepeatRule, ...] = ()
    duplicate_rules: DuplicateRules = DuplicateRules.LEAVE_OUT
    campaign: CampaignRule | None = None
    publish: tuple[PublishRule, ...] = ()
    sla: tuple[SlaRule, ...] = ()
    moves: Moves = USUAL_MOVES
    returns: Returns | None = None
    notify: tuple[Notify, ...] = ()
    on_park: tuple[Notify, ...] = ()
    handoff: HandoffRule | None = None
    share: tuple[ShareRule, ...] = ()
    fuse: Fuse | None = None


def read_action(
    node: MapNode, conditions: ConditionReader, *, policy: str, object_name: str
) -> Action:
    """``policy`` is the name by which its fuse counts."""
    problems = conditions.problems
    later = conditions.knowing(conditions.roots | FOUND_SO_FAR)
    section = Section(node, problems, what="action", known=ACTION_KEYS, later=ACTION_LATER)
    sets, notify = section.get("set"), section.get("notify")
    moves, returns = section.mapping("moves"), section.mapping("returns")
    repeats, campaign = section.get("repeats"), section.mapping("campaign")
    handoff, publish = section.mapping("handoff"), section.get("publish")
    share = section.get("share")
    return Action(
        sets=() if sets is None else read_sets(sets, later),
        repeats=() if repeats is None else read_repeats(repeats, later),
        duplicate_rules=_duplicate_rules(section),
        campaign=None if campaign is None else read_campaign(campaign, later),
        publish=() if publish is None else read_publish(publish, later),
        sla=_clocks(section, later, conditions),
        moves=USUAL_MOVES if moves is None else read_moves(moves, problems),
        returns=None if returns is None else read_returns(returns, conditions),
        notify=() if notify is None else read_notify(notify, later, template=NEW_RECORD),
        on_park=_on_park(section, conditions),
        handoff=None if handoff is None else read_handoff(handoff, later, object_name=object_name),
        share=() if share is None else read_share(share, later, object_name=object_name),
        fuse=read_fuse(section, of=policy),
    )


def _duplicate_rules(section: Section) -> DuplicateRules:
    text = section.text("duplicate_rules")
    if text is None:
        return DuplicateRules.LEAVE_OUT
    found = next((each for each in DuplicateRules if each.value == text), None)
    if found is None:
        message = f"'duplicate_rules' knows no {text!r}"
        node = section.node.entries["duplicate_rules"][1]
        mend = did_you_mean(text, map(str, DuplicateRules))
        section.problems.add(node, "unknown_name", message, mend)
    return found or DuplicateRules.LEAVE_OUT


def _clocks(
    section: Section, later: ConditionReader, conditions: ConditionReader
) -> tuple[SlaRule, ...]:
    """The clock of ``offer`` is the first of them."""
    problems, offer = section.problems, section.mapping("offer")
    found = [] if offer is None else [read_offer(offer, later, conditions)]
    for item in section.items("sla"):
        mapping = mapping_in(item, problems, what="an SLA clock")
        found.append(None if mapping is None else read_clock(mapping, later, conditions))
    clocks: list[SlaRule] = []
    for clock in found:
        if clock is None:
            continue
        if any(clock.clock == other.clock for other in clocks):
            message = f"a clock {clock.clock!r} is started twice"
            problems.add(clock.place, "duplicate_name", message, "give it another name")
        clocks.append(clock)
    return tuple(clocks)


def _on_park(section: Section, conditions: ConditionReader) -> tuple[Notify, ...]:
    """A record may be parked before anything is found, so its own fields alone are asked."""
    node = section.mapping("on_park")
    if node is None:
        return ()
    inner = Section(node, section.problems, what="'on_park'", known=ON_PARK_KEYS)
    told = inner.required("notify", "write notify: {to: {user: USERNAME}, digest: 1h}")
    return () if told is None else read_notify(told, conditions, template=PARKED)
