"""What does the e-mail of the case ask for, and what follows for its fields? The first step of intake.

Reading and understanding stand behind a question: the answer is a fact, so that the decision can be taken
again without the mail. A record is read once, when it is decided first, and again when a person requeues it;
in between its own field keeps what was found.
"""

from collections.abc import Iterator
from dataclasses import replace

from ortoo_daemon.consequences import NewRecord, Reopening
from ortoo_daemon.errors import Place
from ortoo_daemon.facts import MailQuestion, Unlisted, UnlistedQuestion
from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.mapped import give_mapped, given_values, only_listed
from ortoo_daemon.interpretation import model_notes
from ortoo_daemon.mail_findings import FINDINGS_FIELD, SPLIT_KEY, MailFindings, findings_text
from ortoo_daemon.policy.triage_model import Split, Triage
from ortoo_daemon.policy.values import text_of
from ortoo_daemon.records import RecordId, WorkReason
from ortoo_daemon.scope import RecordScope

STAGE = "intake"
PARENT = "ParentId"


def read_mail(handling: Handling) -> None:
    """Ask what the mail says, give the fields their values, and name the cases that it is split into."""
    triage = handling.policy.triage
    if triage is None or _is_known(handling):
        return
    if triage.when is not None and (failed := triage.when.failure(handling.scope)) is not None:
        handling.trace.notes.append(f"{failed.place}: no e-mail was read: {failed.text} fails")
        return
    question = _question(handling, triage)
    if question not in handling.facts.answers:
        handling.questions.append(question)
        return
    findings = handling.facts.answers[question]
    if not isinstance(findings, MailFindings):
        handling.trace.notes.append(f"{triage.place}: no e-mail came in for this record")
        return
    handling.scope.triage = findings
    unlisted = _unlisted(handling, triage, findings)
    if unlisted is None:
        return
    _note(handling, findings, triage.place)
    handling.findings = findings_text(findings)
    give_mapped(handling, triage.map, triage.sets, unlisted)
    answered = findings.mail.get("reply_to")
    if answered:
        _reopen(handling, triage, RecordId(str(answered)))
    elif triage.split is not None and len(findings.requests) > 1:
        handling.children += _children(handling, triage, triage.split, findings, unlisted)


def _unlisted(handling: Handling, triage: Triage, findings: MailFindings) -> Unlisted | None:
    """What of the map the org's pick-lists would refuse; None: asked now. A refused value costs a try of the
    write, and until then rules would believe it."""
    record, scope = handling.facts.record, handling.scope
    given = list(given_values(triage.map, (), scope, scope.text))
    if triage.split is not None and len(findings.requests) > 1:
        for number in range(len(findings.requests)):
            alone = _alone(handling, findings.only(number))
            given += given_values(triage.map, (), alone, lambda name: "")
    values = tuple(dict.fromkeys((each.field, text_of(each.value)) for each in given if each.value))
    if not values:
        return frozenset()
    question = UnlistedQuestion(object=record.object, record=record.id, values=values)
    if question not in handling.facts.answers:
        handling.questions.append(question)
        return None
    answer = handling.facts.answers[question]
    return answer if isinstance(answer, frozenset) else frozenset()


def _alone(handling: Handling, findings: MailFindings) -> RecordScope:
    """What names mean where one request of several is looked at by itself."""
    scope = RecordScope(handling.facts.record, now=handling.facts.now, zone=handling.policy.zone)
    scope.hours, scope.triage = handling.scope.hours, findings
    return scope


def _reopen(handling: Handling, triage: Triage, answered: RecordId) -> None:
    """The e-mail belongs to a case that is there: its requests are no new ones."""
    handling.trace.notes.append(f"{triage.place}: the e-mail answers one of {answered}")
    if triage.reopen and not handling.scope.value("$triage.automatic"):
        handling.reopening = Reopening(
            object=handling.facts.record.object,
            record_id=answered,
            fields={each.field: each.value.evaluate(handling.scope) for each in triage.reopen},
        )


def _is_known(handling: Handling) -> bool:
    """Whether the mail was read before, or is another record's: a case of one request has none."""
    record = handling.facts.record
    if record.text(SPLIT_KEY):
        return True
    return handling.decided_before and handling.facts.item.reason is not WorkReason.REQUEUED


def _question(handling: Handling, triage: Triage) -> MailQuestion:
    record, now = handling.facts.record, handling.facts.now
    return MailQuestion(
        object=record.object,
        record=record.id,
        patient=now < handling.received_at + triage.mail_within,
        task=triage.task,
    )


def _note(handling: Handling, findings: MailFindings, place: Place) -> None:
    """One line for the mail and one a request, for whoever asks why."""
    notes, mail = handling.trace.notes, findings.mail
    if automatic := mail.get("automatic"):
        notes.append(f"{place}: nobody wrote this e-mail: {automatic}")
    if mail.get("orders_to_machines"):
        notes.append(f"{place}: the e-mail gives orders to machines; they were not followed")
    for number, request in enumerate(findings.requests, 1):
        said = ", ".join(
            f"{name} {request.get(name) or 'not known'}"
            for name in ("account_name", "brand", "type", "urgency")
        )
        sure = f"{request.get('basis')}, {request.get('confidence')}"
        notes.append(f"{place}: request {number} of {len(findings.requests)}: {said} ({sure})")
    notes += [f"{place}: {each}" for each in _model_notes(findings)]


def _model_notes(findings: MailFindings) -> Iterator[str]:
    said = findings.model
    if said is None:
        return
    yield from model_notes(said)
    yield from (f"rules and model differ: {each}" for each in said["differences"])


def _children(
    handling: Handling, triage: Triage, split: Split, findings: MailFindings, unlisted: Unlisted
) -> Iterator[NewRecord]:
    record = handling.facts.record
    for number in range(len(findings.requests)):
        alone = findings.only(number)
        scope = _alone(handling, alone)
        fields = {name: value for name in split.copy if (value := record.get(name)) is not None}
        copied = RecordScope(replace(record, fields=fields), now=scope.now, zone=scope.zone)
        made = given_values(triage.map, triage.sets, scope, copied.text)
        for given in only_listed(made, unlisted):
            if given.value is not None:
                fields[given.field] = scope.values[given.field] = given.value
        fields |= {PARENT: record.id, FINDINGS_FIELD: findings_text(alone)}
        yield NewRecord(
            object=record.object,
            key_field=SPLIT_KEY,
            key=findings.split_key(number),
            fields=fields,
        )
