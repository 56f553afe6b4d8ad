"""How is something shown? Colours and boxes on a terminal, plain lines in a pipe, JSON when asked.

Text that comes from the org or from files is printed as it is: never as markup.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ortoo_daemon.audit.explain import Node, Style, plain_lines
from ortoo_daemon.cli.controls import escaped_json, without_controls
from ortoo_daemon.errors import ConfigError, LoginError, OrtooError, Problem

_LOOKS = {
    Style.HEAD: "bold",
    Style.WINNER: "bold green",
    Style.HELD: "green",
    Style.FAILED: "dim",
    Style.PLAIN: "",
    Style.WARNING: "yellow",
}

_LOGIN_MEND = (
    "look at org: in the settings and at the connected app; `ortoo-daemon doctor` tells more"
)


class _Console(Console):
    """Shows text of others: no character of it reaches the terminal that could steer it."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(without_controls(segment.text, keep="\n"), segment.style)


def console(*, stderr: bool = False) -> Console:
    """Plain text without wrapping unless a person watches."""
    found = _Console(stderr=stderr, highlight=False)
    if not found.is_terminal:
        found = _Console(stderr=stderr, highlight=False, soft_wrap=True, no_color=True)
    return found


def say(text: str = "", style: str = "") -> None:
    """One line for the reader."""
    console().print(Text(text, style=style))


def show_json(value: object) -> None:
    """Indented JSON on standard output, whatever it is connected to."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write(f"{escaped_json(text)}\n")


def show_tree(node: Node) -> None:
    """A tree with branches on a terminal, indented lines elsewhere."""
    found = console()
    if found.is_terminal:
        found.print(_tree(node))
        return
    sys.stdout.writelines(f"{without_controls(line)}\n" for line in plain_lines(node))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal, lines of tab-separated values with a heading elsewhere."""
    found = console()
    texts = [[_cell(value) for value in row] for row in rows]
    if not found.is_terminal:
        # As they are: rich would turn tabs into blanks.
        lines = ("\t".join(row) for row in ([name.lower() for name in columns], *texts))
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in texts:
        table.add_row(*(Text(value) for value in row))
    found.print(table)


def show_error(error: OrtooError, *, as_json: bool) -> None:
    """What went wrong, on standard error; as JSON on standard output where JSON was asked for."""
    if as_json:
        show_json(error_json(error))
        return
    found = console(stderr=True)
    lines = [str(error)]
    if isinstance(error, ConfigError):
        lines = [str(problem) for problem in error.problems]
    for line in lines:
        found.print(Text(line, style="red"))
    if isinstance(error, LoginError):
        found.print(Text(_LOGIN_MEND))


def error_json(error: OrtooError) -> Mapping[str, Any]:
    """``error`` is the kind, ``message`` the text, ``problems`` what a ConfigError carries."""
    public = (kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))
    found: dict[str, Any] = {"error": next(public), "message": str(error)}
    if isinstance(error, ConfigError):
        found["problems"] = [problem_json(problem) for problem in error.problems]
    return found


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem with its place taken apart."""
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "level": problem.level.value,
        "rule": problem.rule,
        "message": problem.message,
        "mend": problem.mend,
    }


def _tree(node: Node, above: Tree | None = None) -> Tree:
    label = Text(without_controls(node.text), style=_LOOKS[node.style])
    tree = Tree(label, guide_style="dim") if above is None else above.add(label)
    for child in node.children:
        _tree(child, tree)
    return tree


def _cell(value: object) -> str:
    return "" if value is None else without_controls(str(value))
