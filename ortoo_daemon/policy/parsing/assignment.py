"""How does ``assign:`` become whom a record goes to?

An inner rule's ``assign`` is laid over the outer one's before it is read: maps merge key by key, lists
and values replace. A fixed owner and a choice of rooftop, team and person replace each other.
"""

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import (
    Assignment,
    PersonChoice,
    PersonMethod,
    PersonTarget,
    QueueTarget,
    RooftopChoice,
    SkillWish,
    Sticky,
    Target,
    TeamChoice,
)
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, duration_in, mapping_in, text_in
from ortoo_daemon.policy.resources import Resources

FIXED = ("queue", "user")
CHOICE = ("rooftop", "team", "person")
ASSIGN_KEYS = (*FIXED, *CHOICE, "else")
ASSIGN_LATER = ("keep",)
TARGET_KEYS = FIXED
ROOFTOP_KEYS = (
    "brand", "territory", "territories", "country", "city", "within", "where", "prefer",
)  # fmt: skip
TEAM_KEYS = ("role", "skills", "open_now")
TEAM_LATER = ("relax_after", "hold_in")
SKILLS_KEYS = ("required", "wished")
WISH_KEYS = ("language",)
PERSON_KEYS = ("by", "sticky")
STICKY_KEYS = ("on", "for")
PREFER = ("customer_choice", "known_dealer", "in_stock", "nearest", "territory")


def merged(outer: MapNode | None, inner: MapNode | None) -> MapNode | None:
    """``inner`` laid over ``outer``; places stay those of whichever file line gave the value."""
    if outer is None or inner is None:
        return inner if inner is not None else outer
    dropped: tuple[str, ...] = ()
    if any(key in inner.entries for key in FIXED):
        dropped = (*FIXED, *CHOICE)
    elif any(key in inner.entries for key in CHOICE):
        dropped = FIXED
    return _laid_over(outer.without(*dropped), inner)


def _laid_over(outer: MapNode, inner: MapNode) -> MapNode:
    result = MapNode(inner.file, inner.line, inner.column)
    result.entries = dict(outer.entries)
    for name, (key, value) in inner.entries.items():
        before = outer.get(name)
        both = isinstance(before, MapNode) and isinstance(value, MapNode)
        # Two conditions laid over each other would be a third one, two owners none at all.
        if both and name not in ("where", "else"):
            assert isinstance(before, MapNode)
            assert isinstance(value, MapNode)
            value = _laid_over(before, value)
        result.entries[name] = (key, value)
    return result


def read_target(
    node: Node, problems: Problems, *, what: str, known: tuple[str, ...] = TARGET_KEYS
) -> Target | None:
    """``{queue: DeveloperName}`` or ``{user: username}``."""
    mapping = mapping_in(node, problems, what=what)
    if mapping is None:
        return None
    section = Section(mapping, problems, what=what, known=known)
    given = [key for key in FIXED if key in mapping.entries]
    if len(given) != 1:
        message = f"{what} needs one of queue and user"
        problems.add(mapping, "missing_key", message, "write {queue: Its_Developer_Name}")
        return None
    return _fixed(section)


def _fixed(section: Section) -> Target | None:
    queue, user = section.text("queue"), section.text("user")
    if queue is not None:
        return QueueTarget(queue=queue, place=section.node.entries["queue"][1].place)
    if user is not None:
        return PersonTarget(username=user, place=section.node.entries["user"][1].place)
    return None


def read_assignment(
    node: MapNode, conditions: ConditionReader, resources: Resources
) -> Assignment | None:
    """The assignment of one rule, inheritance done; ``else`` is read by `read_target`."""
    problems = conditions.problems
    section = Section(node, problems, what="assign", known=ASSIGN_KEYS, later=ASSIGN_LATER)
    fixed = [key for key in FIXED if section.get(key) is not None]
    chosen = [key for key in CHOICE if section.get(key) is not None]
    if len(fixed) > 1 or (fixed and chosen):
        first, second = [*fixed, *chosen][:2]
        message = f"{first!r} and {second!r} exclude each other"
        problems.add(node.entries[second][0], "two_owners", message, "keep one of them")
        return None
    if fixed:
        return Assignment(target=_fixed(section), place=node.place)
    if not chosen:
        if not any(key in node.entries for key in ASSIGN_LATER):
            message = "assign names nobody"
            problems.add(node, "missing_key", message, "add queue, user, or rooftop/team/person")
        return None
    rooftop, team, person = (section.mapping(key) for key in CHOICE)
    return Assignment(
        rooftop=None if rooftop is None else _rooftop(rooftop, conditions, resources),
        team=None if team is None else _team(team, problems),
        person=None if person is None else _person(person, problems),
        place=node.place,
    )


