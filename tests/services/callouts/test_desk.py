"""Claims about calls of services, against a real server: what comes of them, and what bounds them."""

from __future__ import annotations

import asyncio
import base64
from asyncio import run
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent, indent
from time import monotonic

import pytest
import structlog
from aiohttp import web

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.callouts.reading import load_services
from ortoo_daemon.records import RecordId
from ortoo_daemon.services.callouts import line as line_module
from ortoo_daemon.services.callouts.credentials import Credentials
from ortoo_daemon.services.callouts.desk import ServiceDesk
from ortoo_daemon.services.callouts.line import GuardedResolver, Line
from tests.certificates import certificate_for
from tests.services.callouts.server import (
    Handler,
    StockServer,
    bytes_of,
    in_turn,
    late,
    reset,
    said,
    serving,
)

CARS = {"sites": [{"code": "R1", "cars": 2}, {"code": "R2", "cars": 0}], "price": "19900.50"}


def question(
    at_most: float = 2.0, key: str = "00Q1:first", **sent: str | int | None
) -> CallQuestion:
    return CallQuestion(
        kind=CallKind.SERVICE,
        target="stock",
        step="stock",
        record=RecordId("00Q000000000001AAA"),
        key=key,
        sent=tuple(sorted(sent.items())),
        at_most=at_most,
    )


def desk_of(
    url: str, more: str = "", *, secret: str | None = "s3cret", ca: Path | None = None
) -> ServiceDesk:
    """A desk for a service at this URL; ``more`` are further lines of its entry."""
    internal = "" if "internal" in more else "    internal: true\n"
    lines = indent(dedent(more).strip("\n") + "\n", "    ")
    text = f"services:\n  stock:\n    url: {url}\n{internal}{lines}"
    service = load_services("services.yaml", text.encode()).services["stock"]
    connection = Line(service, ca_file=ca)

    def found() -> str:
        if secret is None:
            problem = Problem(place=Place("services.yaml"), rule="services", message="no secret")
            raise ConfigError([problem])
        return secret

    return ServiceDesk(service, connection, Credentials(service.auth, connection, found))


@asynccontextmanager
async def asking(
    answer: Handler, more: str = "", path: str = "/cars", **given: str | None
) -> AsyncIterator[tuple[ServiceDesk, StockServer]]:
    async with serving(answer) as server:
        desk = desk_of(server.url + path, more, **given)  # type: ignore[arg-type]
        try:
            yield desk, server
        finally:
            await desk.close()


def outcome(answer: Handler, more: str = "", at_most: float = 2.0) -> CallAnswer:
    """What one question comes to."""

    async def ask() -> CallAnswer:
        async with asking(answer, more) as (desk, _):
            return await desk.ask(question(at_most))

    return run(ask())


def test_an_answer_is_what_the_catalogue_makes_of_it():
    found = outcome(
        said(CARS),
        """
        answer:
          codes: "sites[?cars > `0`].code"
          price: {path: price, type: number}
          day: {path: price, type: date}
        """,
    )
    assert found.outcome is CallOutcome.ANSWERED
    assert found.value == {"codes": ["R1"], "price": 19900.5, "day": None}
    assert found.misfits == ("day is no date",)
    assert found.requests == 1


def test_what_is_sent_stands_where_the_catalogue_puts_it_and_leads_nowhere_else():
    more = """
        method: POST
        reads: true
        query: {market: "{{ country }}", empty: "{{ nothing }}"}
        headers: {X-Market: "m-{{ country }}"}
        body: {car: {model: "{{ model }}", wanted: 2, number: "{{ count }}"}, tags: ["a {{ model }}"]}
    """

    async def ask() -> StockServer:
        async with asking(said({}), more, path="/v1/{{ model }}/cars") as (desk, server):
            await desk.ask(question(model="a/../b?x=1#y é", country="F&R=1", nothing=None, count=3))
            return server

    server = run(ask())
    (request,) = server.seen
    assert request.raw_path == "/v1/a%2F..%2Fb%3Fx%3D1%23y%20%C3%A9/cars?market=F%26R%3D1"
    assert request.headers["X-Market"] == "m-F&R=1"
    assert "Cookie" not in request.headers
    model = "a/../b?x=1#y é"
    assert server.bodies[0].decode() == (
        f'{{"car":{{"model":"{model}","wanted":2,"number":3}},"tags":["a {model}"]}}'
    )


