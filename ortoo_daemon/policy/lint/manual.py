"""What does a rule's docstring say: in a line, at length, and by samples that tests hold it to?

A sample is an indented block behind ``PASS::`` or ``FAIL::`` (words in brackets before the colons say
what is assumed). Its parts are divided by empty lines. In a FAIL sample a line that begins with an arrow
is what `check` says about the line above it; one that begins with three dots goes on with it.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

ARROW = "→ "
MORE = "… "

_SAMPLE = re.compile(r"^(PASS|FAIL)([^\n]*)::\n\n((?:    [^\n]*\n|\n)+)", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """``parts`` are texts without the arrows; ``told`` are (line of the text, what is said about it)."""

    passes: bool
    about: str
    parts: tuple[str, ...]
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """``summary`` is the first line; ``text`` the whole, samples included."""

    summary: str
    text: str
    samples: tuple[Sample, ...]


def manual_of(docstring: str | None) -> Manual:
    """The manual in a docstring."""
    text = (docstring or "").strip() + "\n"
    return Manual(
        summary=text.split("\n", 1)[0],
        text=text,
        samples=tuple(_samples(text)),
    )


def _samples(text: str) -> Iterator[Sample]:
    for found in _SAMPLE.finditer(text + "\n"):
        block = textwrap.dedent(found[3]).strip("\n")
        parts: list[str] = []
        told: list[tuple[str, str]] = []
        for part in re.split(r"\n\n+", block):
            kept: list[str] = []
            for line in part.split("\n"):
                if line.strip().startswith(ARROW):
                    told.append((kept[-1].strip(), line.strip().removeprefix(ARROW)))
                elif line.strip().startswith(MORE):
                    about, said = told.pop()
                    told.append((about, f"{said} {line.strip().removeprefix(MORE)}"))
                else:
                    kept.append(line)
            parts.append("\n".join(kept) + "\n")
        yield Sample(
            passes=found[1] == "PASS",
            about=found[2].strip().strip("()"),
            parts=tuple(parts),
            told=tuple(told),
        )
