"""How do ``else`` and ``otherwise`` become who gets a record for want of others, and who is told of it?"""

from dataclasses import replace

from ortoo_daemon.policy.naming import FOUND_SO_FAR
from ortoo_daemon.policy.nodes import MapNode, Node
from ortoo_daemon.policy.notify_model import UNROUTED
from ortoo_daemon.policy.ownership_model import Target
from ortoo_daemon.policy.parsing.assignment import FIXED, read_target
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.notify import read_notify

WAY_OUT_KEYS = (*FIXED, "notify")


def read_way_out(node: Node, conditions: ConditionReader, *, what: str) -> Target | None:
    """``{queue: DeveloperName}`` or ``{user: username}``, with ``notify`` where somebody is told."""
    found = read_target(node, conditions.problems, what=what, known=WAY_OUT_KEYS)
    notify = node.get("notify") if isinstance(node, MapNode) else None
    if notify is None:
        return found
    told = read_notify(
        notify, conditions.knowing(conditions.roots | FOUND_SO_FAR), template=UNROUTED
    )
    return None if found is None else replace(found, notify=told)
