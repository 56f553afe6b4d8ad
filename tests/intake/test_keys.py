"""One customer, one key, however the address and the number were typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.decision import Decision
from ortoo_daemon.intake.keys import customer_keys, email_key, phone_key
from ortoo_daemon.policy.intake_model import EMAIL_KEY, PHONE_KEY, KeySources
from tests.world import decided, directory, facts, lead, policies, policy, rule, to_queue

SOURCES = KeySources(email=("Email",), phone=("MobilePhone", "Phone"), country="Country")


@pytest.mark.parametrize(
    "typed",
    [
        "ana.lopez@example.com",
        "Ana.Lopez@EXAMPLE.com",
        " mailto:ANA.LOPEZ@example.com ",
        "Ana Lopez <ana.lopez@example.com>",
    ],
)
def test_one_address_has_one_key_however_it_is_typed(typed: str) -> None:
    assert email_key(typed) == "ana.lopez@example.com"


@pytest.mark.parametrize(
    "typed", ["06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "06.12.34.56.78", "612345678"]
)
def test_one_number_has_one_key_however_it_is_typed(typed: str) -> None:
    assert phone_key(typed, "France") == "+33612345678"


@pytest.mark.parametrize("typed", ["", "none", "ana@", "@example.com"])
def test_what_is_no_address_has_no_key(typed: str) -> None:
    assert email_key(typed) is None


@pytest.mark.parametrize(
    "typed", ["none@none.com", "No-Reply@portal.example", "pas.de.mail@garage.fr", "xxx@xxx.de"]
)
def test_what_is_nobodys_address_has_no_key(typed: str) -> None:
    assert email_key(typed) is None


@pytest.mark.parametrize("typed", ["0600000000", "06 66 66 66 66", "+33 6 00 00 00 00"])
def test_one_digit_leant_on_has_no_key(typed: str) -> None:
    assert phone_key(typed, "France") is None


def test_the_number_of_a_switchboard_that_ends_in_seven_zeros_has_one() -> None:
    assert phone_key("01 40 00 00 00", "France") == "+33140000000"


@pytest.mark.parametrize("typed", ["", "unknown", "12", "0612345678"])
def test_what_may_be_a_number_of_any_country_has_no_key(typed: str) -> None:
    assert phone_key(typed) is None


def keys_of(**fields: str) -> dict[str, str | None]:
    return dict(customer_keys(SOURCES, lambda name: fields.get(name, "")))


def test_of_several_fields_the_first_counts_that_makes_a_key() -> None:
    found = keys_of(MobilePhone="ask my wife", Phone="0299112233", Country="FR")
    assert found == {EMAIL_KEY: None, PHONE_KEY: "+33299112233"}
    found = keys_of(MobilePhone="0612345678", Phone="0299112233", Country="FR")
    assert found[PHONE_KEY] == "+33612345678"


def test_a_key_without_source_fields_is_not_touched() -> None:
    assert customer_keys(KeySources(email=("Email",)), lambda _: "a@b.example") == {
        EMAIL_KEY: "a@b.example"
    }


def routed(keys: KeySources | None = SOURCES, **fields: Any) -> Decision:
    asked = policies(policy(rule("all", assign=to_queue())))
    sources = {"Lead": keys} if keys else {}
    return decided(replace(asked, key_sources=sources), facts(lead(**fields), directory()))


def test_keys_are_written_in_the_call_that_writes_the_owner() -> None:
    fields: dict[str, Any] = {"Email": "Ana@Example.com", "Phone": "0299112233", "Country": "FR"}
    written = owner_write(routed(**fields), lead(**fields))
    assert written.business == {EMAIL_KEY: "ana@example.com", PHONE_KEY: "+33299112233"}
    assert "OwnerId" in written.core, "and what the org may refuse of keys costs no owner"


def test_a_key_that_stands_is_not_written_again_and_one_whose_address_is_gone_is_emptied() -> None:
    fields: dict[str, Any] = {
        "Email": "ana@example.com",
        EMAIL_KEY: "ana@example.com",
        PHONE_KEY: "+33299112233",
    }
    assert routed(**fields).fields == {PHONE_KEY: None}


def test_no_keys_are_written_where_nothing_says_what_they_are_made_from() -> None:
    assert routed(None, Email="ana@example.com").fields == {}


def test_what_keys_are_made_from_is_read_with_every_record() -> None:
    assert SOURCES.fields() == {
        "Email",
        "MobilePhone",
        "Phone",
        "Country",
        EMAIL_KEY,
        PHONE_KEY,
    }
    assert KeySources(email=("Email",), country="Country").fields() == {"Email", EMAIL_KEY}
