"""Vehicles of a live sandbox by their VIN: many in a query, each made once, and none by who only looks."""

from __future__ import annotations

import asyncio
from typing import Any

from ortoo_daemon.daemon.handling.org_vehicles import OrgVehicles
from ortoo_daemon.facts import NotAsked
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live

VIN = "VF3CUHMZ6KY123456"
FIELDS = ("Id", "Model__c", "Vin__c")


def asking(vin: str = VIN, **more: Any) -> VehicleQuestion:
    return VehicleQuestion("Vehicle__c", "Vin__c", vin, FIELDS, **more)


def car(live: Live, vin: str, **values: Any) -> RecordId:
    row = {"Vin__c": vin, **values}
    return record_id(live.sandbox.org.create("Vehicle__c", row, user_id=seed.DAEMON_USER_ID))


def known(live: Live, vin: str) -> list[Any]:
    return list(live.sandbox.org.storage.find("Vehicle__c", Vin__c=vin))


@live()
async def test_many_vins_are_one_query(live: Live) -> None:
    async with handler_on(live) as handler:
        vins = [f"VF3CUHMZ6KY{number:06d}" for number in range(40)]
        ids = {vin: car(live, vin, Model__c="208") for vin in vins[:30]}
        vehicles = OrgVehicles(handler.org, makes=True)
        answers = await asyncio.gather(*(vehicles.ask(asking(vin)) for vin in vins))
        await vehicles.close()
    for vin, answer in zip(vins, answers, strict=True):
        assert isinstance(answer, Vehicles)
        wanted = [{"Id": ids[vin], "Model__c": "208", "Vin__c": vin}] if vin in ids else []
        assert list(answer.rows) == wanted


@live()
async def test_one_that_lacks_is_made_once_however_many_ask(live: Live) -> None:
    async with handler_on(live) as handler:
        vehicles = OrgVehicles(handler.org, makes=True)
        question = asking(make=(("Brand__c", "Peugeot"),))
        answers = await asyncio.gather(*(vehicles.ask(question) for _ in range(5)))
        answers.append(await vehicles.ask(question))
        await vehicles.close()
    (row,) = known(live, VIN)
    assert row["Brand__c"] == "Peugeot"
    for answer in answers:
        assert isinstance(answer, Vehicles)
        assert [each["Id"] for each in answer.rows] == [row["Id"]]


@live()
async def test_who_only_looks_makes_nothing(live: Live) -> None:
    async with handler_on(live) as handler:
        vehicles = OrgVehicles(handler.org, makes=False)
        assert await vehicles.ask(asking(make=())) == Vehicles()
        await vehicles.close()
    assert known(live, VIN) == []


@live()
async def test_what_the_org_refuses_costs_nobody_the_owner(live: Live) -> None:
    async with handler_on(live) as handler:
        vehicles = OrgVehicles(handler.org, makes=True)
        odd = VehicleQuestion("No_Such__c", "Vin__c", VIN, ("Id", "Vin__c"))
        assert await vehicles.ask(odd) is NotAsked.REFUSED
        wrong = asking(make=(("No_Such__c", "x"),))
        assert await vehicles.ask(wrong) == Vehicles()
        await vehicles.close()
