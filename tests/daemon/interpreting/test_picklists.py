"""A model's values for picklists are the org's active ones, or none."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.interpreting.interpreter import Interpreter
from ortoo_daemon.daemon.interpreting.picklists import KEPT_FOR, Picklists
from ortoo_daemon.descriptions import FieldDescription, ObjectDescription
from ortoo_daemon.errors import OrgError
from ortoo_daemon.facts import UnlistedQuestion
from ortoo_daemon.interpretation import Said, Wanted, WantedKind
from ortoo_daemon.records import RecordId
from tests.asynchronous import asynchronous
from tests.daemon.interpreting.test_interpreter import AtOneDesk, answering, bounds, item
from tests.daemon.interpreting.test_sharing import question
from tests.services.models.desks import catalogue, desk_for
from tests.services.models.stand_in import Served, stand_in

TEXT = "Ich suche einen Elektro-Kleinwagen, gern Diesel oder Wasserstoff, mit AHK und Standheizung."
FUEL = Wanted("Fuel__c", "the fuel")
MAPPED = Wanted(
    "Fuel__c",
    "the fuel",
    WantedKind.CHOICE,
    ("electric", "hydrogen", "none of these"),
    0,
    ("EV", "H2", ""),
)
EXTRAS = Wanted("Extras__c", "extras", WantedKind.LIST)
NOTE = Wanted("Note__c", "a note")
EVIDENCE = ("Elektro-Kleinwagen",)


class Org:
    """An org with these values, which can be away."""

    def __init__(self, *fuels: str) -> None:
        self.fuels, self.asked, self.away = fuels or ("EV", "Petrol"), 0, False

    async def describe(self, object_name: str) -> ObjectDescription:
        self.asked += 1
        if self.away:
            raise OrgError("UNAVAILABLE", "the org is away")
        fields = (
            FieldDescription(name="Fuel__c", type="picklist", values=self.fuels),
            FieldDescription(
                name="Extras__c", type="multipicklist", values=("AHK", "Standheizung")
            ),
            FieldDescription(name="Note__c", type="string"),
        )
        return ObjectDescription(name=object_name, fields={each.name: each for each in fields})


async def said(org: Org, *wanted: Wanted, script: Served) -> tuple[Said, Any]:
    bound = bounds(tries=1)
    async with stand_in(script) as server:
        found = replace(catalogue(server.url, bound=bound), tasks={bound.name: bound})
        async with desk_for(found) as desk:
            interpreter = Interpreter(AtOneDesk(desk, bound), Picklists(org))  # type: ignore[arg-type]
            answer = await interpreter.ask(replace(question(TEXT), wanted=wanted))
    assert answer is not None
    return answer, server


def values(answer: Said) -> Mapping[str, Any]:
    return {each.name: each.value for each in answer.items}


@asynchronous
async def test_without_values_in_the_map_the_model_chooses_among_the_orgs_own() -> None:
    script = answering(item("Fuel__c", "ev", *EVIDENCE))
    answer, server = await said(Org(), FUEL, script=script)
    assert values(answer) == {"Fuel__c": "EV"}, "as the org writes it"
    assert "one of: EV; Petrol" in server.requests[0]["system"][0]["text"]


@pytest.mark.parametrize("value", ["Hydrogen", "EV; Petrol", ""])
@asynchronous
async def test_a_value_that_the_org_does_not_have_does_not_count(value: str) -> None:
    answer, _ = await said(Org(), FUEL, script=answering(item("Fuel__c", value, *EVIDENCE)))
    assert not answer.items
    assert answer.model is not None
    assert answer.model["outcome"] == "invalid"


@pytest.mark.parametrize(("value", "counts"), [("electric", True), ("hydrogen", False)])
@asynchronous
async def test_a_value_of_the_map_that_the_org_has_retired_does_not_count(
    value: str, counts: bool
) -> None:
    script = answering(item("Fuel__c", value, *EVIDENCE))
    answer, server = await said(Org(), MAPPED, script=script)
    assert bool(answer.items) is counts
    told = server.requests[0]["system"][0]["text"]
    assert "one of: electric; none of these" in told


@asynchronous
async def test_what_has_no_value_left_is_not_asked_for() -> None:
    script = answering(item("Note__c", "a wish", *EVIDENCE))
    gone = MAPPED._replace(choices=("hydrogen",), written=("H2",))
    answer, server = await said(Org(), gone, NOTE, script=script)
    assert values(answer) == {"Note__c": "a wish"}
    assert "Fuel__c" not in server.requests[0]["system"][0]["text"]


@pytest.mark.parametrize(
    ("value", "kept"), [("ahk; standheizung", "AHK;Standheizung"), ("AHK; Sitz", None)]
)
@asynchronous
async def test_each_part_of_a_multi_select_must_be_listed(value: str, kept: str | None) -> None:
    script = answering(item("Extras__c", value, "AHK und Standheizung"))
    answer, _ = await said(Org(), EXTRAS, script=script)
    assert values(answer).get("Extras__c") == kept


@asynchronous
async def test_the_org_is_looked_at_once_in_ten_minutes_and_heard_of_changes() -> None:
    now = 0.0
    org = Org()
    picklists = Picklists(org, clock=lambda: now)
    asked = replace(question(TEXT), wanted=(FUEL,))
    for _ in range(3):
        (narrowed,) = (await picklists.narrowed(asked)).wanted
    assert (org.asked, narrowed.choices) == (1, ("EV", "Petrol"))
    org.fuels, now = ("EV", "H2"), KEPT_FOR + 1
    (narrowed,) = (await picklists.narrowed(asked)).wanted
    assert narrowed.choices == ("EV", "H2")


@asynchronous
async def test_while_the_org_is_away_what_was_known_holds_and_it_is_told() -> None:
    now = 0.0
    org = Org()
    picklists = Picklists(org, clock=lambda: now)
    asked = replace(question(TEXT), wanted=(FUEL,))
    await picklists.narrowed(asked)
    org.away, now = True, KEPT_FOR + 1
    with capture_logs() as logs:
        (narrowed,) = (await picklists.narrowed(asked)).wanted
    assert narrowed.choices == ("EV", "Petrol")
    assert [line["event"] for line in logs] == ["ai.no_picklists"]


RESTRICTED = (
    FieldDescription(name="Brand__c", type="picklist", values=("Fiat", "Opel"), restricted=True),
    FieldDescription(name="Extras__c", type="multipicklist", values=("a", "b"), restricted=True),
    FieldDescription(name="Kind__c", type="picklist", values=("x",)),
    FieldDescription(name="Note__c", type="string"),
)


class Describing(Org):
    """An org with these fields, slow enough for many to ask at once."""

    async def describe(self, object_name: str) -> ObjectDescription:
        await super().describe(object_name)
        await asyncio.sleep(0)
        return ObjectDescription(name=object_name, fields={each.name: each for each in RESTRICTED})


def of_case(*values: tuple[str, str]) -> UnlistedQuestion:
    return UnlistedQuestion(object="Case", record=RecordId("500000000000001AAA"), values=values)


@asynchronous
async def test_only_what_a_restricted_list_lacks_would_be_refused() -> None:
    asked = of_case(
        ("Brand__c", "fiat"),
        ("Brand__c", "Lada"),
        ("Extras__c", "a;b"),
        ("Extras__c", "a;c"),
        ("Kind__c", "y"),
        ("Note__c", "anything"),
        ("Gone__c", "anything"),
    )
    found = await Picklists(Describing()).unlisted(asked)
    assert found == {("Brand__c", "Lada"), ("Extras__c", "a;c")}


@asynchronous
async def test_many_who_ask_at_once_have_the_org_looked_at_once() -> None:
    org = Describing()
    picklists = Picklists(org)
    asked = of_case(("Brand__c", "Lada"))
    found = await asyncio.gather(*(picklists.unlisted(asked) for _ in range(50)))
    assert (set(found), org.asked) == ({frozenset(asked.values)}, 1)


@asynchronous
async def test_while_the_org_is_away_nothing_counts_as_refused() -> None:
    org = Describing()
    org.away = True
    with capture_logs():
        assert await Picklists(org).unlisted(of_case(("Brand__c", "Lada"))) == frozenset()
