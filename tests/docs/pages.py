"""The pages that people read, and the blocks of code in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "docs/operations.md",
    "docs/policies.md",
    "docs/decisions.md",
    "docs/security.md",
    "docs/triage.md",
    "docs/ai.md",
    "docs/report.md",
    "docs/services.md",
)

_BLOCK = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, what stands behind the language, its text and first line."""

    language: str
    about: str
    text: str
    line: int


def modules_of_tests(folder: str) -> set[str]:
    """The names of all tests in a folder of the project."""
    files = (ROOT / folder).rglob("test_*.py")
    return {
        name
        for path in files
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
    }


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[Block]:
    text = page(name)
    return [
        Block(found[1], found[2].strip(), found[3], text.count("\n", 0, found.start()) + 2)
        for found in _BLOCK.finditer(text)
        if found[1] == language
    ]


def section(name: str, heading: str) -> str:
    """The text below a heading, up to the next heading of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    rest = page(name).partition(f"\n{heading}\n")[2]
    assert rest, f"{name} has no heading {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.M)[0]


def first_cells(text: str) -> list[str]:
    """What stands in backticks in the first column of the tables in a text."""
    rows = re.findall(r"^\|([^|]*)\|", text, re.M)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
