"""How is the outcome of a check shown: to a person, to GitHub, to a program?"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ortoo_daemon.audit.explain import node_json
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.cli import coverage_report, roster_report
from ortoo_daemon.cli.terminal import console, problem_json, say, show_tree
from ortoo_daemon.daemon.loading.checking import Checkup
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.coverage import Proof
from ortoo_daemon.simulation.look_ahead import Shortage
from ortoo_daemon.simulation.policy_tests import CaseResult, TestsReport
from ortoo_daemon.simulation.running_clocks import ClocksMoved

_LOOKS = {Level.ERROR: "bold red", Level.HINT: "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check by hand found. What was not asked for is None; ``clocks`` are asked of the org alone."""

    checkup: Checkup
    proofs: Sequence[Proof] | None = None
    shortages: Sequence[Shortage] | None = None
    clocks: Sequence[ClocksMoved] | None = None


def show(checked: Checked) -> None:
    """Problems with file:line:column first, then the tests, the proofs, and one line that sums up."""
    found = checked.checkup
    for problem in found.problems:
        _show_problem(problem)
    if found.tests is not None:
        for result in found.tests.failed:
            show_tree(result.node())
        _show_tests(found.tests)
    elif found.policies is not None and found.passed:
        say("tests not run: no saved org (ortoo-daemon check --org --save-org config/org.json)")
    if checked.proofs is not None:
        coverage_report.show(checked.proofs)
    if checked.shortages is not None:
        roster_report.show(checked.shortages)
    for moved in checked.clocks or ():
        say(moved.text, "yellow")
    _show_sum(found)


def show_for_github(found: Checkup) -> None:
    """Workflow commands, one a problem, on lines of their own however long they are."""
    for problem in found.problems:
        place = problem.place
        kind = "error" if problem.level is Level.ERROR else "warning"
        at = f"file={_property(place.file)},line={place.line},col={place.column}"
        text = f"{problem.message} ({problem.mend})" if problem.mend else problem.message
        title = _property(problem.rule)
        sys.stdout.write(f"::{kind} {at},title={title}::{_message(text)}\n")


def as_json(checked: Checked) -> dict[str, Any]:
    """The whole; ``coverage``, ``roster`` and ``clocks`` are null where they were not asked for."""
    found, proofs, shortages = checked.checkup, checked.proofs, checked.shortages
    policies = found.policies
    return {
        "passed": found.passed,
        "problems": [problem_json(problem) for problem in found.problems],
        "policies": [policy.name for policy in policies.policies] if policies else [],
        "revision": policies.revision if policies else None,
        "checked_against": found.checked_against,
        "tests": _tests_json(found.tests) if found.tests else None,
        "coverage": None if proofs is None else coverage_report.as_json(proofs),
        "roster": None if shortages is None else roster_report.as_json(shortages),
        "clocks": None if checked.clocks is None else [_clocks_json(m) for m in checked.clocks],
    }


def _clocks_json(moved: ClocksMoved) -> dict[str, Any]:
    return {
        "policy": moved.policy,
        "clock": moved.clock,
        "running": moved.running,
        "what": moved.what,
    }


def _show_problem(problem: Problem) -> None:
    line = Text(f"{problem.place}: ")
    line.append(problem.level.value, style=_LOOKS[problem.level])
    line.append(f": {problem.message}")
    if problem.mend:
        line.append(f" ({problem.mend})", style="cyan")
    line.append(f" [{problem.rule}]", style="dim")
    console().print(line)


def _show_tests(tests: TestsReport) -> None:
    say(f"policy tests: {len(tests.results)} cases, {len(tests.failed)} failed")


def _show_sum(found: Checkup) -> None:
    errors = sum(problem.level is Level.ERROR for problem in found.problems)
    hints = len(found.problems) - errors
    against = found.checked_against or "no org: fields, queues and people were not looked up"
    revision = f", revision {found.policies.revision}" if found.policies else ""
    names = ", ".join(p.name for p in found.policies.policies) if found.policies else ""
    about = f"{names or 'no usable policies'}{revision}, checked against {against}"
    counts = f"{_count(errors, 'problem')}" + (f", {_count(hints, 'hint')}" if hints else "")
    say(f"{counts} · {about}", "bold red" if errors else "bold green")


def _tests_json(tests: TestsReport) -> dict[str, Any]:
    return {
        "cases": len(tests.results),
        "failed": [_case_json(result) for result in tests.failed],
        "unreached": [
            {"policy": policy, "rule": rule, "file": place.file, "line": place.line}
            for policy, rule, place in tests.unreached
        ],
    }


def _case_json(result: CaseResult) -> dict[str, Any]:
    place = result.case.place
    return {
        "policy": result.policy,
        "case": result.case.name,
        "file": place.file,
        "line": place.line,
        "given": dict(result.case.given),
        "now": instant_text(result.case.now),
        "missed": list(result.missed),
        "got": summary(result.decision) if result.decision else None,
        "trace": node_json(result.node()),
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number or 'no'} {noun}s"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
