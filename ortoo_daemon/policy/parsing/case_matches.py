"""Which other records of the customer does a case give? ``match:`` of a case.

::

    match: {object: Contact, owner: ana.lopez@example.com, age: 10d, how: phone}
"""

from collections.abc import Iterator

from ortoo_daemon.matches import How
from ortoo_daemon.policy.cases import GivenMatch
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, Node, Problems
from ortoo_daemon.policy.parsing.expectations import read_fields
from ortoo_daemon.policy.parsing.sections import Section, duration_in, mapping_in

MATCH_KEYS = ("object", "owner", "rooftop", "source", "brand", "age", "how", "fields")
HOWS = tuple(How)


def read_matches(case: Section) -> tuple[GivenMatch, ...]:
    """One record, or a list of them; those that can't be used are noted."""
    node = case.get("match")
    if node is None:
        return ()
    items = node.items if isinstance(node, ListNode) else [node]
    return tuple(_read(items, case.problems))


def _read(items: list[Node], problems: Problems) -> Iterator[GivenMatch]:
    for item in items:
        mapping = mapping_in(item, problems, what="'match'")
        if mapping is None:
            continue
        section = Section(mapping, problems, what="'match'", known=MATCH_KEYS)
        section.required("object", "say what it is: object: Contact")
        age_node = section.required("age", "say how long ago it was created: age: 10d")
        age = None if age_node is None else duration_in(age_node, problems, what="'age'")
        name, how = section.text("object"), _how(section)
        if name is None or age is None or how is None:
            continue
        yield GivenMatch(
            object=name,
            how=how,
            owner=section.text("owner"),
            rooftop=section.text("rooftop"),
            source=section.text("source") or "",
            brand=section.text("brand") or "",
            fields=read_fields(section.mapping("fields"), problems),
            age=age,
            place=mapping.place,
        )


def _how(section: Section) -> How | None:
    text = section.text("how")
    if text is None:
        return How.EMAIL
    found = next((how for how in HOWS if how.value == text), None)
    if found is None:
        message = f"'how' knows no {text!r}"
        mend = did_you_mean(text, map(str, HOWS))
        section.problems.add(section.node.entries["how"][1], "unknown_name", message, mend)
    return found