@pytest.mark.parametrize(
    ("sent", "why"),
    [({"model": ".."}, "another path"), ({"model": ""}, "model is empty"), ({}, "model is empty")],
)
def test_values_that_can_t_stand_in_a_url_are_not_sent(sent, why):
    async def ask() -> tuple[CallAnswer, int]:
        async with asking(said({}), path="/v1/{{ model }}/cars") as (desk, server):
            return await desk.ask(question(**sent)), len(server.seen)

    found, requests = run(ask())
    assert (found.outcome, requests) == (CallOutcome.NOT_ASKED, 0)
    assert why in found.detail


def test_a_line_end_does_not_become_a_header():
    async def ask() -> tuple[CallAnswer, int]:
        async with asking(said({}), 'headers: {X-Name: "{{ name }}"}') as (desk, server):
            return await desk.ask(question(name="a\r\nX-Admin: 1")), len(server.seen)

    found, requests = run(ask())
    assert (found.outcome, requests) == (CallOutcome.NOT_ASKED, 0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (said({}, 404), CallOutcome.NOT_FOUND),
        (said({}, 410), CallOutcome.NOT_FOUND),
        (said({}, 400), CallOutcome.REFUSED),
        (said({}, 401), CallOutcome.REFUSED),
        (said({}, 403), CallOutcome.REFUSED),
        (said({}, 429), CallOutcome.RATE_LIMITED),
        (said({}, 500), CallOutcome.FAILED),
        (said({}, 503), CallOutcome.FAILED),
        (reset, CallOutcome.UNREACHABLE),
        (bytes_of(b"<html>sorry</html>"), CallOutcome.MALFORMED),
        (bytes_of(b'{"sites": ['), CallOutcome.MALFORMED),
        (bytes_of(b'{"a": NaN}'), CallOutcome.MALFORMED),
        (bytes_of(b'{"a": "\xff\xfe"}'), CallOutcome.MALFORMED),
        (bytes_of(b"[" * 100_000), CallOutcome.MALFORMED),
        (bytes_of(b'"' + b"a" * 300_000 + b'"'), CallOutcome.TOO_LARGE),
        (bytes_of(b'"' + b"a" * 20_000 + b'"'), CallOutcome.TOO_LARGE),
        (bytes_of(b"\x1f\x8b", **{"Content-Encoding": "gzip"}), CallOutcome.MALFORMED),
    ],
)
def test_every_fault_of_a_service_is_an_outcome(answer, expected):
    found = outcome(answer, "tries: 1")
    assert (found.outcome, found.value) == (expected, None)
    assert found.requests == 1


def test_no_more_of_an_answer_is_read_than_allowed():
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(2_000):
            await response.write(b" " * 65_536)
            sent += 65_536
        return response

    found = outcome(endless, "most_bytes: 100000")
    assert found.outcome is CallOutcome.TOO_LARGE
    assert sent < 50_000_000


def test_an_answer_without_a_body_has_no_values():
    async def nothing(request: web.Request) -> web.Response:
        return web.Response(status=204)

    found = outcome(nothing, "answer: {site: site.code}")
    assert (found.outcome, found.value) == (CallOutcome.ANSWERED, {"site": None})


def test_a_slow_service_costs_a_record_no_more_than_its_time():
    began = monotonic()
    found = outcome(late(5.0), at_most=0.2)
    assert found.outcome is CallOutcome.TIMED_OUT
    assert found.took_for < 1_000
    assert monotonic() - began < 2.5


def test_a_body_that_drips_costs_no_more_either():
    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    assert outcome(dripping, at_most=0.3).outcome is CallOutcome.TIMED_OUT


