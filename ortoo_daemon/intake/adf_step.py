"""Does a record come with an enquiry in ADF? Where it may, reading is loaded; most records have none."""

from collections.abc import Mapping

from ortoo_daemon.facts import EnquiryQuestion, NotAsked
from ortoo_daemon.handling import Handling
from ortoo_daemon.mail_findings import SPLIT_KEY
from ortoo_daemon.policy.adf_model import Adf, AdfMails
from ortoo_daemon.records import WorkReason
from ortoo_daemon.scope import RecordScope

_SIGNS = ("adf", "prospect")


def read_enquiry(handling: Handling) -> None:
    """Read the document of a record that has one, by ``intake: {adf: …}``."""
    adf = handling.policy.adf
    if adf is None:
        return
    sources = _possible(adf, handling.scope)
    if not sources and adf.mails is None:
        return
    if adf.when is not None and not adf.when.holds(handling.scope):
        return
    text = "" if sources or adf.mails is None else _in_mails(handling, adf.mails)
    if not sources and not text:
        return
    from ortoo_daemon.intake.adf.enquiry import take_enquiry

    take_enquiry(handling, adf, sources, mailed=text)


def _in_mails(handling: Handling, mails: AdfMails) -> str:
    """The document of an e-mail or attachment, "" where there is none or nobody knows yet.

    They are looked at when the record is decided first, and when somebody requeues it: what is found is kept
    in a field.
    """
    again = handling.facts.item.reason is WorkReason.REQUEUED
    record, now = handling.facts.record, handling.facts.now
    if (handling.decided_before and not again) or record.text(SPLIT_KEY):
        return ""
    if mails.when is not None and not mails.when.holds(handling.scope):
        return ""
    patient = now < handling.received_at + mails.within
    question = EnquiryQuestion(record.object, record.id, patient)
    if question not in handling.facts.answers:
        handling.questions.append(question)
        return ""
    answer = handling.facts.answers[question]
    found = answer if isinstance(answer, Mapping) else {}
    if isinstance(answer, NotAsked):
        handling.trace.notes.append(f"{mails.place}: e-mails and attachments: {answer.value}")
    if left := found.get("left"):
        handling.trace.notes.append(f"{mails.place}: not looked at: {left}")
    text = str(found.get("text") or "")
    where = f"the document is {found.get('where')}" if text else "no document in e-mails or files"
    handling.trace.notes.append(f"{mails.place}: {where}")
    return text


def _possible(adf: Adf, scope: RecordScope) -> list[str]:
    """Names whose text may hold a document; what was kept of it before comes first."""
    sources = adf.sources if adf.keep is None else (adf.keep, *adf.sources)
    texts = ((name, scope.text(name)) for name in sources)
    return [name for name, text in texts if text and _may_hold(text)]


def _may_hold(text: str) -> bool:
    folded = text.casefold()
    return any(sign in folded for sign in _SIGNS)
