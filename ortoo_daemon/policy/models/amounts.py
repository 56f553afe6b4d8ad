"""How are numbers of a catalogue read: amounts, counts, shares, within their bounds?"""

from collections.abc import Iterable

from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.parsing.sections import Section, mapping_in, number_in, text_in


def number(
    section: Section, key: str, *, least: float, most: float, usual: float | None = None
) -> float:
    """A number between two others; ``usual`` where the key is missing, which None makes a problem."""
    node = section.get(key) if usual is not None else section.required(key)
    if node is None:
        return least if usual is None else usual
    found = number_in(node, section.problems, what=f"{key!r}")
    if found is None:
        return least
    if not least <= found <= most:
        message = f"{key!r} is {found:g}"
        section.problems.add(node, "out_of_bounds", message, f"between {least:g} and {most:g}")
        return least
    return found


def count(section: Section, key: str, *, least: int, most: int, usual: int | None = None) -> int:
    """The same for whole numbers."""
    found = number(section, key, least=least, most=most, usual=usual)
    if found != int(found):
        message = f"{key!r} is no whole number"
        section.problems.add(section.get(key) or section.place, "wrong_type", message)
    return int(found)


def one_of(section: Section, key: str, known: Iterable[str], usual: str | None = None) -> str:
    """A word of a closed set; ``usual`` where the key is missing, which None makes a problem."""
    words = tuple(known)
    node = section.get(key) if usual is not None else section.required(key)
    text = None if node is None else text_in(node, section.problems, what=f"{key!r}")
    if text is None:
        return usual if usual is not None else words[0]
    if text not in words and node is not None:
        message = f"{key!r} is {text!r}"
        section.problems.add(node, "unknown_word", message, did_you_mean(text, words))
        return words[0]
    return text


def words(section: Section, key: str, known: Iterable[str] | None = None) -> tuple[str, ...]:
    """A list of words, of a closed set where ``known`` is given; what is not in it is told."""
    found = []
    closed = None if known is None else tuple(known)
    for item in section.items(key):
        text = text_in(item, section.problems, what=f"an item of {key!r}")
        if text is None:
            continue
        if closed is not None and text not in closed:
            message = f"there is no {text!r} in {key!r}"
            section.problems.add(item, "unknown_word", message, did_you_mean(text, closed))
            continue
        found.append(text)
    return tuple(found)


def inner(
    section: Section, key: str, known: tuple[str, ...], *, needed: bool = False
) -> Section | None:
    """A mapping below a key as a section of its own."""
    node = section.required(key) if needed else section.get(key)
    if node is None:
        return None
    return section_of(node, section.problems, f"{key!r}", known)


def section_of(node: Node, problems: Problems, what: str, known: tuple[str, ...]) -> Section:
    """The node as a section; an empty one where it is no mapping, which is told."""
    mapping = mapping_in(node, problems, what=what)
    if mapping is None:
        mapping = MapNode(node.file, node.line, node.column)
        return Section(mapping, Problems(), what=what, known=known)
    return Section(mapping, problems, what=what, known=known)