def test_what_may_pass_is_tried_again_and_what_may_not_is_not():
    async def ask(answer: Handler, more: str = "") -> tuple[CallAnswer, int]:
        async with asking(answer, more) as (desk, server):
            return await desk.ask(question()), len(server.seen)

    found, seen = run(ask(in_turn(said({}, 503), said(CARS))))
    assert (found.outcome, found.requests, seen) == (CallOutcome.ANSWERED, 2, 2)
    found, seen = run(ask(in_turn(said({}, 400), said(CARS))))
    assert (found.outcome, seen) == (CallOutcome.REFUSED, 1)
    found, seen = run(ask(in_turn(said({}, 503), said(CARS)), "method: POST"))
    assert (found.outcome, seen) == (CallOutcome.FAILED, 1)
    found, seen = run(ask(in_turn(said({}, 429), said(CARS)), "method: POST"))
    assert (found.outcome, seen) == (CallOutcome.ANSWERED, 2)


def test_a_request_that_changes_something_is_repeated_only_under_a_key_that_stays_the_same():
    async def ask() -> list[str]:
        more = "method: POST\nidempotency_key: Idempotency-Key\nbody: {model: '{{ model }}'}"
        async with asking(in_turn(said({}, 503), said({})), more) as (desk, server):
            await desk.ask(question(model="a"))
            await desk.ask(question(model="a"))  # as after a crash
            await desk.ask(question(model="a", key="00Q1:again"))
            await desk.ask(question(model="b"))
            return [request.headers["Idempotency-Key"] for request in server.seen]

    first, repeated, after_crash, later, other = run(ask())
    assert first == repeated == after_crash
    assert len({first, later, other}) == 3


def test_a_service_s_wish_to_wait_is_heeded_within_the_time():
    async def ask(wait: str) -> tuple[CallAnswer, float]:
        answer = in_turn(said({}, 429, **{"Retry-After": wait}), said(CARS))
        async with asking(answer) as (desk, _):
            began = monotonic()
            return await desk.ask(question()), monotonic() - began

    found, took = run(ask("1"))
    assert found.outcome is CallOutcome.ANSWERED
    assert took >= 1.0
    found, took = run(ask("60"))
    assert found.outcome is CallOutcome.RATE_LIMITED
    assert took < 1.0


def test_after_failures_in_a_row_a_service_is_left_alone_and_then_tried_once():
    async def ask() -> tuple[list[CallOutcome], int]:
        more = "tries: 1\npause_after: 3\npause_for: 1s"
        answer = in_turn(*[said({}, 500)] * 3, said(CARS))
        async with asking(answer, more) as (desk, server):
            found = [(await desk.ask(question())).outcome for _ in range(5)]
            assert desk.paused
            seen = len(server.seen)
            await asyncio.sleep(1.05)
            found.append((await desk.ask(question())).outcome)
            assert not desk.paused
            return found, seen

    with structlog.testing.capture_logs() as logs:
        found, seen = run(ask())
    assert found == [*[CallOutcome.FAILED] * 3, *[CallOutcome.PAUSED] * 2, CallOutcome.ANSWERED]
    assert seen == 3
    assert [each["event"] for each in logs] == ["callout.paused"]


def test_wrong_questions_do_not_make_a_service_be_left_alone():
    async def ask() -> list[CallOutcome]:
        async with asking(said({}, 400), "tries: 1\npause_after: 2") as (desk, _):
            return [(await desk.ask(question())).outcome for _ in range(5)]

    assert run(ask()) == [CallOutcome.REFUSED] * 5


def test_no_more_requests_are_under_way_at_once_than_allowed():
    async def ask() -> int:
        async with asking(late(0.05), "parallel: 3") as (desk, server):
            await asyncio.gather(*(desk.ask(question(10.0)) for _ in range(12)))
            return server.most_at_once

    assert run(ask()) == 3


