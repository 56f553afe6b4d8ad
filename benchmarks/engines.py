"""How many records a second find their rule among many, here and in other rule engines?

The same rules for each (`network.Row`), written as its users would write them, the same records, and the
same answer: the number of the first rule that holds. Ours is the whole decision with its trace, as nothing
less is ever made; the others only find the rule. Each in a process of its own, by CPU time of one core.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from benchmarks.figures import Figure, at_least
from benchmarks.network import Row, facts, flat_policies, rows
from benchmarks.processes import answer_of
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.flow import decide

SIZES = (1_000, 10_000)
LASTS = 3.0
_RECORDS = 100

Values = Mapping[str, Any]
Match = Callable[[Facts], int | None]
"""The number of the first rule that holds for a record, None where none does."""


def about(_size: int) -> str:
    missing = [name for name, (module, _) in OTHERS.items() if find_spec(module) is None]
    note = f"; not installed: {', '.join(missing)} (pip install -e '.[bench]')" if missing else ""
    return (
        "first match among flat rules of three to five tests, some records find none; ours with the "
        f"whole decision and its trace; by CPU time of one core{note}"
    )


def measure(size: int, *, lasts: float = LASTS) -> list[Figure]:
    """Ours against each other engine that is installed. Raises RuntimeError when two disagree."""
    names = [name for name, (module, _) in OTHERS.items() if find_spec(module) is not None]
    found = {name: _apart(name, size, lasts) for name in (OURS, *names)}
    for name in names:
        pairs = zip(found[OURS]["answers"], found[name]["answers"], strict=False)
        if any(ours != theirs for ours, theirs in pairs):
            raise RuntimeError(f"{name} finds other rules than we do")
    best = max((found[name]["rate"] for name in names), default=None)
    goal = None if best is None else at_least(best)
    figures = [Figure(name=OURS, value=found[OURS]["rate"], unit="records/s", goal=goal)]
    figures += [Figure(name=name, value=found[name]["rate"], unit="records/s") for name in names]
    figures += [
        Figure(name=f"{name}: until it can be asked", value=found[name]["made_in"], unit="s")
        for name in (OURS, *names)
    ]
    return figures


def _ours(size: int) -> Match:
    policies = flat_policies(size)
    numbers = {rule.name: number for number, rule in enumerate(policies.policies[0].rules)}

    def match(given: Facts) -> int | None:
        decision = decide(policies, given)
        if not isinstance(decision, Decision):
            raise RuntimeError("the benchmark's policies ask no questions")
        return numbers.get(decision.rule or "")

    return match


def _zen(size: int) -> Match:
    """A decision table with the hit policy ``first``: the way its makers recommend for long lists."""
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(_zen_model(size)))

    def match(given: Facts) -> int | None:
        found = decision.evaluate(dict(given.record.fields))["result"]
        return found.get("number") if found else None

    return match


def _zen_model(size: int) -> Mapping[str, Any]:
    columns = ("Brand__c", "Country", "PostalCode", "LeadSource", "")
    inputs = [{"id": f"i{n}", "name": f"i{n}", "field": name} for n, name in enumerate(columns)]
    table = [
        {
            "_id": f"r{number}",
            "i0": f'"{row.brand}"',
            "i1": f'"{row.country}"',
            "i2": f'startsWith($, "{row.area}")',
            "i3": ", ".join(f'"{each}"' for each in row.sources),
            "i4": 'Fuel__c == "EV" or Budget__c < 30000' if row.electric_or_cheap else "",
            "o0": str(number),
        }
        for number, row in enumerate(rows(size))
    ]
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "o0", "name": "number", "field": "number"}],
        "rules": table,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _rule_engine(size: int) -> Match:
    import rule_engine

    rules = [rule_engine.Rule(_rule_engine_text(row)) for row in rows(size)]

    def match(given: Facts) -> int | None:
        record = dict(given.record.fields)
        return next((n for n, rule in enumerate(rules) if rule.matches(record)), None)

    return match


def _rule_engine_text(row: Row) -> str:
    return _infix(row, starts="starts_with", both="and", either="or")


def _cel_text(row: Row) -> str:
    return _infix(row, starts="startsWith", both="&&", either="||")


def _infix(row: Row, *, starts: str, both: str, either: str) -> str:
    """The row's condition in the words of an engine that writes operators between their operands."""
    parts = [
        f'Brand__c == "{row.brand}"',
        f'Country == "{row.country}"',
        f'PostalCode.{starts}("{row.area}")',
    ]
    if row.sources:
        parts.append(f"LeadSource in [{', '.join(f'{chr(34)}{s}{chr(34)}' for s in row.sources)}]")
    if row.electric_or_cheap:
        parts.append(f'(Fuel__c == "EV" {either} Budget__c < 30000)')
    return f" {both} ".join(parts)


def _cel_python(size: int) -> Match:
    import celpy

    env = celpy.Environment()
    programs = [env.program(env.compile(_cel_text(row))) for row in rows(size)]

    def match(given: Facts) -> int | None:
        record = {name: celpy.json_to_cel(value) for name, value in given.record.fields.items()}
        return next((n for n, each in enumerate(programs) if each.evaluate(record)), None)

    return match


def _cel(size: int) -> Match:
    import cel

    programs = [cel.compile(_cel_text(row)) for row in rows(size)]

    def match(given: Facts) -> int | None:
        record = dict(given.record.fields)
        return next((n for n, each in enumerate(programs) if each.execute(record)), None)

    return match


OURS = "ortoo-daemon"
OTHERS: Mapping[str, tuple[str, Callable[[int], Match]]] = {
    "zen-engine": ("zen", _zen),
    "rule-engine": ("rule_engine", _rule_engine),
    "cel-python": ("celpy", _cel_python),
    "common-expression-language": ("cel", _cel),
}
"""Module and maker by the name under which each is installed."""


def compete(name: str, size: int, lasts: float) -> Mapping[str, Any]:
    """``answers`` to the first records, ``rate`` in records a CPU second, ``made_in`` CPU seconds."""
    began = time.process_time()
    match = _ours(size) if name == OURS else OTHERS[name][1](size)
    made_in = time.process_time() - began
    given = facts(_RECORDS, rules=size)
    answers, done, used = [], 0, 0.0
    for each in _again_and_again(given):
        began = time.process_time()
        found = match(each)
        used += time.process_time() - began
        done += 1
        if done <= len(given):
            answers.append(found)
        if used >= lasts:
            break
    return {"answers": answers, "rate": done / used, "made_in": made_in}


def _again_and_again(given: Sequence[Facts]) -> Iterator[Facts]:
    while True:
        yield from given


def _apart(name: str, size: int, lasts: float) -> Mapping[str, Any]:
    found: Mapping[str, Any] = answer_of(["benchmarks.engines", name, str(size), str(lasts)])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("name", choices=[OURS, *OTHERS])
    parser.add_argument("size", type=int)
    parser.add_argument("lasts", type=float)
    asked = parser.parse_args()
    json.dump(compete(asked.name, asked.size, asked.lasts), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
