"""How is the proof of coverage shown: the records that no rule routes, largest sets first?"""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from ortoo_daemon.cli.terminal import console, say
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.coverage.ends import Why
from ortoo_daemon.records import FieldValue
from ortoo_daemon.simulation.coverage import Gap, Proof

_MOST_SHOWN = 40

_WHY = {Why.NO_RULE: "no rule takes them", Why.NO_ROOFTOP: "finds no rooftop"}


def show(proofs: Sequence[Proof]) -> None:
    """Each policy with its gaps, and a record for each that can be given to `explain`."""
    for proof in proofs:
        _show_head(proof)
        for gap in proof.gaps[:_MOST_SHOWN]:
            _show_gap(gap)
        if len(proof.gaps) > _MOST_SHOWN:
            say(f"  and {len(proof.gaps) - _MOST_SHOWN} smaller ones (--json lists all)")
        if proof.left_out:
            say("  and more than can be listed")


def as_json(proofs: Sequence[Proof]) -> list[dict[str, Any]]:
    """For each policy its gaps; ``record`` is one for `explain`, null where none could be built."""
    return [
        {
            "policy": proof.policy,
            "combinations": proof.combinations,
            "complete": not proof.left_out and not proof.unproven,
            "unproven": proof.unproven or None,
            "gaps": [_gap_json(gap, proof.object) for gap in proof.gaps],
        }
        for proof in proofs
    ]


def _show_head(proof: Proof) -> None:
    if proof.unproven:
        say(f"coverage of {proof.policy}: not proven: {proof.unproven}", "yellow")
        return
    count = f"{proof.combinations:,} combinations"
    if not proof.gaps and not proof.left_out:
        say(f"coverage of {proof.policy}: every one of {count} is routed by a rule", "green")
        return
    sets = "1 set" if len(proof.gaps) == 1 else f"{len(proof.gaps)} sets"
    say(f"coverage of {proof.policy}: of {count}, {sets} not routed by a rule:", "bold")


def _show_gap(gap: Gap) -> None:
    line = Text("  ")
    line.append(gap.text, style="bold")
    line.append(f" → {gap.target}")
    what = f"rule {gap.rule!r} {_WHY[gap.why]}" if gap.rule else _WHY[gap.why]
    line.append(f": {what} ({gap.place})", style="dim")
    console().print(line)
    if gap.fields is None or gap.now is None:
        console().print(Text("    may be: no such record could be built", style="yellow"))
        return
    filled = {name: value for name, value in gap.fields.items() if value is not None}
    fields = ", ".join(f"{name}: {_shown(value)}" for name, value in filled.items())
    moment = f"{gap.now:%Y-%m-%d %H:%M} UTC" if gap.at_hours else f"{gap.now:%Y-%m-%d}"
    console().print(Text(f"    e.g. {{{fields}}} on {moment}", style="dim"))


def _gap_json(gap: Gap, object_name: str) -> dict[str, Any]:
    return {
        "records": gap.text,
        "combinations": gap.size,
        "why": gap.why.value,
        "rule": gap.rule,
        "goes_to": gap.target,
        "file": gap.place.file,
        "line": gap.place.line,
        "record": _record(gap, object_name),
    }


def _record(gap: Gap, object_name: str) -> dict[str, Any] | None:
    """What `explain` takes from a file."""
    if gap.fields is None or gap.now is None:
        return None
    return {"object": object_name, "fields": dict(gap.fields), "now": instant_text(gap.now)}


def _shown(value: FieldValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