def test_no_more_requests_are_sent_in_a_stretch_of_time_than_allowed():
    async def ask() -> tuple[list[CallOutcome], float, int]:
        async with asking(said({}), "rate_limit: {at_most: 4, per: 1s}") as (desk, server):
            began = monotonic()
            found = await asyncio.gather(*(desk.ask(question(1.5)) for _ in range(10)))
            return [each.outcome for each in found], monotonic() - began, len(server.seen)

    found, took, seen = run(ask())
    assert (found.count(CallOutcome.ANSWERED), found.count(CallOutcome.RATE_LIMITED)) == (8, 2)
    assert seen == 8
    assert 1.0 <= took < 1.9


def test_the_same_question_is_asked_once_while_its_answer_is_kept():
    async def ask() -> tuple[list[CallAnswer], int]:
        more = "cache: {for: 1s, at_most: 2}\nquery: {m: '{{ model }}'}"
        async with asking(said(CARS), more) as (desk, server):
            together = await asyncio.gather(*(desk.ask(question(model="a")) for _ in range(5)))
            assert len(server.seen) == 1
            found = [*together, await desk.ask(question(model="a"))]
            # the third puts the first out
            found += [await desk.ask(question(model=model)) for model in ("b", "c", "a")]
            seen = len(server.seen)
            await asyncio.sleep(1.05)
            found.append(await desk.ask(question(model="a")))
            assert len(server.seen) == seen + 1
            return found, seen

    found, seen = run(ask())
    assert seen == 4
    assert all(each.outcome is CallOutcome.ANSWERED for each in found)
    assert [each.kept for each in found[5:]] == [True, False, False, False, False]


def test_failures_are_not_kept_and_that_nobody_knows_the_thing_is():
    async def ask(answer: Handler) -> tuple[list[CallOutcome], int]:
        async with asking(answer, "tries: 1\ncache: {for: 1m}") as (desk, server):
            found = [(await desk.ask(question())).outcome for _ in range(2)]
            return found, len(server.seen)

    assert run(ask(in_turn(said({}, 500), said({})))) == (
        [CallOutcome.FAILED, CallOutcome.ANSWERED],
        2,
    )
    assert run(ask(said({}, 404))) == ([CallOutcome.NOT_FOUND] * 2, 1)


def test_a_record_that_waits_no_longer_leaves_the_answer_to_the_next():
    async def ask() -> tuple[CallAnswer, CallAnswer, int]:
        async with asking(late(0.3, CARS), "cache: {for: 1m}") as (desk, server):
            first = await desk.ask(question(0.1))
            second = await desk.ask(question(2.0))
            return first, second, len(server.seen)

    first, second, seen = run(ask())
    assert (first.outcome, second.outcome, seen) == (
        CallOutcome.TIMED_OUT,
        CallOutcome.ANSWERED,
        1,
    )


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("{by: bearer}", "Authorization", "Bearer s3cret"),
        ("{by: basic, user: me}", "Authorization", "Basic bWU6czNjcmV0"),
        ("{by: header, header: X-Api-Key}", "X-Api-Key", "s3cret"),
    ],
)
def test_a_service_knows_us_by_its_secret(auth, header, value):
    async def ask() -> StockServer:
        async with asking(said({}), f"auth: {auth}") as (desk, server):
            await desk.ask(question())
            return server

    assert run(ask()).seen[0].headers[header] == value


def test_without_its_secret_a_service_is_not_asked():
    async def ask() -> tuple[CallAnswer, int]:
        async with asking(said({}), "auth: {by: bearer}", secret=None) as (desk, server):
            return await desk.ask(question()), len(server.seen)

    found, seen = run(ask())
    assert (found.outcome, found.detail, seen) == (CallOutcome.NOT_ASKED, "no secret", 0)


class Shop:
    """A service that takes tokens, and gives them out."""

    def __init__(self, *, life: int = 3600) -> None:
        self.life = life
        self.given = 0
        self.good = ""
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path != "/token":
            good = request.headers.get("Authorization") == f"Bearer {self.good}"
            return web.json_response(CARS, status=200 if good else 401)
        form = await request.post()
        self.asked.append((request.headers["Authorization"], str(form["scope"])))
        self.given += 1
        self.good = f"token-{self.given}"
        return web.json_response({"access_token": self.good, "expires_in": self.life})


