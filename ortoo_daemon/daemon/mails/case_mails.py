"""What does the e-mail of a case ask for? Answers the decision's question; many askers share a query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ortoo_daemon.daemon.mails.enquiries import enquiry_in
from ortoo_daemon.daemon.mails.models import ReadsToo, kept_part
from ortoo_daemon.daemon.mails.rows import FIELDS, answered_messages, mail_key, mail_of
from ortoo_daemon.daemon.mails.triagers import Understands
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.facts import Answer, MailQuestion
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.records import FieldValue, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_CASES_IN_A_QUERY = 20
"""An e-mail may be long: what is read at once must be held at once."""

_WAIT_FOR_MAIL = 1.0
"""Seconds after which a case that is young enough is looked at again."""

_OBJECT = "EmailMessage"

Row = Mapping[str, Any]


class CaseMails:
    """Reads the first e-mail that came in for a case, and understands it.

    ``models`` read it, too, where the question names a task of theirs.

    Raises OrgError to the asker whose question can't be answered, TemporaryOrgError where the e-mail of a
    young case is not there yet, and ConfigError where there is no taxonomy.
    """

    def __init__(self, org: Org, triagers: Understands, models: ReadsToo | None = None) -> None:
        self._org = org
        self._triagers = triagers
        self._models = models
        self._batcher: Batcher[RecordId, Row | None] = Batcher(
            self._first_mails, at_most=_CASES_IN_A_QUERY, collect_for=0.008, in_flight=4
        )

    async def ask(self, question: MailQuestion) -> Answer:
        """MailFindings, or None where no e-mail came in."""
        row = await self._batcher.ask(question.record)
        if row is None:
            if not question.patient:
                return None
            error = TemporaryOrgError("NO_MAIL_YET", "the case's e-mail is not there yet")
            error.retry_after = _WAIT_FOR_MAIL
            raise error
        return await self._understood(row, question)

    async def found_in(self, mail: RecordId) -> MailFindings | None:
        """What one e-mail asks for, by the rules alone; None where it is gone."""
        from ortoo_daemon.intake.triage.finding_values import findings_of  # with the first e-mail

        where = [soql.equals("Id", mail)]
        rows = await self._org.query(soql.select(_OBJECT, FIELDS, where=where))
        if not rows:
            return None
        understood, triager = await self._triagers.understand(mail_of(rows[0]))
        return findings_of(understood, triager.index, key=mail_key(rows[0]), id=mail)

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """As `Batcher.follow`."""
        return self._batcher.follow(before)

    async def close(self) -> None:
        await self._batcher.close()
        if self._models is not None:
            await self._models.close()

    async def _understood(self, row: Row, question: MailQuestion) -> MailFindings:
        from ortoo_daemon.intake.triage.finding_values import findings_of  # with the first e-mail

        understood, triager = await self._triagers.understand(mail_of(row))
        model = None
        if question.task is not None and self._models is not None:
            understood, said = await self._models.understand(question.record, understood, triager)
            model = kept_part(said)
        found = findings_of(
            understood, triager.index, key=mail_key(row), id=record_id(str(row["Id"]))
        )
        mail = {**found.mail, **await self._thread(row, question)}
        if document := enquiry_in(row):
            mail["adf"] = document
        return replace(found, mail=mail, model=model)

    async def _thread(self, row: Row, question: MailQuestion) -> Mapping[str, FieldValue]:
        """Whether it answers an earlier e-mail, and the case of that one."""
        answered = answered_messages(row)
        if not answered:
            return {"reply": False}
        rows = await self._org.query(
            soql.select(
                _OBJECT,
                ["ParentId", "MessageIdentifier"],
                where=[soql.one_of("MessageIdentifier", answered)],
                order_by=["MessageDate", "Id"],
            )
        )
        cases = {
            str(each["MessageIdentifier"]): record_id(str(each["ParentId"]))
            for each in rows
            if each["ParentId"] and record_id(str(each["ParentId"])) != question.record
        }
        nearest = next((cases[message] for message in answered if message in cases), None)
        return {"reply": True} | ({"reply_to": nearest} if nearest else {})

    async def _first_mails(self, cases: Sequence[RecordId]) -> list[Row | None]:
        rows = await self._org.query(
            soql.select(
                _OBJECT,
                FIELDS,
                where=[soql.one_of("ParentId", sorted(set(cases))), soql.equals("Incoming", True)],
                order_by=["MessageDate", "Id"],
            )
        )
        first = _by_parent(rows)
        return [first[case][0] if case in first else None for case in cases]


def _by_parent(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[record_id(str(row["ParentId"]))].append(row)
    return found
