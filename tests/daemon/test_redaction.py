"""What an error may quote of the record in hand, in a log line and in the journal's notes."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.daemon.redaction import INSTEAD, Redaction, redacted
from ortoo_daemon.daemon.watching.logs import configure_logs
from ortoo_daemon.records import FieldValue, WorkItem, WorkReason, record_id
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.daemon.rig import now

ANNA: dict[str, FieldValue] = {
    "LastName": "Martin",
    "Email": "Anna.Martin@mail.example",
    "MobilePhone": "+33 6 12 34 56 78",
    "Street": "12 rue de la Paix",
    "City": "Nantes",
    "Description": "My old car broke down yesterday. Call me!\nI live near the harbour.",
    "Brand__c": "Peugeot",
    "Account.Name": "Garage Martin",
    "NumberOfEmployees": 12,
}


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def held(text: str, redaction: Redaction | None = None) -> str:
    """The text, cleared by somebody who has Anna's record in hand."""

    def clear() -> str:
        (redaction or Redaction()).hold(ANNA)
        return redacted(text)

    return contextvars.copy_context().run(clear)


@pytest.mark.parametrize(
    "quoted",
    [
        "Martin",
        "MARTIN",
        "anna.martin@mail.example",
        "+33 6 12 34 56 78",
        "33612345678",
        "12 rue de la Paix",
        "Nantes",
        "My old car broke down yesterday.",
        "I live near the harbour.",
        "Garage Martin",
    ],
)
def test_what_an_error_quotes_of_names_addresses_numbers_and_free_text_is_gone(quoted: str) -> None:
    assert held(f"bad value: {quoted} (field X)") == f"bad value: {INSTEAD} (field X)"


def test_what_only_looks_alike_stays() -> None:
    text = "Martinique, Peugeot, rule nantes_desk, 12 rows"
    assert held(text) == text


def test_the_list_of_fields_is_the_admins() -> None:
    only = Redaction(["Brand__c"])
    assert held("Martin wants a Peugeot", only) == f"Martin wants a {INSTEAD}"


def test_nobody_in_hand_means_nothing_to_clear() -> None:
    assert redacted("Martin") == "Martin"


@given(st.text(max_size=40), st.text(max_size=80))
def test_no_text_whatever_makes_it_fail_or_shows_the_value(value: str, around: str) -> None:
    def clear() -> str:
        Redaction().hold({"Email": value})
        return redacted(f"{around} <{value}> {around}")

    shown = contextvars.copy_context().run(clear)
    if len(value.strip()) >= 3 and value.strip() not in around:
        assert f"<{value}>" not in shown


@pytest.mark.parametrize("as_json", [True, False])
@asynchronous
async def test_a_log_line_of_a_record_shows_rules_and_ids_and_no_value_of_it(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    configure_logs(as_json=as_json)
    log = structlog.get_logger("test")

    async def handle() -> None:
        Redaction().hold(ANNA)
        try:
            raise ValueError("no place for Martin of Nantes")
        except ValueError as error:
            log.error("work.handle_failed", rule="nantes", policy="Nantes", exc_info=error)
            log.error("work.worker_failed", error=error, several=[{"of": "Martin"}])

    await asyncio.create_task(handle())
    log.info("another_record", rule="Martin", name="Martin")
    shown = capsys.readouterr().err
    *ours, other = [line for line in shown.splitlines() if line]
    told = "\n".join(ours)
    assert "Martin" not in told
    assert f"no place for {INSTEAD} of {INSTEAD}" in told
    assert "nantes" in told
    assert "Martin" in other, "what one task holds is no matter of the others"
    if as_json:
        assert json.loads(ours[0])["policy"] == "Nantes"


@asynchronous
async def test_a_note_in_the_journal_shows_no_value_of_its_record(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    queue = await WorkQueue.open(
        f"sqlite:///{file}",
        instance="test",
        lease_for=timedelta(minutes=1),
        clock=now,
        clean=redacted,
    )
    try:
        item = WorkItem(
            object="Lead",
            record_id=record_id("00Q7Q0000000001UAA"),
            reason=WorkReason.CREATED,
            heard_at=now(),
        )
        await queue.put([item])
        (claim,) = await queue.claim(1)

        async def fail() -> None:
            Redaction().hold(ANNA)
            await queue.park(claim, reason="too_many_tries", note="ValueError: Martin of Nantes")

        await asyncio.create_task(fail())
    finally:
        await queue.close()
    kept = everything_in(tmp_path)
    assert f"ValueError: {INSTEAD} of {INSTEAD}".encode() in kept
    assert b"Martin" not in kept


def everything_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())