async def _with_tokens(shop: Shop, work: object) -> object:
    async with serving(shop) as server:
        more = (
            f"auth: {{by: oauth, token_url: '{server.url}/token', client_id: 'id:1', scope: cars}}"
        )
        desk = desk_of(f"{server.url}/cars", more)
        try:
            return await work(desk)  # type: ignore[operator]
        finally:
            await desk.close()


def test_a_token_is_fetched_once_for_all_and_again_when_it_is_refused():
    shop = Shop()

    async def work(desk: ServiceDesk) -> list[CallOutcome]:
        first = await asyncio.gather(*(desk.ask(question()) for _ in range(5)))
        shop.good = "revoked"
        return [each.outcome for each in (*first, await desk.ask(question()))]

    assert run(_with_tokens(shop, work)) == [CallOutcome.ANSWERED] * 6
    assert shop.given == 2
    sent = base64.b64encode(b"id%3A1:s3cret").decode()
    assert shop.asked[0] == (f"Basic {sent}", "cars")


def test_a_token_that_runs_out_is_replaced_in_time():
    shop = Shop(life=1)

    async def work(desk: ServiceDesk) -> list[CallOutcome]:
        found = [await desk.ask(question())]
        await asyncio.sleep(0.6)
        found.append(await desk.ask(question()))
        return [each.outcome for each in found]

    assert run(_with_tokens(shop, work)) == [CallOutcome.ANSWERED] * 2
    assert shop.given == 2


def test_where_no_token_is_to_be_had_the_service_is_not_asked():
    async def nobody(request: web.Request) -> web.StreamResponse:
        assert request.path == "/token"
        return web.json_response({"error": "invalid_client"}, status=401)

    found = run(_with_tokens(nobody, lambda desk: desk.ask(question())))  # type: ignore[arg-type]
    assert isinstance(found, CallAnswer)
    assert (found.outcome, found.detail) == (CallOutcome.REFUSED, "no token: HTTP 401")


# -- where a request may go ---------------------------------------------------------------------------


def test_redirects_on_the_same_host_are_followed_and_no_others():
    async def on(request: web.Request) -> web.StreamResponse:
        if request.path == "/cars":
            raise web.HTTPFound("/there")
        return web.json_response(CARS)

    assert outcome(on).outcome is CallOutcome.ANSWERED

    async def elsewhere() -> tuple[CallAnswer, int]:
        async with serving(said(CARS)) as internal:

            async def off(request: web.Request) -> web.StreamResponse:
                raise web.HTTPTemporaryRedirect(f"{internal.url}/admin")

            async with asking(off, "auth: {by: bearer}") as (desk, _):
                return await desk.ask(question()), len(internal.seen)

    found, seen = run(elsewhere())
    assert (found.outcome, seen) == (CallOutcome.BLOCKED, 0)


