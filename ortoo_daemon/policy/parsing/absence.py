"""How does ``absence:`` become which records leave somebody who is away?"""

from ortoo_daemon.directory import Sign
from ortoo_daemon.policy.absence_model import USUAL_SIGNS, Absence, Move
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, text_in

ABSENCE_KEYS = ("move", "when", "due_before_return", "signs")


def read_absence(node: MapNode, conditions: ConditionReader) -> Absence | None:
    problems = conditions.problems
    section = Section(node, problems, what="'absence'", known=ABSENCE_KEYS)
    section.required("move", "write move: all, or move: untouched")
    word, when = section.text("move"), section.get("when")
    condition = None if when is None else conditions.read(when, what="'when'")
    signs = _signs(section)
    if word is None or (when is not None and condition is None):
        return None
    if word not in set(Move):
        message = f"nothing is called {word!r} that could be moved"
        mend = did_you_mean(word, [str(move) for move in Move])
        problems.add(section.node.entries["move"][1], "unknown_name", message, mend)
        return None
    return Absence(
        move=Move(word),
        when=condition,
        due_before_return=section.flag("due_before_return"),
        signs=signs,
        place=node.place,
    )


def _signs(section: Section) -> frozenset[Sign]:
    if section.get("signs") is None:
        return USUAL_SIGNS
    found, known = set(), [str(sign) for sign in Sign]
    for item in section.items("signs"):
        word = text_in(item, section.problems, what="a sign")
        if word is not None and word not in known:
            message = f"there is no sign {word!r}"
            section.problems.add(item, "unknown_name", message, did_you_mean(word, known))
        elif word is not None:
            found.add(Sign(word))
    return frozenset(found)
