"""How does ``rooftop:`` become a choice of rooftops: filters and the order of wishes?"""

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, number_in, text_in
from ortoo_daemon.policy.performance import Performance
from ortoo_daemon.policy.resources import Resources

ROOFTOP_KEYS = (
    "brand", "territory", "territories", "country", "city", "phone", "within", "where", "open_now",
    "prefer", "performance", "hops",
)  # fmt: skip
PERFORMANCE_KEYS = ("of", "table", "floor", "ceiling", "step")
PREFER = (
    "customer_choice", "known_dealer", "in_stock", "nearest", "territory", "open_now", "performance",
)  # fmt: skip
MOST_HOPS = 50


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
    prefer, performance = _prefer(section), section.mapping("performance")
    if "performance" in prefer and performance is None:
        mend = "add performance: {of: Its_Tag, floor: 60, ceiling: 120}"
        problems.add(node, "missing_key", "the wish 'performance' needs 'performance'", mend)
    return RooftopChoice(
        brand=section.name("brand"),
        territory=section.name("territory"),
        country=section.name("country") or "Country",
        city=section.name("city") or "City",
        phone=section.name("phone") or "Phone",
        territories=resources.territories(file) if isinstance(file, Scalar) else None,
        within_km=None if within is None else _distance(within, problems),
        where=None if where is None else conditions.read(where, what="'where'"),
        open_now=section.flag("open_now"),
        prefer=prefer,
        performance=None if performance is None else _performance(performance, problems, resources),
        hops=_hops(section),
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


def _hops(section: Section) -> int | None:
    node = section.get("hops")
    if node is None:
        return None
    found = number_in(node, section.problems, what="'hops'")
    if found is None:
        return None
    if not isinstance(found, int) or not 1 <= found <= MOST_HOPS:
        message = f"'hops' is a whole number from 1 to {MOST_HOPS}, not {found:g}"
        section.problems.add(node, "wrong_type", message)
        return None
    return found


def _performance(node: MapNode, problems: Problems, resources: Resources) -> Performance | None:
    """Where figures come from, and between what bounds they count."""
    section = Section(node, problems, what="performance", known=PERFORMANCE_KEYS)
    given = [key for key in ("of", "table") if section.get(key) is not None]
    if len(given) != 1:
        mend = "name a tag or field of the directory file, or a table"
        problems.add(node, "missing_key", "performance needs one of 'of' and 'table'", mend)
    bounds = {key: section.required(key) for key in ("floor", "ceiling")}
    bounds["step"] = section.get("step")
    found = {
        key: None if each is None else number_in(each, problems, what=f"{key!r}")
        for key, each in bounds.items()
    }
    file = section.get("table")
    if file is not None and not isinstance(file, Scalar):
        section.text("table")
    table = resources.performances(file) if isinstance(file, Scalar) else None
    floor, ceiling, step = found["floor"], found["ceiling"], found["step"]
    if floor is None or ceiling is None or len(given) != 1:
        return None
    if ceiling <= floor:
        problems.add(
            section.node.entries["ceiling"][1], "wrong_type", "'ceiling' must lie above 'floor'"
        )
    if step is not None and step <= 0:
        problems.add(section.node.entries["step"][1], "wrong_type", "'step' must be above 0")
        return None
    return Performance(
        of=section.name("of"),
        table=table,
        floor=float(floor),
        ceiling=float(ceiling),
        step=None if step is None else float(step),
        place=node.place,
    )
