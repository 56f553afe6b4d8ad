"""How does a card's file look with other points? The same file, its numbers changed where they stand.

Conditions, reasons, order and comments stay, so that the difference in Git is the difference in points.
"""

from collections.abc import Mapping

from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.simulation.scorecards.fitting import Fit


def rewritten(data: bytes, fit: Fit, *, remark: str) -> str:
    """The file of ``fit.card`` with the learned points, bands and base; ``remark`` stands above it.

    Bounds of parts are set so wide that they take nothing: learned points add up freely.
    """
    document = read_document(fit.card.file, data, Problems())
    assert isinstance(document, MapNode)  # the card was read from these bytes
    changes: list[tuple[Scalar, str]] = []
    learned = {each.because: each.after for each in fit.points}
    parts = document.get("parts")
    for part in parts.items if isinstance(parts, ListNode) else ():
        assert isinstance(part, MapNode)
        changes += _part(part, learned)
    changes += _numbers(document, {"base": fit.base})
    bands = document.get("bands")
    if isinstance(bands, MapNode):
        changes += _numbers(bands, {band.name: band.at_least for band in fit.bands})
    lines = data.decode("utf-8-sig").splitlines()
    for scalar, text in sorted(changes, key=lambda change: change[0].place, reverse=True):
        at, line = scalar.column - 1, lines[scalar.line - 1]
        lines[scalar.line - 1] = line[:at] + text + line[at + len(scalar.text) :]
    if document.get("base") is None:
        name = document.entries["scorecard"][0]
        lines.insert(name.line, f"base: {fit.base}")
    return "\n".join([*_with_remark(lines, remark), ""])


def _part(part: MapNode, learned: Mapping[str, int]) -> list[tuple[Scalar, str]]:
    changes: list[tuple[Scalar, str]] = []
    sums = {"at_least": 0, "at_most": 0}
    entries = part.get("points")
    for entry in entries.items if isinstance(entries, ListNode) else ():
        assert isinstance(entry, MapNode)
        because = entry.get("because")
        assert isinstance(because, Scalar)
        points = learned[because.text.strip()]
        changes += _numbers(entry, {"add": points})
        sums["at_most" if points > 0 else "at_least"] += points
    return changes + _numbers(part, sums)


def _numbers(node: MapNode, wanted: Mapping[str, float]) -> list[tuple[Scalar, str]]:
    """What is to stand instead of the numbers that are there."""
    found: list[tuple[Scalar, str]] = []
    for key, number in wanted.items():
        value: Node | None = node.get(key)
        if isinstance(value, Scalar):
            found.append((value, f"{number:g}"))
    return found


def _with_remark(lines: list[str], remark: str) -> list[str]:
    """Below the editor's line, which must stay the first."""
    head = 1 if lines and lines[0].startswith("# yaml-language-server:") else 0
    return [*lines[:head], *(f"# {line}" for line in remark.splitlines()), *lines[head:]]
