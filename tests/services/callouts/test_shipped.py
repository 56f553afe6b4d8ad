"""The shipped services, each against a system of its kind: what is sent, shown and understood."""

from __future__ import annotations

import base64
import json
import re
from asyncio import run
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from aiohttp import web

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.policy.callouts.reading import load_services
from ortoo_daemon.records import RecordId
from ortoo_daemon.services.callouts.credentials import Credentials
from ortoo_daemon.services.callouts.desk import ServiceDesk
from ortoo_daemon.services.callouts.line import Line
from tests.policy.files import ROOT
from tests.services.callouts.server import StockServer, serving

FILE = ROOT / "config" / "services.yaml"
SECRET = "s3cret"
BEARER = {"Authorization": f"Bearer {SECRET}"}
BASIC = {"Authorization": "Basic " + base64.b64encode(f"ortoo:{SECRET}".encode()).decode()}
VIN = "VF1RFB00X56789012"


@dataclass(frozen=True, kw_only=True)
class System:
    """What a system of this kind asks for and says; ``shows`` are headers by which it knows us."""

    asked: str
    shows: Mapping[str, str]
    says: Any
    sent: Mapping[str, str]
    means: Mapping[str, Any]
    body: Any = None
    headers: frozenset[str] = field(default_factory=frozenset)


SYSTEMS = {
    "stock": System(
        asked="GET /v1/cars/S-1",
        shows=BEARER,
        says={"site": {"code": "R00013812"}, "status": "sold"},
        sent={"stock_number": "S-1"},
        means={"site": "R00013812", "sold": True},
    ),
    "marketplace": System(
        asked="GET /v2/listings/AW%2F4711",
        shows={"X-Api-Key": SECRET},
        says={"vehicle": {"make": "Renault", "model": "Clio"}, "seller": {"code": "R00013822"}},
        sent={"listing": "AW/4711"},
        means={"make": "Renault", "model": "Clio", "site": "R00013822"},
    ),
    "dealer_management": System(
        asked="POST /api/dealers/R00013812/vehicles/search",
        shows=BASIC,
        says={"vehicles": [{"odometer": 61000, "next_service": 60000}]},
        sent={"dealer": "R00013812", "email": "anne@mail.example"},
        means={"odometer": 61000, "next_service_at": 60000},
        body={"owner": {"email": "anne@mail.example"}, "fields": ["odometer", "next_service"]},
    ),
    "oem_recalls": System(
        asked=f"GET /recalls/v1/vehicles/{VIN}",
        shows={"Authorization": "Bearer of-the-maker"},
        says={"campaigns": [{"status": "open", "stop_drive": True}, {"status": "done"}]},
        sent={"vin": VIN},
        means={"open": 1, "urgency": "critical"},
    ),
    "credit_agency": System(
        asked="POST /v3/companies",
        shows=BEARER,
        says={"rating": {"grade": "B2"}},
        sent={"company": "Nouvelle Flotte SAS", "country": "France"},
        means={"rating": "B2"},
        body={"company": {"name": "Nouvelle Flotte SAS", "country": "France"}, "product": "rating"},
        headers=frozenset({"Idempotency-Key"}),
    ),
}


def acting(system: System) -> Callable[[web.Request], Any]:
    """The system, strict about who asks: a token is given for the secret alone."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/token":
            form = await request.post()
            known = (form.get("grant_type"), form.get("scope")) == (
                "client_credentials",
                "recalls.read",
            ) and request.headers.get("Authorization") == BASIC["Authorization"]
            token = {"access_token": "of-the-maker", "expires_in": 3600}
            return web.json_response(token if known else {}, status=200 if known else 401)
        if any(request.headers.get(name) != value for name, value in system.shows.items()):
            return web.json_response({}, status=401)
        if f"{request.method} {request.raw_path}" != system.asked:
            return web.json_response({}, status=404)
        return web.json_response(system.says)

    return answer


def asked(name: str, system: System, sent: Mapping[str, str]) -> tuple[CallAnswer, StockServer]:
    """One question to the shipped service, whose hosts are this machine's and which is switched on."""

    async def ask() -> tuple[CallAnswer, StockServer]:
        async with serving(acting(system)) as server:
            entry = yaml.safe_load(FILE.read_text("utf-8"))["services"][name]
            entry |= {"enabled": True, "internal": True}
            here = re.sub(
                r"https://[^/\s,}]+", server.url, yaml.safe_dump({"services": {name: entry}})
            )
            service = load_services("services.yaml", here.encode()).services[name]
            line = Line(service)
            desk = ServiceDesk(service, line, Credentials(service.auth, line, lambda: SECRET))
            question = CallQuestion(
                kind=CallKind.SERVICE,
                target=name,
                step=name,
                record=RecordId("00Q000000000001AAA"),
                key="00Q1:first",
                sent=tuple(sorted(sent.items())),
                at_most=10.0,
            )
            try:
                return await desk.ask(question), server
            finally:
                await desk.close()

    return run(ask())


def test_every_shipped_service_is_tried_here() -> None:
    assert set(yaml.safe_load(FILE.read_text("utf-8"))["services"]) == set(SYSTEMS)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_shipped_service_asks_as_its_system_wants_and_understands_what_it_says(name: str) -> None:
    system = SYSTEMS[name]
    found, server = asked(name, system, system.sent)
    assert (found.outcome, found.misfits) == (CallOutcome.ANSWERED, ())
    assert found.value == system.means
    assert set(system.headers) <= set(server.seen[-1].headers)
    if system.body is not None:
        assert json.loads(server.bodies[-1]) == system.body
        assert "@" not in server.seen[-1].raw_path


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_a_shipped_service_does_not_know_is_no_failure(name: str) -> None:
    system = SYSTEMS[name]
    nowhere = System(
        asked="GET /nowhere", shows=system.shows, says=None, sent=system.sent, means={}
    )
    found, _ = asked(name, nowhere, system.sent)
    assert (found.outcome, found.value) == (CallOutcome.NOT_FOUND, None)


def test_of_several_cars_none_is_taken_for_the_one_that_is_meant() -> None:
    system = SYSTEMS["dealer_management"]
    two = {"vehicles": [*system.says["vehicles"], {"odometer": 5, "next_service": 9}]}
    found, _ = asked(
        "dealer_management",
        System(
            asked=system.asked,
            shows=system.shows,
            says=two,
            sent=system.sent,
            means={},
        ),
        system.sent,
    )
    assert found.value == {"odometer": None, "next_service_at": None}


def test_a_recall_that_may_wait_says_nothing_of_urgency() -> None:
    system = SYSTEMS["oem_recalls"]
    mild = System(
        asked=system.asked,
        shows=system.shows,
        says={"campaigns": [{"status": "open", "stop_drive": False}]},
        sent=system.sent,
        means={},
    )
    found, _ = asked("oem_recalls", mild, system.sent)
    assert found.value == {"open": 1, "urgency": None}
