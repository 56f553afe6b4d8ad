"""E-mails that the org attached to closed cases open them again, where the policy says so, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from ortoo_daemon.daemon.handling.reopened import Reopened
from ortoo_daemon.daemon.mails.attached_answers import AttachedAnswers
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.errors import StateError
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.handling.test_children import Queue
from tests.daemon.mails.test_case_mails import case_of, mail_of
from tests.daemon.mails.test_models import ByRules
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live


def policies(**triage: Any) -> PolicySet:
    document = {
        "policy": "cases",
        "object": "Case",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"triage": {"set": {"Subject": "$triage.subject"}} | triage},
        "ownership": {"rules": [], "otherwise": {"queue": "Unrouted_Cases"}},
    }
    return load({"policies/cases.yaml": yaml.safe_dump(document).encode()})


OPENING = policies(reopen={"Status": "Working"})


class Desk:
    """Looks for answers, by a clock that the test moves with the org's."""

    def __init__(self, live: Live, org: Any, by: PolicySet = OPENING) -> None:
        self.live, self.queue, self.shift = live, Queue(), timedelta(0)
        self.notes: dict[str, str] = {}
        self.mails = CaseMails(org, ByRules())
        self.org, self.by = org, by
        self.answers = self.made()

    def made(self) -> AttachedAnswers:
        return AttachedAnswers(
            self.mails,
            Reopened(self.org, self.queue.put),
            lambda: self.by,
            noted=self._noted,
            note=self._note,
            within=timedelta(days=3),
            now=lambda: datetime.now(UTC) + self.shift + timedelta(seconds=5),
        )

    async def _noted(self, name: str) -> str | None:
        return self.notes.get(name)

    async def _note(self, name: str, value: str) -> None:
        self.notes[name] = value

    def later(self) -> None:
        self.shift += timedelta(minutes=1)
        self.live.sandbox.shift_clock(self.shift)

    def close(self, case: RecordId) -> None:
        self.live.sandbox.org.update(
            "Case", case, {"Status": "Closed"}, user_id=seed.DAEMON_USER_ID
        )

    def status(self, case: RecordId) -> Any:
        row = self.live.sandbox.org.storage.get("Case", case)
        assert row is not None
        return row["Status"]

    async def look(self) -> list[RecordId]:
        self.queue.items.clear()
        await self.answers.look()
        return [item.record_id for item in self.queue.items]


def decided(live: Live, **values: Any) -> RecordId:
    return case_of(live, **{"Ortoo_Policy__c": "cases"} | values)


@live()
async def test_an_answer_that_the_org_attached_opens_its_case_once(live: Live) -> None:
    async with handler_on(live) as handler:
        desk = Desk(live, handler.org)
        case = decided(live, Status="Closed")
        assert await desk.look() == []
        desk.later()
        mail_of(live, case, Subject="Re: A case", TextBody="Das Teil fehlt immer noch.")
        assert await desk.look() == [case]
        assert desk.status(case) == "Working"
        assert await desk.look() == []
        desk.later()
        desk.close(case)
        assert await desk.look() == []
        assert desk.status(case) == "Closed"
        desk.later()
        mail_of(live, case, TextBody="Und noch einmal.")
        assert await desk.look() == [case]
        await desk.mails.close()


@live()
async def test_a_case_that_was_opened_by_a_run_which_died_is_put_in_line_by_the_next(
    live: Live,
) -> None:
    async with handler_on(live) as handler:
        desk = Desk(live, handler.org)
        case = decided(live, Status="Closed")
        desk.later()
        mail_of(live, case, TextBody="Das Teil fehlt immer noch.")
        put, desk.queue.put = desk.queue.put, dies  # type: ignore[method-assign]
        desk.answers = desk.made()
        with pytest.raises(StateError):
            await desk.look()
        assert desk.status(case) == "Working"
        desk.queue.put = put  # type: ignore[method-assign]
        desk.answers = desk.made()
        assert await desk.look() == [case]
        assert await desk.look() == []
        await desk.mails.close()


async def dies(items: object) -> int:
    raise StateError("the store failed")


@live()
async def test_what_nobody_answers_stays_closed(live: Live) -> None:
    """Automatic replies, our own mails, mails from before, and cases of other policies."""
    async with handler_on(live) as handler:
        desk = Desk(live, handler.org)
        before = decided(live)
        mail_of(live, before, TextBody="Guten Tag")
        desk.later()
        desk.close(before)
        others = [decided(live, Status="Closed") for _ in range(2)]
        foreign = case_of(live, Status="Closed", Ortoo_Policy__c="others")
        desk.later()
        away = {"Subject": "Automatic reply: A case", "Headers": "Auto-Submitted: auto-replied"}
        mail_of(live, others[0], TextBody="I am out of the office until Monday.", **away)
        mail_of(live, others[1], TextBody="We have sent the part.", Incoming=False)
        mail_of(live, foreign, TextBody="Hello?")
        assert await desk.look() == []
        assert [desk.status(each) for each in (before, *others, foreign)] == ["Closed"] * 4
        await desk.mails.close()


@live()
async def test_a_policy_that_opens_nothing_costs_no_call(live: Live) -> None:
    async with handler_on(live) as handler:
        desk = Desk(live, handler.org, policies())
        case = decided(live, Status="Closed")
        desk.later()
        mail_of(live, case, TextBody="Hallo?")
        assert await desk.look() == []
        assert desk.notes == {}
        await desk.mails.close()
