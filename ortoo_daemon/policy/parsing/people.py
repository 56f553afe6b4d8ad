"""How do ``team:`` and ``person:`` become who comes into question, and who of them is next?"""

from datetime import timedelta

from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.ownership_model import (
    MatchPoints,
    PersonChoice,
    PersonMethod,
    QueueTarget,
    SkillWish,
    Sticky,
    TeamChoice,
)
from ortoo_daemon.policy.parsing.sections import (
    Section,
    duration_in,
    mapping_in,
    number_in,
    text_in,
)

TEAM_KEYS = ("role", "skills", "open_now", "relax_after", "hold_in")
SKILLS_KEYS = ("required", "wished")
WISH_KEYS = ("language", "skill")
PERSON_KEYS = ("by", "match", "sticky")
MATCH_KEYS = ("has", "points")
MOST_POINTS = 1_000
STICKY_KEYS = ("on", "for")


def read_team(node: MapNode, problems: Problems) -> TeamChoice:
    """Who comes into question; what is wrong is noted."""
    section = Section(node, problems, what="team", known=TEAM_KEYS)
    skills = section.mapping("skills")
    required: tuple[SkillWish, ...] = ()
    wished: tuple[SkillWish, ...] = ()
    if skills is not None:
        inner = Section(skills, problems, what="skills", known=SKILLS_KEYS)
        required = _wishes(inner, "required")
        wished = _wishes(inner, "wished")
    relax_after, hold_in = _relaxing(section, wished)
    return TeamChoice(
        role=section.text("role"),
        required=required,
        wished=wished,
        open_now=section.flag("open_now"),
        relax_after=relax_after,
        hold_in=hold_in,
        place=node.place,
    )


def _relaxing(
    section: Section, wished: tuple[SkillWish, ...]
) -> tuple[timedelta | None, QueueTarget | None]:
    """After what span a wish is dropped, and where the record waits until then; both or neither."""
    after, queue = section.get("relax_after"), section.text("hold_in")
    problems, entries = section.problems, section.node.entries
    span = None if after is None else duration_in(after, problems, what="'relax_after'")
    if after is not None and "hold_in" not in entries:
        mend = "say where the record waits: hold_in: Its_Developer_Name"
        problems.add(after, "missing_key", "'relax_after' needs 'hold_in'", mend)
    if queue is not None and after is None:
        mend = "say after what time a wish is dropped: relax_after: 10m"
        problems.add(entries["hold_in"][0], "missing_key", "'hold_in' needs 'relax_after'", mend)
    if after is not None and not wished:
        mend = "add skills: {wished: […]}, the most important first"
        problems.add(after, "missing_key", "'relax_after' has no wished skill to drop", mend)
    if span is None or queue is None:
        return None, None
    return span, QueueTarget(queue=queue, place=entries["hold_in"][1].place)


def _wishes(section: Section, key: str) -> tuple[SkillWish, ...]:
    found = (_wish(item, section.problems) for item in section.items(key))
    return tuple(wish for wish in found if wish is not None)


def _wish(node: Node, problems: Problems) -> SkillWish | None:
    """A skill, or ``{language: Field}`` or ``{skill: Field}``: what that field says."""
    if isinstance(node, MapNode):
        section = Section(node, problems, what="a skill", known=WISH_KEYS)
        given = [key for key in WISH_KEYS if section.get(key) is not None]
        if len(given) != 1:
            mend = "write {language: Its_Field__c} or {skill: Its_Field__c}"
            problems.add(node, "missing_key", "a skill needs one of language and skill", mend)
            return None
        field = section.name(given[0])
        if field is None:
            return None
        of_language = given[0] == "language"
        return SkillWish(language_field=field) if of_language else SkillWish(skill_field=field)
    skill = text_in(node, problems, what="a skill")
    return None if skill is None else SkillWish(skill=skill)


def read_person(node: MapNode, problems: Problems) -> PersonChoice:
    """Who is next; what is wrong is noted."""
    section = Section(node, problems, what="person", known=PERSON_KEYS)
    word, method = section.text("by"), PersonMethod.ROTATION
    if word is not None and word in tuple(PersonMethod):
        method = PersonMethod(word)
    elif word is not None:
        message = f"no way to choose a person is called {word!r}"
        at = node.entries["by"][1]
        problems.add(at, "unknown_name", message, did_you_mean(word, tuple(PersonMethod)))
    sticky = section.mapping("sticky")
    match = tuple(_points(item, problems) for item in section.items("match"))
    if method is PersonMethod.BEST_MATCH and not match:
        mend = "say what counts: match: [{has: senior, points: 3}]"
        problems.add(node, "missing_key", "'best_match' needs 'match'", mend)
    if match and method is not PersonMethod.BEST_MATCH:
        at = node.entries["match"][0]
        problems.add(at, "missing_key", "'match' needs 'by: best_match'", "add by: best_match")
    return PersonChoice(
        by=method,
        match=tuple(each for each in match if each is not None),
        sticky=None if sticky is None else _sticky(sticky, problems),
        place=node.place,
    )


def _points(node: Node, problems: Problems) -> MatchPoints | None:
    """``{has: senior, points: 3}``; what is had is written as in ``skills``."""
    mapping = mapping_in(node, problems, what="an entry of 'match'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an entry of 'match'", known=MATCH_KEYS)
    has, points = section.required("has"), section.required("points")
    wish = None if has is None else _wish(has, problems)
    worth = None if points is None else number_in(points, problems, what="'points'")
    if worth is not None and points is not None and not 0 < worth <= MOST_POINTS:
        message = f"'points' are above 0 and at most {MOST_POINTS}, not {worth:g}"
        problems.add(points, "wrong_type", message, "leave out what shall not count")
        return None
    return None if wish is None or worth is None else MatchPoints(wish=wish, points=float(worth))


def _sticky(node: MapNode, problems: Problems) -> Sticky | None:
    section = Section(node, problems, what="sticky", known=STICKY_KEYS)
    on, length = section.required("on"), section.required("for")
    if on is None or length is None:
        return None
    field, within = section.name("on"), duration_in(length, problems, what="'for'")
    if field is None or within is None:
        return None
    return Sticky(on=field, within=within, place=node.place)
