"""What is decided of a made-up record? As if just created, with every question answered by nothing known."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Answer, Facts, MailQuestion, Question
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkItem, WorkReason, record_id

_KEY_PREFIX = {"Lead": "00Q", "Case": "500", "Opportunity": "006", "Task": "00T"}
_MOST_ROUNDS = 10


def made_up(
    policy: Policy,
    fields: Mapping[str, FieldValue],
    *,
    now: datetime,
    directory: Directory,
    postal: PostalIndex,
) -> Facts:
    """Facts of a record that was just created; a policy that only watches changes hears of one."""
    record = Record(
        object=policy.object,
        id=invented_id(policy.object),
        fields={"CreatedDate": instant_text(now)} | dict(fields),
    )
    watches_only = not policy.on.created and not policy.on.enters
    item = WorkItem(
        object=record.object,
        record_id=record.id,
        reason=WorkReason.CHANGED if watches_only else WorkReason.CREATED,
        heard_at=now,
        changed_fields=policy.on.changed if watches_only else frozenset(),
    )
    return Facts(item=item, record=record, now=now, directory=directory, postal=postal)


def settled(
    policies: PolicySet,
    facts: Facts,
    mail: MailFindings | None = None,
    *,
    answer: Callable[[Question], Answer] = lambda question: None,
) -> tuple[Facts, Decision | None]:
    """The decision, and the facts with the answers it asked for; None when it never stops asking.

    ``mail`` is what is found in the record's e-mail; ``answer`` answers everything else.
    """
    for _ in range(_MOST_ROUNDS):
        found = decide(policies, facts)
        if not isinstance(found, Needs):
            return facts, found
        more = {
            asked: mail if isinstance(asked, MailQuestion) else answer(asked)
            for asked in found.questions
        }
        facts = replace(facts, answers={**facts.answers, **more})
    return facts, None


def invented_id(object_name: str) -> RecordId:
    """An id that no record has, with the key prefix of the object where that is known."""
    return record_id(_KEY_PREFIX.get(object_name, "a00") + "000000000000")
