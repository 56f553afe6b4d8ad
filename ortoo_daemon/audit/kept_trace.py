"""How is a trace read back from the text that `trace_json` kept of it?"""

import json
from collections.abc import Iterable
from typing import Any

from ortoo_daemon.errors import Place
from ortoo_daemon.trace import (
    CandidateStep,
    FailedCondition,
    FieldChange,
    FieldOrigin,
    FieldReport,
    GateCount,
    RuleOutcome,
    RuleStep,
    ScoreLine,
    ScoreStep,
    Trace,
)

_Json = dict[str, Any]


def trace_from_json(text: str) -> Trace:
    """The trace that was kept; what was cut stands in its notes.

    Raises ValueError when the text is not a trace of a known version.
    """
    try:
        saved = json.loads(text)
        if saved["v"] != 1:
            raise ValueError(f"trace of version {saved['v']}, known is 1")
        return _read(saved)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a trace: {error!r}") from error


def _read(saved: _Json) -> Trace:
    cut = saved.get("cut", {})
    left_out = [f"left out for length: {count} {name}" for name, count in cut.items()]
    return Trace(
        rules=tuple(_read_rule(entry) for entry in saved.get("rules", ())),
        candidates=tuple(CandidateStep(**entry) for entry in saved.get("candidates", ())),
        gates=tuple(GateCount(**entry) for entry in saved.get("gates", ())),
        changes=tuple(FieldChange(**e) for e in _placed(saved.get("changes", ()))),
        reports=tuple(FieldReport(**e) for e in _placed(saved.get("reports", ()))),
        scores=tuple(_read_score(entry) for entry in saved.get("scores", ())),
        origins=tuple(_read_origin(entry) for entry in saved.get("origins", ())),
        notes=(*saved.get("notes", ()), *left_out),
    )


def _read_rule(entry: _Json) -> RuleStep:
    failed = entry.get("failed")
    return RuleStep(
        name=entry["name"],
        place=_known(entry["at"]),
        outcome=RuleOutcome(entry["outcome"]),
        failed=None
        if failed is None
        else FailedCondition(
            place=_known(failed["at"]),
            text=failed["text"],
            field=failed["field"],
            value=failed["value"],
        ),
    )


def _read_origin(entry: _Json) -> FieldOrigin:
    return FieldOrigin(
        field=entry["field"],
        by=entry["by"],
        confidence=entry["confidence"],
        evidence=entry.get("evidence", ""),
        place=_place(entry.get("at")),
    )


def _read_score(entry: _Json) -> ScoreStep:
    return ScoreStep(
        card=entry["card"],
        field=entry["field"],
        score=entry["score"],
        band=entry.get("band"),
        lines=tuple(
            ScoreLine(
                because=line["because"],
                points=line["points"],
                part=line.get("part", ""),
                place=_known(line["at"]),
            )
            for line in entry["lines"]
        ),
    )


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    file, line, column = text.rsplit(":", 2)
    return Place(file, int(line), int(column))


def _known(text: str) -> Place:
    place = _place(text)
    assert place is not None
    return place


def _placed(entries: Iterable[_Json]) -> list[_Json]:
    return [
        {name: value for name, value in entry.items() if name != "at"}
        | {"place": _place(entry.get("at"))}
        for entry in entries
    ]
