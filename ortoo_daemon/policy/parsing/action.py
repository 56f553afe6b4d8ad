"""How does ``action:`` become fields to set, clocks to start and people to tell?"""

from dataclasses import dataclass

from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.naming import FOUND_SO_FAR
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.notify_model import NEW_RECORD, Notify
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.fuse import read_fuse
from ortoo_daemon.policy.parsing.notify import read_notify
from ortoo_daemon.policy.parsing.sections import Section, mapping_in
from ortoo_daemon.policy.parsing.sla_clocks import read_clock, read_moves
from ortoo_daemon.policy.sla_model import USUAL_MOVES, Moves, SlaRule

ACTION_KEYS = ("set", "sla", "moves", "notify", "fuse")
ACTION_LATER = ("handoff", "split")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What ``action:`` says."""

    sets: tuple[SetField, ...] = ()
    sla: tuple[SlaRule, ...] = ()
    moves: Moves = USUAL_MOVES
    notify: tuple[Notify, ...] = ()
    fuse: Fuse | None = None


def read_action(node: MapNode, conditions: ConditionReader, *, policy: str) -> Action:
    """``policy`` is the name by which its fuse counts."""
    problems = conditions.problems
    later = conditions.knowing(FOUND_SO_FAR)
    section = Section(node, problems, what="action", known=ACTION_KEYS, later=ACTION_LATER)
    sets, notify = section.get("set"), section.get("notify")
    moves = section.mapping("moves")
    clocks: list[SlaRule] = []
    for item in section.items("sla"):
        mapping = mapping_in(item, problems, what="an SLA clock")
        clock = None if mapping is None else read_clock(mapping, later, conditions)
        if clock is None:
            continue
        if any(clock.clock == other.clock for other in clocks):
            message = f"a clock {clock.clock!r} is started twice"
            problems.add(clock.place, "duplicate_name", message, "give it another name")
        clocks.append(clock)
    return Action(
        sets=() if sets is None else read_sets(sets, later),
        sla=tuple(clocks),
        moves=USUAL_MOVES if moves is None else read_moves(moves, problems),
        notify=() if notify is None else read_notify(notify, later, template=NEW_RECORD),
        fuse=read_fuse(section, of=policy),
    )
