"""How does ``fuse: {at_most: 2000, per: 1h}`` become a Fuse?"""

from datetime import timedelta

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.parsing.sections import Section, duration_in, number_in
from ortoo_daemon.policy.periods import LONGEST

FUSE_KEYS = ("at_most", "per")
HOW_TO_WRITE_A_FUSE = "write fuse: {at_most: 2000, per: 1h}"


def read_fuse(outer: Section, *, of: str) -> Fuse | None:
    """The fuse of a section that may have one; what is wrong with it is noted."""
    mapping = outer.mapping("fuse")
    if mapping is None:
        return None
    section = Section(mapping, outer.problems, what="a fuse", known=FUSE_KEYS)
    for key in FUSE_KEYS:
        section.required(key, HOW_TO_WRITE_A_FUSE)
    at_most, per = _at_most(section), _per(section)
    if at_most is None or per is None:
        return None
    return Fuse(of=of, at_most=at_most, per=per, place=mapping.place)


def _at_most(section: Section) -> int | None:
    node, problems = section.get("at_most"), section.problems
    found = None if node is None else number_in(node, problems, what="'at_most'")
    if node is None or found is None:
        return None
    if isinstance(found, int) and found >= 1:
        return found
    problems.add(node, "wrong_type", "a fuse lets a whole number from 1 on pass")
    return None


def _per(section: Section) -> timedelta | None:
    node, problems = section.get("per"), section.problems
    found = None if node is None else duration_in(node, problems, what="'per'")
    if node is None or found is None:
        return None
    if timedelta(minutes=1) <= found <= LONGEST:
        return found
    longest = literals.written_duration(LONGEST)
    problems.add(node, "wrong_type", f"a fuse counts over 1m to {longest}", HOW_TO_WRITE_A_FUSE)
    return None
