"""How does ``rooftop:`` become a choice of rooftops: filters and the order of wishes?"""

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, text_in
from ortoo_daemon.policy.resources import Resources

ROOFTOP_KEYS = (
    "brand", "territory", "territories", "country", "city", "within", "where", "prefer",
)  # fmt: skip
PREFER = ("customer_choice", "known_dealer", "in_stock", "nearest", "territory")


def read_rooftop(
    node: MapNode, conditions: ConditionReader, resources: Resources
) -> RooftopChoice | None:
    """The choice of rooftops; what is wrong is noted."""
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