def test_redirects_in_a_circle_end():
    async def round_and_round(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/cars")

    assert outcome(round_and_round, "tries: 1").outcome is CallOutcome.FAILED


def test_what_changes_something_is_not_sent_on_to_another_path():
    async def on(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect("/there")

    assert outcome(on, "method: POST").outcome is CallOutcome.BLOCKED


def test_a_name_that_stands_for_an_address_within_is_not_connected_to(monkeypatch):
    """A public name may stand for this machine, or do so from one moment to the next."""
    stands_for = ["127.0.0.1"]
    looked_up: list[str] = []

    async def resolve(self: object, host: str, port: int = 0, family: object = None) -> list[dict]:
        looked_up.append(host)
        return [
            {"hostname": host, "host": each, "port": port, "family": 2, "proto": 0, "flags": 0}
            for each in stands_for
        ]

    monkeypatch.setattr(line_module.ThreadedResolver, "resolve", resolve)

    async def ask() -> tuple[list[CallAnswer], int]:
        async with serving(said(CARS)) as server:
            port = server.url.rpartition(":")[2]
            desk = desk_of(f"https://stock.example.com:{port}/cars", "internal: false")
            try:
                found = []
                for addresses in (
                    ["127.0.0.1"],
                    ["10.0.0.8"],
                    ["169.254.169.254"],
                    ["93.184.215.14", "::1"],
                ):
                    stands_for[:] = addresses
                    found.append(await desk.ask(question()))
                return found, len(server.seen)
            finally:
                await desk.close()

    found, seen = run(ask())
    assert [each.outcome for each in found] == [CallOutcome.BLOCKED] * 4
    assert seen == 0
    assert set(looked_up) == {"stock.example.com"}


def test_even_a_service_within_is_not_looked_for_among_link_local_addresses(monkeypatch):
    async def resolve(self: object, host: str, port: int = 0, family: object = None) -> list[dict]:
        return [
            {
                "hostname": host,
                "host": "169.254.169.254",
                "port": port,
                "family": 2,
                "proto": 0,
                "flags": 0,
            }
        ]

    monkeypatch.setattr(line_module.ThreadedResolver, "resolve", resolve)

    async def ask() -> CallAnswer:
        desk = desk_of("http://metadata.internal/latest")
        try:
            return await desk.ask(question())
        finally:
            await desk.close()

    found = run(ask())
    assert (found.outcome, found.detail) == (
        CallOutcome.BLOCKED,
        "metadata.internal stands for an address that is not asked: it is a link-local address",
    )


def test_the_resolver_answers_for_names_that_are_allowed():
    async def look() -> list[str]:
        resolver = GuardedResolver(internal=True)
        try:
            return [each["host"] for each in await resolver.resolve("localhost", 80)]
        finally:
            await resolver.close()

    assert "127.0.0.1" in run(look())


def test_a_certificate_that_nobody_vouches_for_is_not_taken(tmp_path):
    async def ask(ca: Path | None) -> CallAnswer:
        cert, tls = certificate_for("127.0.0.1", tmp_path)
        async with serving(said(CARS), tls) as server:
            desk = desk_of(f"{server.url}/cars", ca=ca and cert)
            try:
                return await desk.ask(question())
            finally:
                await desk.close()

    found = run(ask(None))
    assert found.outcome is CallOutcome.BLOCKED
    assert "certificate is not trusted" in found.detail
    assert run(ask(tmp_path)).outcome is CallOutcome.ANSWERED


def test_a_certificate_of_another_host_is_not_taken_though_its_maker_is_trusted(tmp_path):
    async def ask() -> CallAnswer:
        cert, tls = certificate_for("other.example.com", tmp_path)
        async with serving(said(CARS), tls) as server:
            desk = desk_of(f"{server.url}/cars", ca=cert)
            try:
                return await desk.ask(question())
            finally:
                await desk.close()

    assert run(ask()).outcome is CallOutcome.BLOCKED


def test_nobody_there_is_an_outcome_that_is_tried_again():
    async def ask() -> CallAnswer:
        async with serving(said({})) as server:
            url = server.url
        desk = desk_of(f"{url}/cars", "method: POST")  # certainly not seen, so it may go again
        try:
            return await desk.ask(question())
        finally:
            await desk.close()

    found = run(ask())
    assert (found.outcome, found.requests) == (CallOutcome.UNREACHABLE, 2)


def test_no_outcome_quotes_what_was_sent_or_who_we_are():
    secret, name = "s3cret-value", "Zoe-Nadir"

    async def ask() -> list[CallAnswer]:
        found = []
        answers = (said({"no": name}, 500), said({}, 401), reset, bytes_of(name.encode()), late(9))
        for answer in answers:
            more = "tries: 1\nauth: {by: bearer}\nquery: {n: '{{ name }}'}"
            async with asking(answer, more, secret=secret) as (desk, _):
                found.append(await desk.ask(question(0.5, name=name)))
        return found

    for each in run(ask()):
        assert secret not in repr(each)
        assert name not in repr(each)
