"""Does a text match a pattern? Patterns cannot blow up, whatever the text.

``*`` stands for any text, also none; ``?`` for one character; ``[0-9]`` or ``[abc]`` for one of them,
``[!0-9]`` for none of them; ``\\`` makes the next character plain. A pattern covers the whole text.
Between two ``*`` lies a piece of fixed length, and the leftmost place where a piece fits is always
good enough, so that nothing is ever tried twice: time grows with the length of the text times the
length of the longest piece. Regular expressions backtrack and are refused.
"""

import re
from collections.abc import Callable

from ortoo_daemon.policy.values import fold

LONGEST_PATTERN = 200

_REGEX_SIGNS = re.compile(r"^\^|\$$|\.[*+]|\\[dwsbDWSB]|\(\?|\][+{]|\{[0-9,]+\}")


class PatternError(ValueError):
    """The pattern can't be used; the message says why and what to write instead."""


def compiled(pattern: str) -> Callable[[str], bool]:
    """A test for folded text. Raises PatternError."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"a pattern may have {LONGEST_PATTERN} characters at most")
    if _REGEX_SIGNS.search(pattern):
        raise PatternError(
            "this looks like a regular expression; patterns know *, ? and [0-9] only, "
            "and cover the whole text"
        )
    pieces = _pieces(fold(pattern))
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return lambda text: first.fullmatch(text) is not None
    ends_at = _length(last)
    middle = tuple(piece for piece in pieces[1:-1] if piece.pattern)

    def matches(text: str) -> bool:
        start = first.match(text)
        if start is None:
            return False
        at, end = start.end(), len(text) - ends_at
        if end < at or last.fullmatch(text, end) is None:
            return False
        for piece in middle:
            found = piece.search(text, at, end)
            if found is None:
                return False
            at = found.end()
        return True

    return matches


def shortest(pattern: str) -> int:
    """The fewest characters that a text of this pattern has. Raises PatternError."""
    return sum(map(_length, _pieces(fold(pattern))))


def _length(piece: re.Pattern[str]) -> int:
    """How many characters a piece covers; each of its elements covers one."""
    return len(re.findall(r"\[(?:\\.|[^\]\\])*\]|\\.|.", piece.pattern, re.DOTALL))


def _pieces(pattern: str) -> list[re.Pattern[str]]:
    """The parts between the stars, each a sequence of single-character tests."""
    pieces: list[str] = []
    current: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            pieces.append("".join(current))
            current = []
        elif sign == "?":
            current.append(".")
        elif sign == "[":
            element, at = _set(pattern, at)
            current.append(element)
        elif sign == "\\":
            if at == len(pattern):
                raise PatternError("a pattern can't end in \\")
            current.append(re.escape(pattern[at]))
            at += 1
        else:
            current.append(re.escape(sign))
    pieces.append("".join(current))
    return [re.compile(piece, re.DOTALL) for piece in pieces]


def _set(pattern: str, at: int) -> tuple[str, int]:
    """The regular expression of a ``[...]`` whose first inner character is at ``at``."""
    end = pattern.find("]", at + 1)
    if end < 0:
        raise PatternError("a [ has no ]; write \\[ for the character itself")
    inner = pattern[at:end]
    negated = inner.startswith("!")
    inner = inner[1:] if negated else inner
    if not inner:
        raise PatternError("[] holds no character")
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)
    try:
        re.compile(f"[{body}]")
    except re.error as error:
        raise PatternError(f"[{inner}] is no set of characters: {error}") from error
    return f"[{'^' if negated else ''}{body}]", end + 1
