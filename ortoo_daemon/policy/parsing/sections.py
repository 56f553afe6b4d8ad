"""How is a mapping read so that nothing in it is ignored? Shared by the parsers of every section.

A `Section` wraps one mapping: keys that are not known are reported with the nearest known one, keys
of the language that this version does not support are reported as such, and every typed getter
reports what it can't use, with the place.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta

from ortoo_daemon.errors import Place
from ortoo_daemon.policy import literals
from ortoo_daemon.policy.naming import did_you_mean, wrong_with_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar

NO_ROOTS: frozenset[str] = frozenset()


class Section:
    """One mapping under reading. ``what`` names it in messages: ``a rule``, ``a policy``."""

    def __init__(
        self,
        node: MapNode,
        problems: Problems,
        *,
        what: str,
        known: Collection[str],
        later: Collection[str] = (),
    ) -> None:
        self.node = node
        self.problems = problems
        self.what = what
        for name, (key, _) in node.entries.items():
            if name in known:
                continue
            if name in later:
                message = f"{name!r} of {what} is not supported in this version"
                problems.add(key, "not_supported", message, "take it out")
            else:
                message = f"{what} has no key {name!r}"
                problems.add(key, "unknown_key", message, did_you_mean(name, known))

    @property
    def place(self) -> Place:
        return self.node.place

    def get(self, key: str) -> Node | None:
        return self.node.get(key)

    def required(self, key: str, mend: str = "") -> Node | None:
        """The value of a key that must be there."""
        found = self.node.get(key)
        if found is None:
            message = f"{self.what} needs {key!r}"
            self.problems.add(self.node, "missing_key", message, mend)
        return found

    def text(self, key: str) -> str | None:
        node = self.node.get(key)
        return None if node is None else text_in(node, self.problems, what=f"{key!r}")

    def name(self, key: str) -> str | None:
        """The API name of a field, or a path."""
        node = self.node.get(key)
        return None if node is None else name_in(node, self.problems, what=f"{key!r}")

    def flag(self, key: str, default: bool = False) -> bool:
        node = self.node.get(key)
        if node is None:
            return default
        value = flag_in(node, self.problems, what=f"{key!r}")
        return default if value is None else value

    def mapping(self, key: str) -> MapNode | None:
        node = self.node.get(key)
        return None if node is None else mapping_in(node, self.problems, what=f"{key!r}")

    def items(self, key: str) -> Iterator[Node]:
        node = self.node.get(key)
        return iter(()) if node is None else iter(items_in(node, self.problems, what=f"{key!r}"))


def mapping_in(node: Node, problems: Problems, *, what: str) -> MapNode | None:
    if isinstance(node, MapNode):
        return node
    _wrong_type(node, problems, what=what, wanted="a mapping (key: value)")
    return None


def items_in(node: Node, problems: Problems, *, what: str) -> list[Node]:
    if isinstance(node, ListNode):
        return node.items
    _wrong_type(node, problems, what=what, wanted="a list")
    return []


def text_in(node: Node, problems: Problems, *, what: str) -> str | None:
    """Text, whatever it looks like; numbers are taken as they are written."""
    if isinstance(node, Scalar) and node.text.strip():
        return node.text.strip()
    _wrong_type(node, problems, what=what, wanted="text")
    return None


def name_in(
    node: Node, problems: Problems, *, what: str, roots: frozenset[str] = NO_ROOTS
) -> str | None:
    """A field's API name or path, or a ``$`` name of one of ``roots``."""
    text = text_in(node, problems, what=what)
    if text is None:
        return None
    wrong = wrong_with_name(text, roots)
    if wrong:
        rule = "not_supported" if "not supported" in wrong else "wrong_name"
        problems.add(node, rule, wrong)
        return None
    return text


def flag_in(node: Node, problems: Problems, *, what: str) -> bool | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return value
    _wrong_type(node, problems, what=what, wanted="true or false")
    return None


def number_in(node: Node, problems: Problems, *, what: str) -> int | float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    _wrong_type(node, problems, what=what, wanted="a number")
    return None


def duration_in(node: Node, problems: Problems, *, what: str) -> timedelta | None:
    text = node.text if isinstance(node, Scalar) else ""
    found = literals.duration(text)
    if found is not None:
        return found
    if "open" in text.split():
        message = f"{what} is not counted in open hours"
        problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_DURATION)
    else:
        message = f"{what} is not a duration: {text!r}" if text else f"{what} must be a duration"
        problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_DURATION)
    return None


def _wrong_type(node: Node, problems: Problems, *, what: str, wanted: str) -> None:
    found = node.kind
    if isinstance(node, Scalar):
        found = repr(node.text) if node.text.strip() else "nothing"
    problems.add(node, "wrong_type", f"{what} must be {wanted}, not {found}")
