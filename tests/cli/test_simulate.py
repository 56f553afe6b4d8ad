"""A backtest as a person runs it: the daemon routes leads, then an edited candidate is tried on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.instants import instant_text
from ortoo_daemon.sandbox.seed import identities as seed
from tests.cli.command import Ended, copied_config, ortoo, pointing_at
from tests.processes import DaemonProcess, SandboxProcess, wait_until

LEADS = """\
policy: backtested
object: Lead
take_from: 2020-01-01T00:00:00Z
zone: Europe/Paris
on: [created, enters]
enter: {Company: Backtested, Status: [New, Open]}
take_over: [web-forms@ortoo.example]
ownership:
  rules:
    - {name: fleet, when: {FleetSize__c: {at_least: FLEET}}, assign: {queue: Fleet_Desk}}
    - {name: electric, when: {Fuel__c: FUEL}, assign: {queue: EV_Desk}}
  otherwise: {queue: Unrouted_Leads}
"""


def policy(*, fleet: int = 10, fuel: str = "EV") -> dict[str, str]:
    return {"leads.yaml": LEADS.replace("FLEET", str(fleet)).replace("FUEL", fuel)}


GIVEN: dict[str, dict[str, Any]] = {
    "fleet": {"FleetSize__c": 40},
    "small_fleet": {"FleetSize__c": 6, "LeadSource": "<b>Fair</b>"},
    "electric": {"Fuel__c": "EV"},
    "hybrid": {"Fuel__c": "PHEV"},
    "other": {"Fuel__c": "Diesel"},
}


class Past:
    """Leads that a daemon has routed by the live policy."""

    def __init__(self, config: Path, env: dict[str, str], leads: dict[str, str]) -> None:
        self.config = config
        self.env = env
        self.leads = leads

    def simulate(self, *arguments: object) -> Ended:
        return ortoo("simulate", self.config, "--since", "1d", *arguments, env=self.env)


def until_proven(sandbox: SandboxProcess, leads: list[str]) -> None:
    def proven() -> bool:
        rows = sandbox.rows_of("Ortoo_Decision__c", ["Record_Id__c"], leads, "Record_Id__c")
        return len(rows) == len(leads)

    wait_until(proven, 30, "the leads decided and proven")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """An org in which nothing else is decided."""
    with SandboxProcess(tmp_path_factory.mktemp("org") / "sandbox.log") as process:
        yield process


@pytest.fixture(scope="module")
def past(org: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Past:
    folder = tmp_path_factory.mktemp("past")
    config = copied_config(folder, policies=policy())
    env = pointing_at(org, folder / "state.db")
    with DaemonProcess(config / "ortoo.yaml", environment=env) as daemon:
        daemon.until_ready()
        leads = {
            name: org.leads(1, Company="Backtested", **values)[0] for name, values in GIVEN.items()
        }

        until_proven(org, list(leads.values()))
        org.change(leads["electric"], Fuel__c="Diesel", Status="Contacted")
    return Past(config, env, leads)


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """Fleets begin at five cars, and hybrids count as electric."""
    (tmp_path / "candidate").mkdir()
    return copied_config(tmp_path / "candidate", policies=policy(fleet=5, fuel="[EV, PHEV]"))


def moved(found: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Kind of change, owner before and after, by record."""
    return {
        each["record"]: (each["change"], each["before"]["owner_name"], each["after"]["owner_name"])
        for each in found["edit"]["movers"]
    }


def expected(past: Past) -> dict[str, tuple[str, str, str]]:
    return {
        past.leads["small_fleet"]: ("newly_routed", "Unrouted Leads", "Fleet Desk"),
        past.leads["hybrid"]: ("newly_routed", "Unrouted Leads", "EV Desk"),
    }


def test_an_edited_candidate_moves_exactly_the_records_that_its_edit_is_about(
    past: Past, candidate: Path
) -> None:
    found = past.simulate("--candidate", candidate, "--json").json()
    assert found["records"] == len(GIVEN)
    assert moved(found) == expected(past)
    before, after = (found["edit"]["movers"][0][side] for side in ("before", "after"))
    assert before["reason"] == "otherwise"
    assert after["rule"] in ("fleet", "electric")
    assert f"{candidate}/policies/leads.yaml:" in after["place"]


def test_the_live_policies_would_have_done_what_was_done(past: Past) -> None:
    found = past.simulate("--json").json()
    assert found["edit"] is None
    assert found["reality"]["same"] == len(GIVEN)
    assert found["totals"]["then"] == {**found["totals"]["then"], "routed": 2, "unrouted": 3}


def test_what_a_person_has_changed_since_is_not_what_was_decided_on(past: Past) -> None:
    found = past.simulate("--json").json()
    assert found["values"]["records_with_todays"] == 0
    (electric,) = (each for each in found["groups"]["rule"] if each["name"].endswith("electric"))
    assert electric["live"] == 1


