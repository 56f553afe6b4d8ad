"""What does a case answer where a step asks somebody outside? What it gives, nothing else. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ortoo_daemon.callouts import UNKNOWN, CallAnswer, CallOutcome, CallQuestion, HoldQuestion
from ortoo_daemon.facts import Answer, EnquiryQuestion, Question
from ortoo_daemon.interpretation import InterpretQuestion, Item, Said
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.cases import GivenAnswer, PolicyCase
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.parsing.vehicle import LABEL as VEHICLE
from ortoo_daemon.policy.values import text_of
from ortoo_daemon.policy.vehicle_model import VehicleStep
from ortoo_daemon.records import record_id
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles

ENQUIRY = "adf"
"""The label under which a case gives the document of its e-mails."""

ITEM_KEYS = ("value", "evidence", "confidence")
MADE = "made"
"""How a case says that no vehicle has the VIN, and that one is made."""

_MADE_ID = record_id("a0V00000000MADE")
_SURE = 1.0
_FAILURES = tuple(each.value for each in CallOutcome if each is not CallOutcome.ANSWERED)


def given_answers(
    case: PolicyCase, policy: Policy, others: Callable[[Question], Answer]
) -> tuple[Callable[[Question], Answer], tuple[str, ...]]:
    """The answer to each question, ``others`` for what no label is asked; and a complaint for each label that
    the policy does not know, or that is answered as its step can't be."""

    def answer(question: Question) -> Answer:
        if isinstance(question, VehicleQuestion):
            return _vehicles(question, case.answers.get(VEHICLE))
        if isinstance(question, EnquiryQuestion):
            given = case.answers.get(ENQUIRY)
            text = None if given is None else given.value
            return {"text": text, "where": "given by the case"} if isinstance(text, str) else {}
        if isinstance(question, InterpretQuestion):
            given = case.answers.get(question.label)
            return None if given is None else _said(question, given.value)
        if isinstance(question, CallQuestion):
            given = case.answers.get(question.step)
            return UNKNOWN if given is None else _called(given.value)
        if isinstance(question, HoldQuestion):
            given = case.answers.get(question.step)
            return given.value if given and isinstance(given.value, Mapping) else None
        return others(question)

    return answer, tuple(_complaints(case, policy))


def _called(given: Any) -> CallAnswer:
    """What the service's ``answer`` makes of it, or the word by which there is none."""
    if given is None:
        return UNKNOWN
    if isinstance(given, str):
        return CallAnswer(outcome=CallOutcome(given)) if given in _FAILURES else UNKNOWN
    return CallAnswer(outcome=CallOutcome.ANSWERED, value=given)


def _vehicles(question: VehicleQuestion, given: GivenAnswer | None) -> Vehicles:
    """One record, or several; ``made``: the one that is made. ~ and nothing at all: none has this VIN."""
    if given is None or given.value is None:
        return Vehicles()
    if given.value == MADE:
        made = {"Id": _MADE_ID, question.by: question.vin, **dict(question.make or ())}
        return Vehicles([{name: made.get(name) for name in question.fields}])
    rows = given.value if isinstance(given.value, list) else [given.value]
    return Vehicles([row for row in rows if isinstance(row, Mapping)])


def _wrong_vehicles(given: GivenAnswer, step: VehicleStep) -> Iterator[str]:
    if given.value == MADE:
        if step.make is None:
            yield f"{given.place}: the policy's 'vehicle' makes none: write make: {{…}} there"
        return
    rows = given.value if isinstance(given.value, list) else [given.value]
    for row in rows:
        if row is not None and not isinstance(row, Mapping):
            yield f"{given.place}: a vehicle is given by its fields, ~ is none, {MADE} one that is made"
        for name in row if isinstance(row, Mapping) else ():
            if name not in step.of_vehicle():
                mend = did_you_mean(name, step.of_vehicle())
                yield f"{given.place}: nothing is read of {name!r} of vehicles ({mend})"


def _said(question: InterpretQuestion, given: Any) -> Said | None:
    """A bare value is as sure as can be, and its words stand in the text."""
    if not isinstance(given, Mapping):
        return None
    return Said(items=tuple(_item(question, name, value) for name, value in given.items()))


def _item(question: InterpretQuestion, name: str, given: Any) -> Item:
    if not isinstance(given, Mapping):
        return Item(name, given, _SURE, (_some_words(question.text),))
    evidence = given.get("evidence")
    words = _some_words(question.text) if evidence is None else text_of(evidence)
    return Item(name, given.get("value"), float(given.get("confidence", _SURE)), (words,))


def _some_words(text: str) -> str:
    return " ".join(text.split()[:3])


def _complaints(case: PolicyCase, policy: Policy) -> Iterator[str]:
    steps = {
        step.label: step
        for step in policy.enrichment
        if isinstance(step, AiStep | CallStep | HoldStep)
    }
    for label, given in case.answers.items():
        if label == VEHICLE and policy.vehicle is not None:
            yield from _wrong_vehicles(given, policy.vehicle)
            continue
        if label == ENQUIRY and policy.adf is not None and policy.adf.mails is not None:
            if given.value is not None and not isinstance(given.value, str):
                yield f"{given.place}: what e-mails hold is given as text, ~ is nothing"
            continue
        step = steps.get(label)
        if step is None:
            mend = did_you_mean(label, steps)
            said = f"no step of the policy that asks is labelled {label!r}"
            yield f"{given.place}: {said}" + (f" ({mend})" if mend else "")
        elif isinstance(step, AiStep):
            yield from (f"{given.place}: {each}" for each in _wrong_with(step, given.value))
        elif isinstance(step, HoldStep):
            if given.value is not None and not isinstance(given.value, Mapping):
                yield f"{given.place}: {label} is answered by the fields that are filled meanwhile"
        elif isinstance(given.value, str) and given.value not in _FAILURES:
            mend = did_you_mean(given.value, _FAILURES)
            yield f"{given.place}: no call ends as {given.value!r}" + (f" ({mend})" if mend else "")


def _wrong_with(step: AiStep, given: Any) -> Iterator[str]:
    if given is None:
        return
    if not isinstance(given, Mapping):
        yield f"the answer of {step.label} gives values by field, or ~ where nobody answers"
        return
    known = [row.field for row in step.fields]
    for name, value in given.items():
        if name not in known:
            yield f"{step.label} does not ask for {name!r} ({did_you_mean(name, known)})"
        if isinstance(value, Mapping) and (odd := set(value) - set(ITEM_KEYS)):
            yield f"{name} of {step.label} has no {sorted(odd)[0]!r}: {', '.join(ITEM_KEYS)}"
        elif isinstance(value, Mapping) and not _is_share(value.get("confidence", _SURE)):
            yield f"confidence of {name} is a number from 0 to 1"


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
