"""What does somebody outside say about the record, or do to it? Steps that ask, and one that waits.

The call itself stands behind a question: the answer is a fact, so that the decision can be made again
without it. Where nobody answers in time, the step's ``else`` applies and the record goes on.
"""

from collections.abc import Iterable, Mapping

from ortoo_daemon.callouts import UNKNOWN, CallAnswer, CallOutcome, CallQuestion, HoldQuestion
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.records import FIRST_ENTRY

STAGE = "enrichment"


def call(handling: Handling, step: CallStep, *, asking: bool = True) -> bool:
    """Ask, or give the fields their values once the answer is there. Returns whether the step is done.

    Unless ``asking`` nobody is asked: no answer is known then.
    """
    notes, scope = handling.trace.notes, handling.scope
    if step.when is not None and not step.when.holds(scope):
        if handling.whole_trace:
            failed = step.when.failure(scope)
            why = "" if failed is None else f": {failed.text} fails ({failed.place})"
            notes.append(f"{step.place}: {step.label} was not asked{why}")
        return True
    if step.only_empty and all(scope.text(each.field) for each in step.sets):
        notes.append(f"{step.place}: {step.label} was not asked: every field is filled")
        return True
    question = _question(handling, step)
    if asking and question not in handling.facts.answers:
        handling.questions.append(question)
        return False
    answer = handling.facts.answers.get(question)
    found = answer if isinstance(answer, CallAnswer) else UNKNOWN
    notes.append(f"{step.place}: {told(step.label, found)}")
    if found.outcome is CallOutcome.ANSWERED:
        _take(handling, step, found)
    else:
        _do_without(handling, step)
    return True


def hold(handling: Handling, step: HoldStep, *, asking: bool = True) -> bool:
    """Wait for the condition, or go on without it. Returns whether the step is done.

    The time counts from when the record came in; of one that was requeued or has changed, from when that was
    heard of. Unless ``asking`` nobody waits.
    """
    facts, scope = handling.facts, handling.scope
    if (step.when is not None and not step.when.holds(scope)) or step.until.holds(scope):
        return True
    first = facts.item.entry == FIRST_ENTRY
    since = handling.received_at if first else facts.item.heard_at
    until = since + step.at_most
    question = HoldQuestion(
        step=step.label,
        record=facts.record.id,
        since=since,
        until=until,
        fields=tuple(sorted(step.until.fields())),
    )
    waits = asking and facts.now < until
    if waits and question not in facts.answers:
        handling.questions.append(question)
        return False
    given = facts.answers.get(question)
    for name, value in given.items() if isinstance(given, Mapping) else ():
        handling.give(name, value, stage=STAGE, place=step.place)
    if not step.until.holds(scope):
        failed = step.until.failure(scope)
        why = "" if failed is None else f": {failed.text} fails"
        limit = f"{step.at_most.total_seconds():g} s"
        handling.trace.notes.append(f"{step.place}: {step.label}: not within {limit}{why}")
        _else(handling, step.orelse)
    return True


def told(label: str, found: CallAnswer) -> str:
    """One line for whoever asks why."""
    if found.outcome is CallOutcome.ANSWERED:
        how = "by an earlier answer" if found.kept else f"in {found.took_for} ms"
        more = f" at request {found.requests}" if found.requests > 1 else ""
        return f"{label} answered {how}{more}"
    why = f" ({found.detail})" if found.detail else ""
    return f"{label} gave no answer: {found.outcome.value}{why}, after {found.took_for} ms"


def _question(handling: Handling, step: CallStep) -> CallQuestion:
    return CallQuestion(
        kind=step.kind,
        target=step.target,
        step=step.label,
        record=handling.facts.record.id,
        key=handling.key,
        sent=tuple((name, value.evaluate(handling.scope)) for name, value in step.sends),
        at_most=step.at_most.total_seconds(),
    )


def _take(handling: Handling, step: CallStep, found: CallAnswer) -> None:
    for misfit in found.misfits:
        handling.trace.notes.append(f"{step.place}: {step.label}: {misfit}")
    for each in step.sets:
        picked = each.path.pick_value(found.value)
        if picked.trouble:
            handling.report(
                each.field, stage=STAGE, code="call_value", message=picked.trouble, place=each.place
            )
        if picked.value is None:
            _do_without(handling, step, only=each.field)
        elif not (step.only_empty and handling.scope.text(each.field)):
            handling.give(each.field, picked.value, stage=STAGE, place=each.place)


def _do_without(handling: Handling, step: CallStep, *, only: str | None = None) -> None:
    """What ``else`` says, of all its fields or of one that the answer had nothing for."""
    found = (each for each in step.orelse if only in (None, each.field))
    text = handling.scope.text
    _else(handling, [each for each in found if not (step.only_empty and text(each.field))])


def _else(handling: Handling, sets: Iterable[SetField]) -> None:
    for each in sets:
        value = each.value.evaluate(handling.scope)
        handling.give(each.field, value, stage=STAGE, place=each.place)
