"""Claims about calls by ``services.yaml`` as it stands: edits, switches, secrets, runs that only look."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import structlog
import yaml

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.daemon.calling import calls as calls_module
from ortoo_daemon.daemon.calling.calls import Calls
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.records import RecordId
from tests.asynchronous import asynchronous
from tests.services.callouts.server import StockServer, late, said, serving

ORG = {
    "login_url": "http://localhost:1",
    "auth": {"flow": "client_credentials", "client_id": "x", "client_secret_file": "secret"},
}
QUESTION = CallQuestion(
    kind=CallKind.SERVICE,
    target="stock",
    step="stock",
    record=RecordId("00Q000000000001AAA"),
    key="00Q1:first",
    sent=(("model", "e-208"),),
    at_most=2.0,
)


_numbers = count(1)


def anew() -> CallQuestion:
    """The same question of another decision."""
    return QUESTION._replace(key=f"00Q1:{next(_numbers)}")


def settings(folder: Path) -> Settings:
    (folder / "ortoo.yaml").write_text(yaml.safe_dump({"org": ORG}))
    return load_settings(folder / "ortoo.yaml")


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "_LOOK_EVERY", 0.0)


@asynccontextmanager
async def asking(
    folder: Path,
    *,
    reads_only: bool = False,
    note: Callable[[str, CallAnswer], None] = lambda service, answer: None,
) -> AsyncIterator[tuple[Calls, StockServer, Callable[..., None]]]:
    """The calls, the service, and what writes the file of services (more keys of the entry)."""
    async with serving(said({"site": "R1"})) as server:

        def write(**entry: object) -> None:
            given = {"url": server.url + "/cars", "internal": True} | entry
            text = yaml.safe_dump({"services": {"stock": given}})
            temporary = folder / "services.yaml.new"
            temporary.write_text(text)
            os.replace(temporary, folder / "services.yaml")

        calls = Calls(settings(folder), reads_only=reads_only, note=note)
        try:
            yield calls, server, write
        finally:
            await calls.close()


@asynchronous
async def test_an_edit_holds_from_the_next_question_on(tmp_path):
    async with asking(tmp_path) as (calls, server, write):
        nothing = await calls.ask(anew())
        assert (nothing.outcome, nothing.detail) == (
            CallOutcome.NOT_ASKED,
            "services.yaml has no such service",
        )
        write()
        assert (await calls.ask(anew())).value == {"site": "R1"}
        write(answer={"code": "site"})
        assert (await calls.ask(anew())).value == {"code": "R1"}
        write(enabled=False)
        assert (await calls.ask(anew())).detail == "it is off (services.yaml)"
        (tmp_path / "services.yaml").unlink()
        assert (await calls.ask(anew())).outcome is CallOutcome.NOT_ASKED
        assert len(server.seen) == 2


@asynchronous
async def test_an_edit_that_is_wrong_is_told_once_and_what_held_before_goes_on(tmp_path):
    async with asking(tmp_path) as (calls, _, write):
        write()
        with structlog.testing.capture_logs() as logs:
            await calls.ask(anew())
            write(tries=99)
            for _ in range(3):
                assert (await calls.ask(anew())).outcome is CallOutcome.ANSWERED
        assert [each["event"] for each in logs if each["log_level"] != "debug"] == [
            "services.loaded",
            "services.refused",
        ]
        assert "'tries' is 99" in str(logs)


@asynchronous
async def test_what_an_edit_leaves_as_it_was_keeps_its_answers_and_its_pause(tmp_path):
    async with asking(tmp_path) as (calls, server, write):
        write(cache={"for": "1m"})
        await calls.ask(anew())
        os.utime(tmp_path / "services.yaml", (1, 1))  # the same, written once more
        assert (await calls.ask(anew())).kept
        write(cache={"for": "2m"})
        assert not (await calls.ask(anew())).kept
        assert calls.paused == {"stock": False}
        assert len(server.seen) == 2


@asynchronous
async def test_a_run_that_changes_nothing_asks_only_services_that_read(tmp_path):
    async with asking(tmp_path, reads_only=True) as (calls, server, write):
        write(method="POST")
        found = await calls.ask(anew())
        assert (found.outcome, server.seen) == (CallOutcome.NOT_ASKED, [])
        write(method="POST", reads=True)
        assert (await calls.ask(anew())).outcome is CallOutcome.ANSWERED


@asynchronous
async def test_the_secret_comes_from_environment_file_or_credentials_and_is_read_anew(
    tmp_path, monkeypatch
):
    async with asking(tmp_path) as (calls, server, write):
        write(auth={"by": "bearer"})
        found = await calls.ask(anew())
        assert (found.outcome, found.detail) == (
            CallOutcome.NOT_ASKED,
            "the service stock has no secret",
        )
        credentials = tmp_path / "credentials"
        credentials.mkdir()
        (credentials / "service_stock").write_text("from systemd\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
        await calls.ask(anew())
        monkeypatch.setenv("ORTOO_SERVICE_STOCK", "from the environment")
        await calls.ask(anew())
        monkeypatch.delenv("ORTOO_SERVICE_STOCK")
        secret = tmp_path / "stock.secret"
        secret.write_text("from a file")
        secret.chmod(0o600)
        write(auth={"by": "bearer", "secret_file": "stock.secret"})
        await calls.ask(anew())
        secret.write_text("changed")
        await calls.ask(anew())
        secret.chmod(0o644)
        assert (await calls.ask(anew())).outcome is CallOutcome.NOT_ASKED
        assert [request.headers["Authorization"] for request in server.seen] == [
            f"Bearer {each}"
            for each in ("from systemd", "from the environment", "from a file", "changed")
        ]


@asynchronous
async def test_every_answer_is_told_and_counted_by_service(tmp_path):
    told: list[tuple[str, CallOutcome]] = []
    async with asking(tmp_path, note=lambda name, found: told.append((name, found.outcome))) as (
        calls,
        server,
        write,
    ):
        write()
        await calls.ask(anew())
        server.answer = said({}, 500)
        with structlog.testing.capture_logs() as logs:
            await calls.ask(anew())
        assert told == [("stock", CallOutcome.ANSWERED), ("stock", CallOutcome.FAILED)]
        (line,) = (each for each in logs if each["event"] == "callout.failed")
        assert (line["service"], line["outcome"], line["why"]) == ("stock", "failed", "HTTP 500")
        assert "e-208" not in str(logs)


@asynchronous
async def test_many_first_questions_read_the_file_once(tmp_path):
    async with asking(tmp_path) as (calls, _, write):
        write(parallel=50)
        with structlog.testing.capture_logs() as logs:
            found = await asyncio.gather(*(calls.ask(anew()) for _ in range(50)))
        assert {each.outcome for each in found} == {CallOutcome.ANSWERED}
        assert [each["event"] for each in logs].count("services.loaded") == 1


@asynchronous
async def test_a_decision_that_is_begun_anew_is_told_the_same_and_nobody_is_asked_twice(tmp_path):
    async with asking(tmp_path) as (calls, server, write):
        write(method="POST")
        question = anew()
        found = [await calls.ask(question) for _ in range(3)]
        assert found[0] == found[1] == found[2]
        assert len(server.seen) == 1


@asynchronous
async def test_a_decision_that_is_not_carried_out_asks_only_services_that_read(tmp_path):
    async with asking(tmp_path) as (calls, server, write):
        write(method="POST")
        found = await calls.ask(anew(), looking=True)
        assert (found.outcome, server.seen) == (CallOutcome.NOT_ASKED, [])
        flow = anew()._replace(kind=CallKind.FLOW)
        assert (await calls.ask(flow, looking=True)).outcome is CallOutcome.NOT_ASKED
        write()
        assert (await calls.ask(anew(), looking=True)).outcome is CallOutcome.ANSWERED


@asynchronous
async def test_what_was_sent_and_not_answered_in_time_is_not_sent_again_for_the_same_decision(
    tmp_path,
):
    async with asking(tmp_path) as (calls, server, write):
        write(method="POST")
        server.answer = late(5)
        question = anew()._replace(at_most=0.2)
        found = [await calls.ask(question) for _ in range(2)]
        assert {each.outcome for each in found} == {CallOutcome.TIMED_OUT}
        assert len(server.seen) == 1