def _rooftop(
    node: MapNode, conditions: ConditionReader, resources: Resources
) -> RooftopChoice | None:
    problems = conditions.problems
    section = Section(node, problems, what="rooftop", known=ROOFTOP_KEYS)
    where, within = section.get("where"), section.get("within")
    file = section.get("territories")
    if file is not None and not isinstance(file, Scalar):
        section.text("territories")
    return RooftopChoice(
        brand=section.name("brand"),
        territory=section.name("territory"),
        country=section.name("country") or "Country",
        city=section.name("city") or "City",
        territories=resources.territories(file) if isinstance(file, Scalar) else None,
        within_km=None if within is None else _distance(within, problems),
        where=None if where is None else conditions.read(where, what="'where'"),
        prefer=_prefer(section),
        place=node.place,
    )


def _distance(node: Node, problems: Problems) -> float | None:
    text = node.text if isinstance(node, Scalar) else ""
    found = literals.kilometres(text)
    if found is None:
        message = f"'within' is not a distance: {text!r}"
        problems.add(node, "wrong_type", message, "write a number and km, such as 80km")
    return found


def _prefer(section: Section) -> tuple[str, ...]:
    found: list[str] = []
    for item in section.items("prefer"):
        wish = text_in(item, section.problems, what="a wish of 'prefer'")
        if wish is None:
            continue
        if wish not in PREFER:
            message = f"no wish is called {wish!r}"
            section.problems.add(item, "unknown_name", message, did_you_mean(wish, PREFER))
        elif wish in found:
            section.problems.add(item, "duplicate", f"{wish!r} stands here twice")
        else:
            found.append(wish)
    return tuple(found)


def _team(node: MapNode, problems: Problems) -> TeamChoice:
    section = Section(node, problems, what="team", known=TEAM_KEYS, later=TEAM_LATER)
    skills = section.mapping("skills")
    required: tuple[SkillWish, ...] = ()
    wished: tuple[SkillWish, ...] = ()
    if skills is not None:
        inner = Section(skills, problems, what="skills", known=SKILLS_KEYS)
        required = _wishes(inner, "required")
        wished = _wishes(inner, "wished")
    return TeamChoice(
        role=section.text("role"),
        required=required,
        wished=wished,
        open_now=section.flag("open_now"),
        place=node.place,
    )


def _wishes(section: Section, key: str) -> tuple[SkillWish, ...]:
    found = (_wish(item, section.problems) for item in section.items(key))
    return tuple(wish for wish in found if wish is not None)


def _wish(node: Node, problems: Problems) -> SkillWish | None:
    """A skill, or ``{language: Field}``."""
    if isinstance(node, MapNode):
        section = Section(node, problems, what="a skill", known=WISH_KEYS)
        if section.required("language") is None:
            return None
        field = section.name("language")
        return None if field is None else SkillWish(language_field=field)
    skill = text_in(node, problems, what="a skill")
    return None if skill is None else SkillWish(skill=skill)


def _person(node: MapNode, problems: Problems) -> PersonChoice:
    section = Section(node, problems, what="person", known=PERSON_KEYS)
    word, method = section.text("by"), PersonMethod.ROTATION
    if word is not None and word in tuple(PersonMethod):
        method = PersonMethod(word)
    elif word is not None:
        message = f"no way to choose a person is called {word!r}"
        at = node.entries["by"][1]
        problems.add(at, "unknown_name", message, did_you_mean(word, tuple(PersonMethod)))
    sticky = section.mapping("sticky")
    return PersonChoice(
        by=method,
        sticky=None if sticky is None else _sticky(sticky, problems),
        place=node.place,
    )


def _sticky(node: MapNode, problems: Problems) -> Sticky | None:
    section = Section(node, problems, what="sticky", known=STICKY_KEYS)
    on, length = section.required("on"), section.required("for")
    if on is None or length is None:
        return None
    field, within = section.name("on"), duration_in(length, problems, what="'for'")
    if field is None or within is None:
        return None
    return Sticky(on=field, within=within, place=node.place)
