"""What stands when rules and a model have both read an e-mail? By the task's word on disagreement. Pure.

A model's part counts from the task's confidence on. Where the mail gives orders to machines, a model that
differs from the rules is never preferred: it may have obeyed them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ortoo_daemon.facts import ModelAnswer
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.model import AccountCandidate, Basis, Segment, Triage
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.triager import Triager, Understood
from ortoo_daemon.intake.understanding.answer import evidence_of
from ortoo_daemon.policy.models.catalogue import Disagreement, Otherwise, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What stands, and in what rules and model differed, in words for people; they quote nothing."""

    triage: Triage
    differences: tuple[str, ...] = ()


def agreed(understood: Understood, answer: ModelAnswer, task: Task, triager: Triager) -> Agreement:
    """The same reading, answer, task and directory give the same result, with no model at hand."""
    rules = understood.triage
    if answer.answer is None:
        person = task.otherwise is Otherwise.PERSON
        return Agreement(triage=_to_a_person(rules) if person else rules)
    said = _Said(understood, answer.answer, task.confidence, triager).segments()
    pairs = _paired(rules.segments, said)
    differences = tuple(d for ours, theirs in pairs for d in _differences(ours, theirs))
    ordered = bool(rules.injection) or bool(answer.answer.get("orders_found"))
    policy = task.disagreement
    if ordered and policy is Disagreement.PREFER_MODEL:
        policy = Disagreement.BOTH_OR_PERSON
    stands = [
        segment for ours, theirs in pairs if (segment := _STANDS[policy](ours, theirs)) is not None
    ]
    return Agreement(triage=replace(rules, segments=tuple(stands)), differences=differences)


class _Said:
    """A model's segments in the words of triage."""

    def __init__(
        self, understood: Understood, answer: Mapping[str, Any], bound: float, triager: Triager
    ) -> None:
        self.understood = understood
        self.answer = answer
        self.bound = bound
        self.index: DealerIndex = triager.index
        self.taxonomy: Taxonomy = triager.taxonomy

    def segments(self) -> list[Segment]:
        return [self._segment(each) for each in self.answer["segments"]]

    def _segment(self, said: Mapping[str, Any]) -> Segment:
        account = said["account_id"] if said["account_id"] in self.index.dealers else None
        confidence = float(said["rooftop_confidence"])
        sure = account is not None and confidence >= self.bound
        kind = said["request_type"] if said["request_confidence"] >= self.bound else None
        brand = said["brand"]
        evidence = evidence_of(said["evidence"], self.understood.reading.text)
        candidate = None
        if account is not None:
            candidate = AccountCandidate(
                account_id=account,
                name=self.index.dealers[account].name,
                confidence=round(confidence, 3),
                basis=Basis.MODEL,
                evidence=evidence,
            )
        return Segment(
            account_id=account if sure else None,
            basis=Basis.MODEL if sure else Basis.NONE,
            confidence=round(confidence, 3) if account is not None else 0.0,
            candidates=(candidate,) if candidate else (),
            brand=brand,
            request_type=kind,
            type_score=0.0,
            type_margin=0.0,
            skill=self.taxonomy.skill(kind, frozenset()),
            desk=self.taxonomy.desks.get(brand or "", self.taxonomy.default_desk),
            urgency=said["urgency"],
            language=self.understood.reading.language,
            vins=(),
            evidence=evidence,
        )


_Pair = tuple[Segment | None, Segment | None]


def _paired(rules: Sequence[Segment], said: Sequence[Segment]) -> list[_Pair]:
    """Each segment of the rules with the model's that is most like it, then the model's others."""
    left = list(said)
    found: dict[int, Segment] = {}
    for likeness in (3, 2, 1, 0):
        for number, ours in enumerate(rules):
            if number in found:
                continue
            match = next((each for each in left if _likeness(ours, each) >= likeness), None)
            if match is not None:
                found[number] = match
                left.remove(match)
    pairs: list[_Pair] = [(ours, found.get(number)) for number, ours in enumerate(rules)]
    return [*pairs, *((None, theirs) for theirs in left)]


