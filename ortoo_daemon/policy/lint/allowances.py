"""Which problems does an admin let stand, and why? Comments in policies and their tests.

``# check: allow RULE because …`` at the end of a line, or on a line of its own above it, silences what RULE
says about that line; at a line that names a table it silences what RULE says about the table. Without a
reason, or for a rule that is unknown or may not be silenced, it is a problem itself; one that silences
nothing is told.
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.documents import comments
from ortoo_daemon.policy.naming import did_you_mean

ID = "allowance"

_BEGINS = re.compile(r"check:\s*allow\b(.*)", re.IGNORECASE)
_WHOLE = re.compile(r"\s+([\w-]+)\s+because\s+(\S.*)", re.IGNORECASE)
_TABLE = re.compile(r"[^\s\[\]{},\"']+\.csv\b|[^\s\[\]{},\"']*\btables/[^\s\[\]{},\"']+\.ya?ml\b")
_MEND = "write: # check: allow RULE because REASON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """``line`` is the line that it is about, ``tables`` the files which that line names."""

    rule: str
    reason: str
    place: Place
    line: int
    tables: tuple[str, ...]

    def covers(self, problem: Problem) -> bool:
        if problem.rule != self.rule:
            return False
        there = problem.place
        if there.file == self.place.file:
            return there.line == self.line
        folder = posixpath.dirname(self.place.file)
        around = (folder, posixpath.dirname(folder), "")
        return any(
            there.file == posixpath.normpath(posixpath.join(each, table))
            for each in around
            for table in self.tables
        )


def read_allowances(
    files: Mapping[str, bytes], *, allowable: Collection[str], known: Collection[str]
) -> tuple[list[Allowance], list[Problem]]:
    """The allowances of YAML files, and what is wrong with those that are none.

    ``allowable`` are rules that may be silenced, ``known`` all there are.
    """
    found: list[Allowance] = []
    problems: list[Problem] = []
    for file in sorted(files):
        if file.endswith((".yaml", ".yml")) and b"check:" in files[file].lower():
            for place, text, line in _asked(file, files[file]):
                whole = _WHOLE.fullmatch(text)
                wrong = _wrong_with(whole, allowable, known)
                if wrong is not None:
                    problems.append(Problem(place=place, rule=ID, message=wrong[0], mend=wrong[1]))
                elif whole is not None:
                    number, written = line
                    found.append(
                        Allowance(
                            rule=whole[1],
                            reason=whole[2].strip(),
                            place=place,
                            line=number,
                            tables=tuple(_TABLE.findall(written)),
                        )
                    )
    return found, problems


def without_allowed(
    problems: Iterable[Problem], allowances: Iterable[Allowance], *, asked: Collection[str]
) -> list[Problem]:
    """The problems that are left, and a hint for each allowance of a rule that was asked in vain."""
    left = list(problems)
    for allowance in allowances:
        kept = [problem for problem in left if not allowance.covers(problem)]
        if len(kept) == len(left) and allowance.rule in asked:
            kept.append(
                Problem(
                    place=allowance.place,
                    rule=ID,
                    message=f"{allowance.rule} has nothing to say here",
                    mend="take the comment out",
                    level=Level.HINT,
                )
            )
        left = kept
    return left


def _asked(file: str, data: bytes) -> Iterator[tuple[Place, str, tuple[int, str]]]:
    """Each comment that asks for something, with the line that it is about."""
    lines = data.decode("utf-8-sig", "replace").splitlines()
    for number, column, text in comments(data):
        begins = _BEGINS.match(text)
        if begins is None:
            continue
        about = number
        is_behind = bool(lines[number - 1][: column - 1].strip())
        while not is_behind and about < len(lines) and _is_empty(lines[about]):
            about += 1
        if not is_behind:
            about += 1
        written = lines[about - 1] if about <= len(lines) else ""
        yield Place(file, number, column), begins[1], (about, written)


def _is_empty(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _wrong_with(
    whole: re.Match[str] | None, allowable: Collection[str], known: Collection[str]
) -> tuple[str, str] | None:
    if whole is None:
        return "an allowance needs a rule and a reason", _MEND
    rule = whole[1]
    if rule in allowable:
        return None
    if rule in known:
        return f"{rule} can't be allowed: what it finds keeps policies from working", "mend it"
    return f"there is no rule {rule!r}", did_you_mean(rule, allowable)