def test_turns_and_open_work_fall_as_they_really_did(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    team = {
        "leads.yaml": LEADS[: LEADS.index("  rules:")].replace("acktested", "y-turns")
        + f"""\
  rules:
    - name: team
      assign:
        rooftop: {{where: {{Id: {seed.FLAGSHIP_ROOFTOP_ID}}}}}
        team: {{role: sales_adviser}}
        person: {{by: least_loaded}}
  otherwise: {{queue: Unrouted_Leads}}
"""
    }
    config = copied_config(tmp_path, policies=team)
    env = pointing_at(sandbox, tmp_path / "state.db")
    with DaemonProcess(config / "ortoo.yaml", environment=env) as daemon:
        daemon.until_ready()
        began = datetime.now(UTC)
        leads = sandbox.leads(40, Company="By-turns")
        until_proven(sandbox, leads)
    since = began.isoformat(timespec="seconds")
    found = ortoo("simulate", config, "--since", since, "--json", env=env).json()
    reality, people = found["reality"], found["groups"]["person"]
    assert found["totals"]["live"]["routed"] == len(leads)
    assert reality["same"] + reality["colleague"] == len(leads)
    assert [each["difference"] for each in people] == [0] * seed.FLAGSHIP_ADVISERS


def test_a_history_in_a_file_gives_the_same_without_asking_the_org(
    past: Past, candidate: Path, tmp_path: Path
) -> None:
    file = tmp_path / "history.jsonl"
    asked = past.simulate("--candidate", candidate, "--export", file, "--json").json()
    assert file.stat().st_mode & 0o077 == 0
    arguments = ("simulate", past.config, "--from", file, "--candidate", candidate, "--json")
    assert ortoo(*arguments).json() == asked


def test_moves_for_absences_are_counted_as_left_out_and_not_made_again(
    past: Past, org: SandboxProcess
) -> None:
    lead = past.leads["fleet"]
    before = past.simulate("--json").json()
    now = instant_text(datetime.now(UTC))
    moves = [
        {
            "Ortoo_Key__c": f"{lead}:{reason}:{object}:{at}",
            "Object__c": object,
            "Record_Id__c": lead,
            "Outcome__c": "assigned",
            "Reason_Code__c": reason,
            "Decided_At__c": at,
        }
        for reason, object, at in (
            ("owner_away", "Lead", now),
            ("owner_left", "Lead", now),
            ("owner_back", "Lead", now),
            ("owner_away", "Case", now),
            ("owner_away", "Lead", "2020-01-01T00:00:00Z"),
        )
    ]
    ids = org.create(moves, user=seed.ADMIN_USER_ID, object="Ortoo_Decision__c")
    try:
        found = past.simulate("--json").json()
        told = past.simulate().out
    finally:
        org.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": ids})
    why = "move for an absence: who was away when is not kept"
    assert why not in before["left_out"]
    assert found["left_out"] == {**before["left_out"], why: 3}
    assert found["records"] == before["records"]
    assert found["reality"] == before["reality"]
    assert f"Left out: 3 ({why})." in " ".join(told.split())


def test_a_simulation_writes_nothing_to_the_org(
    past: Past, candidate: Path, org: SandboxProcess
) -> None:
    calls = org.last_call()
    assert past.simulate("--candidate", candidate).code == 0
    assert org.writes(after=calls) == []


def test_the_page_for_people_tells_totals_gains_movers_with_both_reasons_and_what_it_rests_on(
    past: Past, candidate: Path
) -> None:
    out = past.simulate("--candidate", candidate).out
    assert "live → candidate: 2 of 5 records end elsewhere: 2 newly routed" in out
    assert "then → live: all 5 records end where they did" in out
    assert "Fleet Desk\t1\t1\t2\t+1" in out
    (line,) = (each for each in out.splitlines() if each.startswith(past.leads["small_fleet"]))
    assert line.split("\t")[1:3] == ["Unrouted Leads", "Fleet Desk"]
    assert "fleet (" in line
    assert "otherwise (" in line
    assert "every value of 5 records" in out


def test_a_page_shows_the_same_movers_escaped_and_loads_nothing_from_elsewhere(
    past: Past, candidate: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    past.simulate("--candidate", candidate, "--html", page)
    text = page.read_text()
    assert past.leads["hybrid"] in text
    assert past.leads["small_fleet"] in text
    assert past.leads["other"] not in text
    assert "&lt;b&gt;Fair&lt;/b&gt;" in text
    assert "<b>Fair" not in text
    assert "<script" not in text
    assert "://" not in text


def test_a_candidate_with_problems_is_not_tried_and_they_are_told_with_their_place(
    past: Past, tmp_path: Path
) -> None:
    (tmp_path / "leads.yaml").write_text(policy()["leads.yaml"].replace("EV_Desk", "No_Desk"))
    ended = past.simulate("--candidate", tmp_path)
    assert ended.code == 1
    assert f"{tmp_path}/leads.yaml:11:" in ended.out
    assert "No_Desk" in ended.out
    as_json = past.simulate("--candidate", tmp_path, "--json")
    assert as_json.code == 1
    assert [each["rule"] for each in as_json.json()["problems"]] == ["unknown_queue"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--until", "2020-01-01"),
        ("--object", "Opportunity"),
        ("--from", "a.jsonl", "--export", "b.jsonl"),
    ],
)
def test_wrong_use_ends_with_2(past: Past, arguments: tuple[str, ...]) -> None:
    assert past.simulate(*arguments).code == 2


def test_a_line_of_a_file_that_is_no_decision_is_told_with_its_place(
    past: Past, tmp_path: Path
) -> None:
    file = tmp_path / "history.jsonl"
    past.simulate("--export", file)
    with file.open("a") as lines:
        lines.write("{}\n")
    ended = ortoo("simulate", past.config, "--from", file)
    assert ended.code == 1
    assert f"{file}:{len(GIVEN) + 2}:1: not a decision of a history" in ended.err
