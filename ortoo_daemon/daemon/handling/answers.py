"""How are a decision's questions answered? Many askers share a query."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.stamps import DECIDED_AT, OWNER
from ortoo_daemon.callouts import UNKNOWN, HoldQuestion
from ortoo_daemon.daemon.calling.calls import Asks
from ortoo_daemon.daemon.handling.org_vehicles import OrgVehicles
from ortoo_daemon.daemon.interpreting.interpreter import Interprets
from ortoo_daemon.daemon.interpreting.picklists import Picklists
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.mails.mailed_enquiries import MailedEnquiries
from ortoo_daemon.errors import PermanentOrgError, TemporaryOrgError
from ortoo_daemon.facts import (
    Answer,
    EnquiryQuestion,
    LateFieldsQuestion,
    MailQuestion,
    NotAsked,
    PastOwnerQuestion,
    Question,
    UnlistedQuestion,
)
from ortoo_daemon.instants import instant
from ortoo_daemon.interpretation import InterpretQuestion
from ortoo_daemon.matches import MatchQuestion
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import Owner, OwnerKind, RecordId, record_id
from ortoo_daemon.repeats import KnownQuestion
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.matching import Plenty, find_matches
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.vehicles import VehicleQuestion

_log = structlog.get_logger("ortoo_daemon.records")

_QUESTIONS_IN_A_CALL = 400
"""Of customers with an address and a name, looked for in two objects: four queries, of five in a call."""

_FIRST_LOOK, _LAST_LOOK = timedelta(seconds=1), timedelta(seconds=15)
"""A record that is held is looked at again after a quarter of the time that it has waited, within these."""

_OfCustomers = PastOwnerQuestion | MatchQuestion

_Held = tuple[datetime, RecordId, RecordId]
"""When a record was decided, the user who holds it, and the record."""


class Answers:
    """Asks the org. Raises OrgError to the asker whose question can't be answered.

    While ``may_refine`` says no, nobody is asked who had a customer before, and the answer is that nobody
    was. ``mails`` reads the e-mails of cases; without it no case has one. ``interpreter`` asks models what
    a record's text says, ``calls`` asks services, ``picklists`` knows what fields take; without them none is
    asked. With ``holds``
    (the org's clock) records wait for what the org itself does. ``makes``: vehicles that lack are made where
    a policy says so.
    """

    def __init__(
        self,
        org: Org,
        *,
        may_refine: Callable[[], bool] = lambda: True,
        mails: CaseMails | None = None,
        interpreter: Interprets | None = None,
        calls: Asks | None = None,
        picklists: Picklists | None = None,
        holds: Callable[[], datetime] | None = None,
        makes: bool = False,
    ) -> None:
        self._org = org
        self._interpreter = interpreter
        self._calls = calls
        self._picklists = picklists
        self._now = holds
        self._plenty = Plenty()
        self._vehicles = OrgVehicles(org, makes=makes)
        self._enquiries = MailedEnquiries(org)
        self._mails = mails
        self._may_refine = may_refine
        self._batcher: Batcher[_OfCustomers, Answer] = Batcher(
            self._answer, at_most=_QUESTIONS_IN_A_CALL, collect_for=0.008, in_flight=4
        )

    async def ask(self, question: Question, *, looking: bool = False) -> Answer:
        """The answer as `facts` describes it for this kind of question.

        ``looking``: of a decision that is not carried out; nothing is started for it and nobody waits.
        """
        if isinstance(question, _OfCustomers):  # nearly always
            return await self._batcher.ask(question) if self._may_refine() else NotAsked.BUDGET
        if isinstance(question, InterpretQuestion):
            if self._interpreter is None:
                return None
            return await self._interpreter.ask(question, looking=looking)
        if isinstance(question, MailQuestion):
            return None if self._mails is None else await self._mails.ask(question)
        if isinstance(question, EnquiryQuestion):
            return await self._enquiries.ask(question)
        if isinstance(question, VehicleQuestion):
            return await self._vehicles.ask(question, looking=looking)
        if isinstance(question, KnownQuestion):
            return await self._more(question.object, question.id, question.fields)
        if isinstance(question, UnlistedQuestion):
            return None if self._picklists is None else await self._picklists.unlisted(question)
        if isinstance(question, LateFieldsQuestion):
            return await self._more(question.object, question.record, question.fields)
        if isinstance(question, HoldQuestion):
            return None if looking else self._held(question)
        if self._calls is None:
            return UNKNOWN
        return await self._calls.ask(question, looking=looking)

    async def _more(self, object_name: str, id: RecordId, fields: Sequence[str]) -> Answer:
        """An earlier record, or more of this one, as it is; a refusal keeps nobody from their owner."""
        try:
            return await self._org.reader.read(object_name, id, frozenset(fields))
        except PermanentOrgError as error:
            _log.warning("known_refused", code=error.code, fields=list(error.fields))
            return NotAsked.REFUSED

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """As `Batcher.follow`."""
        followed = self._batcher.follow(before)
        return followed if self._mails is None else self._mails.follow(followed)

    async def close(self) -> None:
        await self._batcher.close()
        await self._vehicles.close()
        await self._enquiries.close()
        if self._mails is not None:
            await self._mails.close()
        if self._interpreter is not None:
            await self._interpreter.close()
        if self._calls is not None:
            await self._calls.close()

    def _held(self, question: HoldQuestion) -> Answer:
        """None where nobody waits; else the record comes again in a while. Raises TemporaryOrgError."""
        if self._now is None:
            return None
        now = self._now()
        wait = min(max((now - question.since) / 4, _FIRST_LOOK), _LAST_LOOK, question.until - now)
        error = TemporaryOrgError("HELD", f"waits for {', '.join(question.fields)}")
        error.retry_after = max(wait.total_seconds(), 0.05)
        raise error

    async def _answer(self, questions: Sequence[_OfCustomers]) -> list[Answer]:
        groups: dict[tuple[str, str], list[PastOwnerQuestion]] = defaultdict(list)
        matches: list[MatchQuestion] = []
        for question in questions:
            if isinstance(question, MatchQuestion):
                matches.append(question)
            else:
                groups[question.object, question.field].append(question)
        found: dict[Question, Answer] = {}
        if matches:
            found |= await self._matches(matches)
        for (object_name, field), asked in groups.items():
            found |= await self._past_owners(object_name, field, asked)
        return [found.get(question) for question in questions]

    async def _matches(self, asked: Sequence[MatchQuestion]) -> dict[Question, Answer]:
        """Other records of the customers. A search that the org refuses keeps no record from its owner."""
        try:
            found = await find_matches(self._org.rest, asked, self._plenty)
        except PermanentOrgError as error:
            _log.warning(
                "match_refused", code=error.code, fields=list(error.fields), error=str(error)
            )
            return dict.fromkeys(asked, NotAsked.REFUSED)
        return dict(found.items())

    async def _past_owners(
        self, object_name: str, field: str, asked: Sequence[PastOwnerQuestion]
    ) -> dict[Question, Answer]:
        """The user who holds the record that was decided last, for each value."""
        since = min(question.since for question in asked)
        values = sorted({question.value for question in asked})
        latest: dict[str, list[_Held]] = defaultdict(list)
        for part in soql.chunks(values, beside=_past(object_name, field, [""], since)):
            for row in await self._org.query(_past(object_name, field, part, since)):
                decided_at, owner = instant(row[DECIDED_AT]), row[OWNER]
                if decided_at is None or Owner.kind_of(owner) is OwnerKind.QUEUE:
                    continue
                held = (decided_at, record_id(owner), record_id(row["Id"]))
                latest[fold(row[field])].append(held)
        return {question: _still_valid(latest, question) for question in asked}


def _past(object_name: str, field: str, values: Sequence[str], since: datetime) -> str:
    return soql.select(
        object_name,
        ["Id", field, OWNER, DECIDED_AT],
        where=[soql.one_of(field, values), soql.at_least(DECIDED_AT, since)],
    )


def _still_valid(latest: Mapping[str, Sequence[_Held]], question: PastOwnerQuestion) -> Answer:
    others = (
        (decided_at, owner)
        for decided_at, owner, record in latest.get(fold(question.value), ())
        if record != question.beside and decided_at >= question.since
    )
    return max(others, default=(None, None))[1]
