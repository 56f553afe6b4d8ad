"""What counts of a service's answer? ``answer:`` of ``services.yaml``.

::

    answer:
      sites: sites[?open].{code: code, cars: stock}
      price: {path: price.net, type: number}
"""

from ortoo_daemon.policy.callouts.catalogue import AnswerPart, AnswerType
from ortoo_daemon.policy.callouts.paths import read_path
from ortoo_daemon.policy.models.amounts import one_of, section_of
from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.sections import Section

PART_KEYS = ("path", "type")


def read_answer(section: Section) -> tuple[AnswerPart, ...]:
    """The parts in file order; none: policies see the whole answer."""
    mapping = section.mapping("answer")
    found = []
    for name, (key, value) in mapping.entries.items() if mapping else ():
        if not is_field_name(name) or "." in name:
            message = f"{name!r} can't be the name of a part of an answer"
            section.problems.add(key, "wrong_name", message)
            continue
        node, kind = value, AnswerType.ANY
        if isinstance(value, MapNode):
            inner = section_of(value, section.problems, f"{name!r}", PART_KEYS)
            inner.required("path", "write the JMESPath expression, for example price.net")
            kind = AnswerType(one_of(inner, "type", AnswerType, AnswerType.ANY))
            node = inner.get("path") or value
            if node is value:
                continue
        path = read_path(node, section.problems, what=f"{name!r}")
        if path is not None:
            found.append(AnswerPart(name=name, path=path, type=kind, place=key.place))
    if mapping is not None and not mapping.entries:
        message = "nothing of the answer counts"
        section.problems.add(mapping, "empty", message, "name its parts, or leave 'answer' out")
    return tuple(found)
