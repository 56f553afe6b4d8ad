"""Which lines of constraints.txt does running the daemon need, or building its wheel?

Usage: locked.py run|build PYPROJECT CONSTRAINTS. Prints requirements with their hashes. Needs nothing but
Python: it runs before anything is installed.
"""

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(text: str) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Each package's lines, and the packages that each one needs, from the comments ``# via``."""
    found: dict[str, str] = {}
    needs: dict[str, set[str]] = defaultdict(set)
    package = ""
    for line in text.splitlines():
        if started := NAME.match(line):
            package = normal(started[0])
            found[package] = ""
        if not package:
            continue
        found[package] += f"{line}\n"
        comment = line.strip().removeprefix("#").strip().removeprefix("via").strip()
        if line.strip().startswith("#") and (needer := NAME.match(comment)):
            needs[normal(needer[0])].add(package)
    return found, needs


def wanted(purpose: str, pyproject: Path) -> list[str]:
    """The packages that the project itself names."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    named = {
        "run": project["project"]["dependencies"],
        "build": project["build-system"]["requires"],
    }
    return [normal(match[0]) for match in map(NAME.match, named[purpose]) if match]


def main(purpose: str, pyproject: str, constraints: str) -> None:
    found, needs = blocks(Path(constraints).read_text(encoding="utf-8"))
    left, reached = wanted(purpose, Path(pyproject)), set()
    while left:
        package = left.pop()
        if package in reached:
            continue
        reached.add(package)
        left += needs[package]
    missing = sorted(reached - found.keys())
    if missing:
        sys.exit(f"{constraints} lacks {', '.join(missing)}: run make constraints")
    for package in sorted(reached):
        sys.stdout.write(found[package])


if __name__ == "__main__":
    main(*sys.argv[1:])
