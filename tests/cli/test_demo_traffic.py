"""The launch day's traffic: the same every time, messy in known ways, in the words the policies know."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from ortoo_daemon.cli.launch_day.catalogue import BRANDS, STRANGE_BRANDS
from ortoo_daemon.cli.launch_day.leads import SHARES, Kind, kinds_of
from ortoo_daemon.cli.launch_day.mails import mail_arrivals
from ortoo_daemon.cli.launch_day.traffic import Day, Timed, plan
from ortoo_daemon.daemon.mails.rows import mail_of
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.phone import standard_phone
from ortoo_daemon.intake.postal_code import standard_postal_code
from ortoo_daemon.intake.triage.dealers import dealers_of
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from ortoo_daemon.policy.values import fold
from ortoo_daemon.sandbox.seed.rooftops import read_directory

_CONFIG = Path(__file__).parents[2] / "config"
_ADVISERS = ("0057Q0000000001QAA", "0057Q0000000002QAA")


def _plan(*, leads: int = 400, cases: int = 60, seed: int = 1) -> list[Timed]:
    return plan(Day(leads=leads, cases=cases, seed=seed, lasts_for=10.0), _ADVISERS)


@pytest.fixture(scope="module")
def day() -> list[Timed]:
    return _plan()


def _table(name: str, key: str) -> dict[str, dict[str, str]]:
    with (_CONFIG / "tables" / name).open(encoding="utf-8", newline="") as lines:
        return {fold(row[key]): row for row in csv.DictReader(lines)}


def test_the_same_seed_gives_the_same_day(day: list[Timed]) -> None:
    assert _plan() == day


def test_another_seed_gives_another_day(day: list[Timed]) -> None:
    assert _plan(seed=2) != day


def test_arrivals_come_in_order_within_the_day(day: list[Timed]) -> None:
    moments = [each.after for each in day]
    assert moments == sorted(moments)
    assert moments[0] >= 0
    assert moments[-1] <= 10.0


def test_a_day_has_as_many_leads_and_cases_as_asked_for(day: list[Timed]) -> None:
    assert Counter(each.arrival.row["attributes"]["type"] for each in day) == {
        "Lead": 400,
        "Case": 60,
    }


@pytest.mark.parametrize("count", [20, 60, 1000])
def test_every_kind_of_lead_comes_in_even_on_a_small_day(count: int) -> None:
    kinds = kinds_of(count)
    assert len(kinds) == count
    assert set(kinds) == set(SHARES)


def test_shares_add_up_to_all_leads() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    kinds = Counter(kinds_of(1000))
    assert kinds == {kind: round(share * 1000) for kind, share in SHARES.items()}


def test_every_door_is_used(day: list[Timed]) -> None:
    sources = {each.arrival.row.get("LeadSource") for each in day} - {None}
    assert sources == {"Web", "Configurator", "Marketplace", "Phone Inquiry"}
    assert {each.arrival.user.partition("@")[0] for each in day} == {
        "web-forms",
        "marketplace",
        "call-centre",
    }


def test_only_leads_without_contact_lack_both_address_and_number(day: list[Timed]) -> None:
    for each in day:
        if each.arrival.row["attributes"]["type"] == "Lead":
            row = each.arrival.row
            unreachable = not row["Email"] and not row["MobilePhone"]
            assert unreachable == (each.arrival.kind is Kind.NO_CONTACT), row


def test_a_customer_who_asks_again_has_asked_before(day: list[Timed]) -> None:
    seen: set[str] = set()
    seconds = 0
    for each in day:
        email = str(each.arrival.row.get("Email") or "").lower()
        if each.arrival.kind is Kind.DUPLICATE:
            assert email in seen
            seconds += 1
        seen.add(email)
    assert seconds >= 20


def test_every_model_asked_for_is_in_the_shipped_table() -> None:
    table = _table("models.csv", "model")
    for name, brand in BRANDS.items():
        for model in brand.models:
            assert table[fold(model)]["brand"] == name
            assert table[fold(model)]["fuel"] not in ("EV", "PHEV")
        for model in brand.electric:
            row = {"model": model, "brand": name, "fuel": "EV", "trim": ""}
            assert table[fold(model)] == row


def test_every_spelling_of_a_brand_is_in_the_shipped_table() -> None:
    table = _table("brands.csv", "written")
    for name, brand in BRANDS.items():
        assert {table[fold(each)]["brand"] for each in (name, *brand.written)} == {name}


def test_strange_brands_are_in_no_table() -> None:
    brands, models = _table("brands.csv", "written"), _table("models.csv", "model")
    for brand, model in STRANGE_BRANDS:
        assert fold(brand) not in brands
        assert fold(model) not in models


def test_intake_can_read_every_number_and_postal_code(day: list[Timed]) -> None:
    for each in day:
        row = each.arrival.row
        if row.get("MobilePhone"):
            form = Form(field="MobilePhone", text=row["MobilePhone"], country=row["Country"])
            assert standard_phone(form).startswith("+")
        if row.get("PostalCode"):
            form = Form(field="PostalCode", text=row["PostalCode"], country=row["Country"])
            assert standard_postal_code(form)


def test_people_write_carelessly(day: list[Timed]) -> None:
    names = [str(each.arrival.row.get("LastName") or "") for each in day]
    assert any(name.isupper() for name in names)
    assert any(name.islower() for name in names)
    assert any(name != name.strip() for name in names)
    assert any(not name.isascii() for name in names)


def test_cases_come_by_e_mail_and_say_nothing_else(day: list[Timed]) -> None:
    cases = [each.arrival for each in day if each.arrival.kind is Kind.CASE]
    assert all(case.mail is not None for case in cases)
    assert {case.row["Origin"] for case in cases} == {"Email"}
    assert not any(name.endswith("__c") for case in cases for name in case.row)


def test_e_mails_are_understood_as_they_were_meant() -> None:
    """Most ask for one thing, some for two; machines wrote some, and some name no rooftop."""
    dealers = read_directory()
    taxonomy = load_taxonomy("taxonomy.yaml", (_CONFIG / "taxonomy.yaml").read_bytes())
    triager = Triager.of(dealers_of(dealers), taxonomy)
    mails = mail_arrivals(100, dealers=dealers, dice=Random("cases 1"))
    read = [triager.understand(mail_of({**(each.mail or {}), "Id": ""})).triage for each in mails]
    written = [triage for triage in read if triage.automatic is None]
    sizes = Counter(len(triage.segments) for triage in written)
    assert set(sizes) == {1, 2}
    assert sizes[1] > sizes[2] > 5
    assert len(written) < len(read)
    assert any(triage.needs_a_person for triage in written)
    assert {triage.language for triage in written} == {"fr", "de", "es", "it", "en", "nl"}
