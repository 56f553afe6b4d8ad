"""How does ``boundaries:`` become what is told of a person's own assignment?"""

from collections.abc import Iterator

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.policy.boundary_model import Boundaries, Boundary
from ortoo_daemon.policy.naming import FOUND_SO_FAR, did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode
from ortoo_daemon.policy.notify_model import ASKED_BACK, OUTSIDE, Notify
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.notify import BY_HAND, read_notify
from ortoo_daemon.policy.parsing.sections import Section, text_in

BOUNDARIES_KEYS = ("of", "when", "notify", "ask_back")
ASKED = (NoticeTo.OWNER, NoticeTo.ASSIGNER)
"""Who can be asked what an assignment was for."""

NOBODY: tuple[Notify, ...] = ()


def read_boundaries(node: MapNode, conditions: ConditionReader) -> Boundaries | None:
    """What is wrong is noted; None where a part that bounds it is."""
    section = Section(node, conditions.problems, what="'boundaries'", known=BOUNDARIES_KEYS)
    when, notify, ask_back = (section.get(key) for key in ("when", "notify", "ask_back"))
    condition = None if when is None else conditions.read(when, what="'when'")
    if when is not None and condition is None:
        return None
    known = conditions.knowing(FOUND_SO_FAR)
    told = asked = NOBODY
    if notify is not None:
        told = read_notify(notify, known, template=OUTSIDE, words=BY_HAND)
    if ask_back is not None:
        asked = read_notify(ask_back, known, template=ASKED_BACK, words=ASKED)
    of = frozenset(_of(section))
    return Boundaries(
        of=of or frozenset(Boundary),
        when=condition,
        notify=told,
        ask_back=asked,
        place=node.place,
    )


def _of(section: Section) -> Iterator[Boundary]:
    """The boundaries that are named; all of them where none is."""
    node, problems = section.get("of"), section.problems
    if isinstance(node, ListNode) and not node.items:
        problems.add(node, "empty", "'of' names no boundary", "take it out, or name one")
    items = node.items if isinstance(node, ListNode) else [] if node is None else [node]
    for item in items:
        word = text_in(item, problems, what="a boundary")
        if word in set(Boundary):
            yield Boundary(word)
        elif word is not None:
            message = f"no boundary is called {word!r}"
            mend = did_you_mean(word, [str(each) for each in Boundary])
            problems.add(item, "unknown_name", message, mend)
