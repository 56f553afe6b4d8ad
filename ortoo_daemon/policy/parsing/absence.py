"""How does ``absence:`` become which records leave somebody who is away?"""

from datetime import timedelta

from ortoo_daemon.person import Sign
from ortoo_daemon.policy.absence_model import USUAL_SIGNS, Absence, GiveBack, Move
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, duration_in, number_in, text_in

ABSENCE_KEYS = ("move", "when", "due_before_return", "signs", "give_back")
GIVE_BACK_KEYS = ("at_most", "within")
MOST_BACK = 1000
LONGEST_WITHIN = timedelta(days=31)


def read_absence(node: MapNode, conditions: ConditionReader) -> Absence | None:
    problems = conditions.problems
    section = Section(node, problems, what="'absence'", known=ABSENCE_KEYS)
    section.required("move", "write move: all, or move: untouched")
    word, when = section.text("move"), section.get("when")
    condition = None if when is None else conditions.read(when, what="'when'")
    signs, give_back = _signs(section), _give_back(section)
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
        give_back=give_back,
        place=node.place,
    )


def _give_back(section: Section) -> GiveBack | None:
    node = section.mapping("give_back")
    if node is None:
        return None
    problems, usual = section.problems, GiveBack()
    inner = Section(node, problems, what="'give_back'", known=GIVE_BACK_KEYS)
    most, within = inner.get("at_most"), inner.get("within")
    at_most = None if most is None else number_in(most, problems, what="'at_most'")
    length = None if within is None else duration_in(within, problems, what="'within'")
    if most is not None and at_most is not None and not _is_count(at_most):
        message = f"'at_most' is a number from 1 to {MOST_BACK:,}"
        problems.add(most, "out_of_range", message)
    if within is not None and length is not None and length > LONGEST_WITHIN:
        message = f"'within' is at most {LONGEST_WITHIN.days}d"
        problems.add(within, "out_of_range", message, "write for example 7d")
    return GiveBack(at_most=int(at_most or usual.at_most), within=length or usual.within)


def _is_count(number: float) -> bool:
    return number == int(number) and 1 <= number <= MOST_BACK


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
