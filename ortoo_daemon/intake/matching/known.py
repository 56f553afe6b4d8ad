"""What does the earlier record of the customer hold? Asked before an owner is looked for, where the policy
says what such records get (``action: repeats:``)."""

from ortoo_daemon.facts import NotAsked
from ortoo_daemon.handling import Handling
from ortoo_daemon.records import Record, RecordId
from ortoo_daemon.repeats import OWN_FIELDS, KnownQuestion
from ortoo_daemon.trace import NOT_ASKED

STAGE = "intake"
_ASSIGNED_OWNER = "Ortoo_Assigned_Owner__c"
_MODIFIED_AT = "LastModifiedDate"


def look_at_known(handling: Handling) -> None:
    """Set ``handling.known``; asks first, where nobody has asked.

    An enquiry that has been given to somebody before is no new one.
    """
    rules = handling.policy.repeats
    if not rules or handling.facts.record.text(_ASSIGNED_OWNER):
        return
    match = handling.scope.match
    wanted = [rule for rule in rules if rule.object == match.get("object")]
    if not wanted:
        return
    sources = handling.customers.get(wanted[0].object)
    names = {_MODIFIED_AT, *OWN_FIELDS}.union(*(rule.known_fields() for rule in wanted))
    if sources is not None and sources.source is not None:
        names.add(sources.source)
    question = KnownQuestion(
        wanted[0].object, RecordId(str(match["Id"])), tuple(sorted(names | {"OwnerId"}))
    )
    if question not in handling.facts.answers:
        handling.questions.append(question)
        return
    answer = handling.facts.answers[question]
    if isinstance(answer, NotAsked):
        message = f"the earlier {question.object}: {answer}"
        handling.report(
            wanted[0].object, stage=STAGE, code=NOT_ASKED, message=message, place=wanted[0].place
        )
    handling.known = answer if isinstance(answer, Record) else None
