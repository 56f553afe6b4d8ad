"""How is a trace kept as text of bounded length? `kept_trace` reads it back.

Layout of version 1: an object with ``v``, ``rules``, ``candidates``, ``gates``, ``changes``,
``reports``, ``scores``, ``origins``, ``notes``; empty parts are left out, places are ``file:line:column``.

When the text would be longer than the field, parts go in this order until it fits, and ``cut`` says
how many of each went: removed candidates (last first; the counts per gate stay), candidates behind
the first in their order, rules that did not match (first first), changes, origins,
reports, scores, notes.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ortoo_daemon.errors import Place
from ortoo_daemon.json_text import json_text, written_once
from ortoo_daemon.records import FieldValue
from ortoo_daemon.trace import (
    CandidateStep,
    FieldChange,
    FieldOrigin,
    FieldReport,
    GateCount,
    RuleStep,
    ScoreLine,
    ScoreStep,
    Trace,
)

TRACE_LENGTH = 131072
"""Length of Trace__c in the shipped metadata."""

LONGEST_VALUE = 1000
"""A single value longer than this is cut, with a mark, before anything is left out."""

_LONGEST_WORD = 80
"""What is longer is seldom the same in two records."""

_Json = dict[str, Any]


def trace_to_json(trace: Trace, *, length: int = TRACE_LENGTH) -> str:
    """The trace as compact JSON of at most ``length`` characters (at least 200 are needed)."""
    text = _dump(_saved(trace, rule=_rule_once, report=_report_once))
    if len(text) <= length:
        return text
    saved = _saved(trace, rule=_rule, report=_report)
    cut: dict[str, int] = {}
    for name, droppable, from_end in _CUTS:
        count = _drop(saved, name, droppable, from_end=from_end, room=length, cut=cut)
        if count:
            cut[name] = cut.get(name, 0) + count
        text = _dump({**saved, "cut": cut})
        if len(text) <= length:
            break
    return text


def _dump(saved: _Json) -> str:
    kept = {name: part for name, part in saved.items() if part != []}
    return json_text(kept)


_DID_NOT_HOLD = frozenset({"not_matched", "not_during", "not_running"})

_CUTS: tuple[tuple[str, Callable[[_Json], bool], bool], ...] = (
    ("candidates", lambda c: "removed_by" in c, True),
    ("candidates", lambda c: True, True),
    ("rules", lambda r: r["outcome"] in _DID_NOT_HOLD, False),
    ("changes", lambda c: True, True),
    ("origins", lambda o: True, True),
    ("reports", lambda r: True, True),
    ("scores", lambda s: True, True),
    ("notes", lambda n: True, True),
    ("rules", lambda r: True, False),
    ("gates", lambda g: True, True),
)


def _drop(
    saved: _Json,
    name: str,
    droppable: Callable[[_Json], bool],
    *,
    from_end: bool,
    room: int,
    cut: Mapping[str, int],
) -> int:
    """Leave out as few entries as make it fit; how many went."""
    entries = saved[name]
    order = [index for index, entry in enumerate(entries) if droppable(entry)]
    if from_end:
        order.reverse()
    spare = len(_dump({**saved, "cut": {**cut, name: len(entries)}})) - room
    gone: set[int] = set()
    for index in order:
        if spare <= 0:
            break
        spare -= len(_dump({"x": [entries[index]]})) - len('{"x":[]}') + (len(entries) > 1)
        gone.add(index)
    saved[name] = [entry for index, entry in enumerate(entries) if index not in gone]
    return len(gone)


def _saved(
    trace: Trace, *, rule: Callable[[RuleStep], Any], report: Callable[[FieldReport], Any]
) -> _Json:
    return {
        "v": 1,
        "rules": [rule(step) for step in trace.rules],
        "candidates": [_candidate(step) for step in trace.candidates],
        "gates": [_gate(count) for count in trace.gates],
        "changes": [_change(change) for change in trace.changes],
        "reports": [report(each) for each in trace.reports],
        "scores": [_score(step) for step in trace.scores],
        "origins": [_origin(each) for each in trace.origins],
        "notes": [_short(note) for note in trace.notes],
    }


def _rule_once(step: RuleStep) -> Any:
    """As `_rule`: that a rule matched, or met an empty field or a word of a pick-list, is said of many
    records."""
    if step.failed is None or _is_usual(step.failed.value):
        return _written_rule(step)
    return _rule(step)


def _is_usual(value: FieldValue) -> bool:
    """Of other types two may be equal, and not the same in JSON: 1 and 1.0."""
    return value is None or (isinstance(value, str) and len(value) <= _LONGEST_WORD)


@lru_cache(maxsize=2048)
def _written_rule(step: RuleStep) -> Any:
    return written_once(_rule(step))


def _rule(step: RuleStep) -> _Json:
    name, place, outcome, failed = step
    if failed is None:
        return {"name": name, "at": str(place), "outcome": outcome.value}
    there, text, field, value = failed
    return {
        "name": name,
        "at": str(place),
        "outcome": outcome.value,
        "failed": {
            "at": str(there),
            "text": _short(text),
            "field": field,
            "value": value if value is None else _short(value),
        },
    }


def _report_once(report: FieldReport) -> Any:
    return _written_report(report) if _is_usual(report.message) else _report(report)


@lru_cache(maxsize=1024)
def _written_report(report: FieldReport) -> Any:
    return written_once(_report(report))


def _report(report: FieldReport) -> _Json:
    stage, field, code, message, place = report
    return _filled(stage=stage, field=field, code=code, message=_short(message), at=_at(place))


def _gate(count: GateCount) -> _Json:
    kind, gate, removed, detail = count
    saved: _Json = {"kind": kind, "gate": gate, "removed": removed}
    if detail:
        saved["detail"] = detail
    return saved


def _candidate(step: CandidateStep) -> _Json:
    kind, id_, name, removed_by, detail, rank = step
    saved: _Json = {"kind": kind, "id": id_, "name": name}
    if removed_by is not None:
        saved["removed_by"] = removed_by
    if detail:
        saved["detail"] = detail
    if rank:
        saved["rank"] = dict(rank)
    return saved


def _change(change: FieldChange) -> _Json:
    stage, field, before, after, place = change
    saved: _Json = {"stage": stage, "field": field}
    if place is not None:
        saved["at"] = str(place)
    saved["before"] = _short(before)
    saved["after"] = _short(after)
    return saved


def _origin(origin: FieldOrigin) -> _Json:
    field, by, confidence, evidence, place = origin
    saved = _filled(field=field, by=by, evidence=_short(evidence), at=_at(place))
    return saved | {"confidence": confidence}


def _score(step: ScoreStep) -> _Json:
    card, field, score, band, lines = step
    saved = _filled(card=card, field=field, score=score, band=band)
    saved["lines"] = [_line(line) for line in lines]
    return saved


def _line(line: ScoreLine) -> _Json:
    because, points, part, place = line
    saved: _Json = {"because": because} if because else {}
    if part:
        saved["part"] = part
    saved["at"] = str(place)
    saved["points"] = points
    return saved


def _filled(**entries: Any) -> _Json:
    return {name: value for name, value in entries.items() if value is not None and value != ""}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return value[: LONGEST_VALUE - 1] + "…"
    return value


def _at(place: Place | None) -> str | None:
    return None if place is None else str(place)