def _likeness(ours: Segment, theirs: Segment) -> int:
    """3: rooftop and kind are the same; 2: the rooftop; 1: the kind."""
    same_account = ours.account_id == theirs.account_id
    same_kind = ours.request_type == theirs.request_type
    return 2 * (same_account and ours.account_id is not None) + (
        same_kind and ours.request_type is not None
    )


def _differences(ours: Segment | None, theirs: Segment | None) -> list[str]:
    if ours is None:
        return ["only the model sees a request more"]
    if theirs is None:
        return ["only the rules see a request more"]
    found = []
    for what in ("account_id", "request_type", "brand", "urgency"):
        rules, model = getattr(ours, what), getattr(theirs, what)
        if rules != model:
            name = "rooftop" if what == "account_id" else what
            found.append(f"{name}: rules {rules or 'none'}, model {model or 'none'}")
    return found


def _prefer_rules(ours: Segment | None, theirs: Segment | None) -> Segment | None:
    """The model fills what rules could not tell."""
    if ours is None or theirs is None:
        return ours
    return _filled(ours, theirs)


def _prefer_model(ours: Segment | None, theirs: Segment | None) -> Segment | None:
    """The rules fill what the model was not sure of; what only they see is settled for the model."""
    if theirs is None:
        return None
    return _filled(theirs, ours) if ours is not None else theirs


def _both_or_person(ours: Segment | None, theirs: Segment | None) -> Segment | None:
    """Rooftop, kind and brand stand where both say them; what only one of them sees is for a person."""
    if ours is None or theirs is None:
        alone = ours or theirs
        return None if alone is None else _for_a_person(alone)
    found = replace(ours, candidates=_candidates(ours, theirs))
    if theirs.evidence and not ours.evidence:
        found = replace(found, evidence=theirs.evidence)
    brands_differ = ours.brand and theirs.brand and ours.brand != theirs.brand
    if ours.account_id != theirs.account_id or brands_differ:
        found = _for_a_person(found)
    if ours.request_type != theirs.request_type:
        found = replace(found, request_type=None, skill=None)
    return found


_STANDS = {
    Disagreement.PREFER_RULES: _prefer_rules,
    Disagreement.PREFER_MODEL: _prefer_model,
    Disagreement.BOTH_OR_PERSON: _both_or_person,
}


def _filled(first: Segment, other: Segment) -> Segment:
    """The first, with the other's word where it has none."""
    found = replace(first, candidates=_candidates(first, other), vins=first.vins or other.vins)
    if first.account_id is None and other.account_id is not None:
        found = replace(
            found,
            account_id=other.account_id,
            basis=other.basis,
            confidence=other.confidence,
            evidence=(*first.evidence, *other.evidence),
        )
    if first.request_type is None and other.request_type is not None:
        found = replace(
            found,
            request_type=other.request_type,
            type_score=other.type_score,
            type_margin=other.type_margin,
            skill=other.skill,
        )
    elif first.request_type == other.request_type and other.type_score:
        found = replace(found, skill=other.skill, type_score=other.type_score)
    if first.brand is None and other.brand is not None:
        found = replace(found, brand=other.brand, desk=other.desk)
    return found


def _candidates(first: Segment, other: Segment) -> tuple[AccountCandidate, ...]:
    known = {candidate.account_id: candidate for candidate in other.candidates}
    known |= {candidate.account_id: candidate for candidate in first.candidates}
    return tuple(sorted(known.values(), key=lambda c: (-c.confidence, c.account_id)))


def _for_a_person(segment: Segment) -> Segment:
    """Without a rooftop: a person chooses among the candidates."""
    return replace(segment, account_id=None, basis=Basis.NONE)


def _to_a_person(triage: Triage) -> Triage:
    return replace(triage, segments=tuple(map(_for_a_person, triage.segments)))
