"""Whatever dies between two effects of a decision: the next life ends where an undisturbed one does, at once.

Each scene is one decision with all that hangs from it. It is first made undisturbed; then once for each of
its effects in the org and in the store, with a kill behind it, its answer lost, or the store refusing it.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.ownership.absence import AWAY, entry_of
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sandbox.row_rules import DuplicateRule
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.sweeps.absence import noticed_text
from ortoo_daemon.work.tables import work_item
from tests.daemon.handling.seams import Death, Place, Seams
from tests.daemon.mails.test_case_mails import case_of, mail_of
from tests.daemon.mails.test_models import ByRules, case_with
from tests.daemon.rig import DIRECTORY, now, policy_set
from tests.sandbox.live import Live, live

Seen = dict[str, Any]

ALL = os.environ.get("ORTOO_TEST_SEAMS") == "all"
_numbers = count(1)


@dataclass
class Scene:
    """What is put to work, and whose traces are looked at afterwards. ``events`` were published before."""

    place: Place
    items: list[WorkItem]
    others: list[RecordId] = field(default_factory=list)
    events: int = 0

    async def seen(self) -> Seen:
        """What the org and the store show, without ids and moments that differ from run to run."""
        live, found = self.place.live, {}
        for number, id in enumerate([*(item.record_id for item in self.items), *self.others]):
            found |= {f"{number} {name}": value for name, value in _traces(live, id).items()}
        found["published"] = live.sandbox.usage.published_events.used - self.events
        found["told"], found["woken"] = await self._store()
        return found

    async def _store(self) -> tuple[Seen, list[bool]]:
        ids = {item.record_id for item in self.items}
        after_all = now() + timedelta(days=1)
        async with self.place.store() as queue:
            box = queue.notices
            held = [each for each in await box.held(after_all) if each.record_id in ids]
            due = [each for each in await box.due(after_all) if each.record_id in ids]
            rows = await queue._thread.call(_handled, [*self.others])
        told = Counter(f"{each.way} {each.template}" for each in due)
        told["held"] = len(held)
        return dict(sorted(told.items())), rows


def _handled(connection: Any, asked: Any) -> list[list[bool]]:
    found = []
    for ids in asked:
        known = set(connection.execute(select(work_item.c.record_id)).scalars())
        found.append([id in known for id in ids])
    return found


def _traces(live: Live, id: RecordId) -> Seen:
    """Of one record: who had it, its proofs, and what was made beside it."""
    find: Callable[..., list[dict[str, Any]]] = live.sandbox.org.storage.find
    name = "Lead" if id.startswith("00Q") else "Case"
    history = find(f"{name}History", **{f"{name}Id": id, "Field": "Owner"})
    proofs = find("Ortoo_Decision__c", Record_Id__c=id)
    row = live.sandbox.org.storage.get(name, id)
    assert row is not None
    about = {"WhoId": id} if name == "Lead" else {"WhatId": id}
    keys = [str(each["Ortoo_Key__c"]).removeprefix(f"{id}:") for each in proofs]
    kinds = (re.sub(r"-?\d{8}T\d{6}Z", "", key) for key in keys)
    return {
        "owners": sum(str(each["NewValue"]).startswith(("005", "00G")) for each in history),
        "proofs": sorted(kinds),
        "proven": str(row["Ortoo_Decision_Key__c"] or "").removeprefix(f"{id}:") in keys,
        "parked": str(row["Ortoo_Parked__c"] or "").partition(":")[0],
        "status": row["Status"],
        "tasks": len(find("Task", **about)),
        "children": len(find("Case", ParentId=id)) if name == "Case" else 0,
        "repeats": len(str(row.get("Ortoo_Repeats__c") or "").splitlines()),
        "shares": len(find("LeadShare", LeadId=id)) if name == "Lead" else 0,
        "campaigns": len(find("CampaignMember", LeadId=id)) if name == "Lead" else 0,
        "handoff": row.get("Ortoo_Handoff__c"),
        "clocks": [clock["state"] for clock in _clocks(row)],
    }


def _clocks(row: Seen) -> list[Seen]:
    text = row["Ortoo_SLA_Clocks__c"]
    found = json.loads(text) if text else []
    clocks = found.get("clocks", []) if isinstance(found, dict) else found
    return [each for each in clocks if isinstance(each, dict) and "state" in each]


def item(id: str, **given: Any) -> WorkItem:
    found: dict[str, Any] = {"object": "Lead", "reason": WorkReason.CREATED, "heard_at": now()}
    found |= given
    return WorkItem(record_id=record_id(id), **found)


CLOCK = {
    "clock": "first_response",
    "target": "30m",
    "hours": "24x7",
    "on_repeat": "restart",
    "stopped_by": [{"Status": ["Working - Contacted"]}],
    "on_violation": [{"reassign": {"within": "rooftop"}, "notify": "owner"}],
}


def policies(**more: Any) -> PolicySet:
    mapping = read_directory_mapping(DIRECTORY)
    return replace(policy_set(**more), key_sources=mapping.key_sources)


def an_email() -> str:
    return f"ana{next(_numbers)}@seams.example"


async def an_enquiry_that_repeats_another(live: Live, folder: Path) -> Scene:
    """Noted on the earlier one, a member of a campaign, shared, published, told, handed over."""
    made, org, who = policies(**WHOLE), live.sandbox.org, {"Email": an_email()}
    campaign = f"Launch {who['Email']}"
    org.create("Campaign", {"Name": campaign, "IsActive": True}, user_id=seed.ADMIN_USER_ID)
    known = live.lead(**who)
    place = Place(live, folder, made)
    await place.live_on(item(known))
    place.later = timedelta(minutes=1)  # not within the second in which the clock began
    again = live.lead(**who, Utm_Campaign__c=campaign)
    return Scene(place, [item(again)], [record_id(known)])


WHOLE = {
    "intake": {
        "find": {"duplicates": {"on": ["Email"], "among": {"Lead": "60d"}, "prefer": "oldest"}}
    },
    "action": {
        "campaign": {"of": "{{ Utm_Campaign__c }}", "status": "Responded"},
        "share": {"with": {"group": "Launch_Partners"}},
        "publish": {"event": "Ortoo_Record__e", "set": {"RecordId__c": "{{ Id }}"}},
        "repeats": {
            "of": "Lead",
            "count": "Ortoo_Repeat_Count__c",
            "attach": {"subject": "Asked again", "text": "{{ Company }}"},
        },
        "notify": ["owner", {"to": "owner", "by": "task"}],
        "sla": [CLOCK],
        "handoff": {
            "send": "adf",
            "by": "file",
            "to": "$rooftop.Code",
            "map": {"make": "Brand__c"},
        },
    },
}


async def a_lead_that_the_org_refuses(live: Live, folder: Path) -> Scene:
    org, same = live.sandbox.org, "same@seams.example"
    if not org.duplicate_rules.get("Lead"):
        row = {"LastName": "First", "Company": "-", "Email": same}
        org.create("Lead", row, user_id=seed.WEB_FORMS_USER_ID)
        org.duplicate_rules["Lead"] = [DuplicateRule(name="same address", fields=("Email",))]
    told = {"to": {"user": "admin@ortoo.example"}}
    event = {"event": "Ortoo_Record__e", "on": "parked", "set": {"RecordId__c": "{{ Id }}"}}
    action = {"duplicate_rules": "park", "set": {"Email": same}, "publish": event}
    made = policies(action={**action, "on_park": {"notify": [told]}})
    return Scene(Place(live, folder, made), [item(live.lead())])


async def a_target_that_passed(live: Live, folder: Path) -> Scene:
    share = {"with": {"group": "Launch_Partners"}}
    event = {"event": "Ortoo_Record__e", "on": "reassigned", "set": {"RecordId__c": "{{ Id }}"}}
    made = policies(action={"sla": [CLOCK], "share": share, "publish": event})
    place, lead = Place(live, folder, made), live.lead()
    await place.live_on(item(lead))
    place.later = timedelta(hours=1)
    due = {"reason": WorkReason.SLA, "entry": "sla:20261123T120000.000000Z"}
    return Scene(place, [item(lead, **due)])


AVAILABLE = "Ortoo_Availability__c"


async def a_holder_who_goes_away(live: Live, folder: Path) -> Scene:
    place = Place(live, folder, policies(absence={"move": "all"}, action={"notify": "owner"}))
    lead = live.lead()
    await place.live_on(item(lead))
    row = live.sandbox.org.storage.get("Lead", lead)
    assert row is not None
    org, owner = live.sandbox.org, record_id(str(row["OwnerId"]))
    before = org.storage.get("User", owner)
    assert before is not None
    there, away = ({AVAILABLE: value} for value in (before[AVAILABLE], "Away"))
    place.ends = partial(org.update, "User", owner, there, user_id=seed.ADMIN_USER_ID)
    org.update("User", owner, away, user_id=seed.ADMIN_USER_ID)
    place.directory = None
    entry = entry_of(AWAY, owner, noticed_text(now()))
    return Scene(place, [item(lead, reason=WorkReason.ABSENCE, entry=entry)])


async def a_lead_that_is_given_back(live: Live, folder: Path) -> Scene:
    returns = {
        "reason": "Ortoo_Return_Reason__c",
        "steps": [{"reassign": {"within": "rooftop"}, "notify": "owner"}],
    }
    place, lead = Place(live, folder, policies(action={"returns": returns})), live.lead()
    await place.live_on(item(lead))
    live.change(lead, user_id=seed.ADMIN_USER_ID, Ortoo_Return_Reason__c="No time")
    changed = frozenset({"Ortoo_Return_Reason__c"})
    return Scene(place, [item(lead, reason=WorkReason.CHANGED, changed_fields=changed)])


def cases(**triage: Any) -> PolicySet:
    document = {
        "policy": "cases",
        "object": "Case",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"triage": {"set": {"Request_Type__c": "$triage.type"}} | triage},
        "ownership": {"rules": [], "otherwise": {"queue": "Unrouted_Cases"}},
        "action": {"notify": "desk"},
    }
    return load({"policies/cases.yaml": yaml.safe_dump(document).encode()})


TWO = "Bonjour,\nÀ Dole, le mot de passe est oublié.\nÀ Gray, la facture est fausse.\n"
BY_RULES = ByRules()
READING = {"mails": lambda org: CaseMails(org, BY_RULES)}


def of_case(case: str) -> WorkItem:
    return item(case, object="Case")


async def a_mail_with_two_requests(live: Live, folder: Path) -> Scene:
    place = Place(live, folder, cases(split={"copy": ["Subject"]}), options=READING)
    return Scene(place, [of_case(case_with(live, TWO))])


async def an_answer_to_a_closed_case(live: Live, folder: Path) -> Scene:
    place = Place(live, folder, cases(reopen={"Status": "Working"}), options=READING)
    number, closed = next(_numbers), case_of(live)
    mail_of(live, closed, MessageIdentifier=f"<{number}@seams.example>")
    await place.live_on(of_case(closed))
    org = live.sandbox.org
    org.update("Case", closed, {"Status": "Closed"}, user_id=seed.ADMIN_USER_ID)
    await place.forget(closed)
    case = case_of(live)
    mail_of(live, case, Headers=f"In-Reply-To: <{number}@seams.example>\n")
    return Scene(place, [of_case(case)], [closed])


SCENES = [
    an_enquiry_that_repeats_another,
    a_lead_that_the_org_refuses,
    a_target_that_passed,
    a_holder_who_goes_away,
    a_lead_that_is_given_back,
    a_mail_with_two_requests,
    an_answer_to_a_closed_case,
]


def deaths(effects: list[str]) -> Iterator[tuple[int, Death]]:
    """At each effect a kill, and the store's refusal; lost answers in `make matrix` alone, as they take long.

    What the org refuses is another matter.
    """
    for at, name in enumerate(effects):
        yield at, Death.KILLED
        if name.startswith("store "):
            yield at, Death.REFUSED
        if ALL:
            yield at, Death.LOST


@dataclass
class Played:
    """Plays a scene again and again, each time with a store of its own."""

    make: Callable[[Live, Path], Awaitable[Scene]]
    live: Live
    folder: Path
    _times: Iterator[int] = field(default_factory=count)

    async def to_its_end(self, seams: Seams) -> Seen:
        """What is seen when the life that may die at these seams and the one after it have nothing left."""
        folder = self.folder / str(next(self._times))
        folder.mkdir()
        scene = await self.make(self.live, folder)
        scene.events = self.live.sandbox.usage.published_events.used
        try:
            await scene.place.live_on(*scene.items, seams=seams)
            if seams.died.is_set():
                await scene.place.live_on()
            return await scene.seen()
        finally:
            scene.place.ends()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("make", SCENES)
def test_the_next_life_ends_where_an_undisturbed_one_does(
    make: Callable[[Live, Path], Awaitable[Scene]], tmp_path: Path
) -> None:
    @live(within=280)
    async def scenario(live: Live) -> None:
        played, undisturbed = Played(make, live, tmp_path), Seams()
        expected = await played.to_its_end(undisturbed)
        assert undisturbed.done
        wrong = {}
        for at, how in deaths(undisturbed.done):
            seen = await played.to_its_end(Seams(at=at, how=how))
            differs = {name: value for name, value in seen.items() if value != expected[name]}
            if differs:
                wrong[f"{undisturbed.done[at]} ({at}), {how}"] = differs
        assert wrong == {}, f"instead of {expected}"

    scenario()
