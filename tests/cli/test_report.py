"""A report as an operations lead asks for it, of an org whose records are known one by one."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from ortoo_daemon.cli.main import app
from ortoo_daemon.daemon.asking.reports import counting
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.sandbox.seed import identities as seed
from tests.cli.command import CONFIG, Ended, copied_config, ortoo, pointing_at
from tests.processes import SandboxProcess

ADMIN = "admin@ortoo.example"
DAEMON = seed.DAEMON_USER_ID
SITE = seed.FLAGSHIP_ROOFTOP_ID
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPAN = ("--since", "2026-11-09", "--until", "2026-11-13")

Row = dict[str, Any]


def here(*arguments: object, env: Mapping[str, str]) -> Ended:
    """The command line within this process: a start takes longer than a report. The log stays the tests'."""
    with patch("ortoo_daemon.daemon.watching.logs.configure_logs"), capture_logs():
        done = CliRunner().invoke(app, [str(each) for each in arguments], env=env)
    if isinstance(done.exception, OrtooError):
        return Ended(1, done.stdout, str(done.exception))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


class Network:
    """An org with records of the past, and the settings to report on it."""

    def __init__(self, org: SandboxProcess, config: Path, env: dict[str, str]) -> None:
        self.org, self.config, self.env = org, config, env
        people = f"SELECT Id, Name FROM User WHERE Ortoo_Rooftop__c = '{SITE}' AND IsActive = true"
        advisers = org.query(f"{people} AND Ortoo_Role__c = 'sales_adviser' ORDER BY Id")
        self.advisers = [each["Id"] for each in advisers]
        self.names = {each["Id"]: each["Name"] for each in advisers}
        queues = org.query("SELECT Id, DeveloperName FROM Group WHERE Type = 'Queue'")
        self.queues = {each["DeveloperName"]: each["Id"] for each in queues}

    def create(self, object: str, rows: list[Row]) -> list[str]:
        typed = [{"attributes": {"type": object}, **row} for row in rows]
        body = {"user": ADMIN, "audit_fields": True, "create": typed}
        made = self.org.control("POST", "/act", body)["create"]
        assert all(each["success"] for each in made), made
        return [each["id"] for each in made]

    def lead(self, at: datetime, **values: Any) -> str:
        row = {
            "LastName": "Known",
            "Company": "K",
            "Email": "k@mail.example",
            "PostalCode": "35000",
        }
        return self.create("Lead", [{**row, "CreatedDate": instant_text(at), **values}])[0]

    def decided(self, lead: str, at: datetime, outcome: str, reason: str, **values: Any) -> None:
        row = {
            "Ortoo_Key__c": f"{lead}:{instant_text(at)}",
            "Object__c": "Lead",
            "Record_Id__c": lead,
            "Lead__c": lead,
            "Outcome__c": outcome,
            "Reason_Code__c": reason,
            "Decided_At__c": instant_text(at),
        }
        self.create("Ortoo_Decision__c", [{**row, **values}])

    def routed(self, at: datetime, owner: str, *, after: timedelta, **values: Any) -> str:
        """A lead that the daemon gave to somebody of the flagship."""
        stamps = {
            "OwnerId": owner,
            "Ortoo_Assigned_Owner__c": owner,
            "Ortoo_Rooftop__c": SITE,
            "Ortoo_Policy__c": "retail-leads",
            "Ortoo_Rule__c": "dealer network",
            "Ortoo_Decided_At__c": instant_text(at + after),
        }
        lead = self.lead(at, **{**stamps, **values})
        trace = '{"v":1}'
        self.decided(lead, at + after, "assigned", "rule", Owner_After__c=owner, Trace__c=trace)
        return lead

    def report(self, *arguments: object) -> Ended:
        return here("report", "--config", self.config / "ortoo.yaml", *arguments, env=self.env)

    def json(self, *arguments: object) -> dict[str, Any]:
        ended = self.report(*SPAN, "--json", *arguments)
        assert ended.code == 0, ended.err
        found = ended.json()
        assert isinstance(found, dict)
        return found


def answered(at: datetime, after: timedelta, status: str, **values: Any) -> Row:
    stamps = {"Ortoo_First_Response_At__c": instant_text(at + after), "Ortoo_SLA_Status__c": status}
    return {**stamps, **values}


def fill(network: Network) -> None:
    """Nine leads of four days, and one too early."""
    one, two, *_ = network.advisers
    web, market = {"LeadSource": "Web", "Brand__c": "Renault"}, {"LeadSource": "Marketplace"}
    lead = network.routed(
        NOON, one, after=2 * MINUTE, **answered(NOON, 10 * MINUTE, "Met", Status="Contacted", **web)
    )
    at = NOON + DAY
    network.routed(
        at, one, after=4 * MINUTE, **answered(at, 30 * MINUTE, "Missed", Status="Qualified", **web)
    )
    network.routed(
        at, two, after=6 * MINUTE,
        **answered(at, 20 * MINUTE, "Met", Status="Contacted", Ortoo_Duplicate_Of__c=lead, **market),
    )  # fmt: skip
    moved = network.routed(at, one, after=1 * MINUTE, Ortoo_SLA_Status__c="Violated", **market)
    network.decided(moved, at + HOUR, "reassigned", "sla_violation", Owner_After__c=two)
    desk = network.queues["Unrouted_Leads"]
    lost = network.lead(at, OwnerId=desk, Email=None, Ortoo_Decided_At__c=instant_text(at), **web)
    flagged = (
        '{"v":1,"reports":[{"stage":"intake","field":"Phone","code":"unreadable","message":"?"}]}'
    )
    network.decided(
        lost, at + MINUTE, "assigned", "otherwise", Owner_After__c=desk, Trace__c=flagged
    )
    parked = network.lead(at, OwnerId=one, Ortoo_Parked__c="no_contact", **market)
    network.decided(parked, at + MINUTE, "parked", "requirement_failed", Trace__c='{"v":1}')
    network.lead(at, OwnerId=two, Status="Unqualified", **market)
    network.lead(NOON - 3 * DAY, OwnerId=two)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    config = copied_config(folder)
    with SandboxProcess(folder / "sandbox.log") as org:
        found = Network(org, config, pointing_at(org, folder / "state.db"))
        fill(found)
        yield found


def figures(found: dict[str, Any], of: dict[str, Any] | None = None) -> dict[str, Any]:
    told = (of or found["everything"])["figures"]
    return {key: (each["value"], each["whole"]) for key, each in told.items()}


def group(found: dict[str, Any], by: str, name: str) -> dict[str, Any]:
    (each,) = (each for each in found["by"][by] if each["name"] == name)
    return figures(found, each)


def test_every_figure_of_everything_is_what_it_is_by_hand(network: Network) -> None:
    told = figures(network.json())
    assert told["volume"] == (7, 7)
    assert told["blank"] == (round(1 / 7, 6), 7)
    assert told["duplicates"] == (round(1 / 7, 6), 7)
    assert told["flagged"] == (round(1 / 6, 6), 6)
    assert told["routing_median"] == (120, 5)  # of 1, 1, 2, 4, 6 minutes
    assert told["routing_p90"] == (360, 5)
    assert told["unrouted"] == (round(2 / 6, 6), 6)
    assert told["reroutes"] == (0.2, 5)
    assert told["answered"] == (round(3 / 7, 6), 7)
    assert told["response_median"] == (1200, 3)
    assert told["response_p90"] == (1800, 3)
    assert told["sla"] == (0.5, 4)
    assert told["contacted"] == (0.5, 6)
    assert told["appointments"] == (round(1 / 6, 6), 6)
    assert told["won"] == (0, 6)
    assert told["placed"] == (round(4 / 7, 6), 7)


def test_groups_add_up_and_lie_where_they_belong(network: Network) -> None:
    found = network.json()
    for by, groups in found["by"].items():
        assert sum(each["figures"]["volume"]["value"] for each in groups) == 7, by
    assert group(found, "source", "Web")["volume"] == (3, 3)
    assert group(found, "source", "Marketplace")["sla"] == (0.5, 2)
    assert group(found, "brand", "Renault")["contacted"] == (round(2 / 3, 6), 3)
    assert group(found, "person", "queue Unrouted Leads")["unrouted"] == (1, 1)
    # two leads without a rooftop of their own are held by people of the flagship
    (site,) = (each for each in found["by"]["rooftop"] if each["key"] == SITE)
    assert figures(found, site)["volume"] == (6, 6)
    (stretch,) = (each for each in found["trend"]["stretches"] if each["name"] == "2026-11-10")
    assert stretch["figures"]["response_median"]["value"] == 600


def test_fairness_is_within_the_whole_team_also_those_who_got_nothing(network: Network) -> None:
    """Three to one, one to another, none to the rest of the team: by hand over all pairs."""
    found = network.json("--by", "rooftop")
    counts = [3, 1] + [0] * (len(network.advisers) - 2)
    pairs = sum(abs(a - b) for a in counts for b in counts)
    expected = pairs / (2 * len(counts) * sum(counts))
    (site,) = (each for each in found["by"]["rooftop"] if each["key"] == SITE)
    assert site["figures"]["gini"]["value"] == pytest.approx(expected, abs=1e-5)


def test_counting_in_the_org_and_row_by_row_come_to_the_same(
    network: Network, tmp_path: Path
) -> None:
    counted = network.json()
    config = tmp_path / "rowwise"
    shutil.copytree(network.config, config)
    settings = (config / "ortoo.yaml").read_text()
    # a datetime: the org can't group by it, so that all records are read
    asked = "won: {any: [{IsConverted: true}, {all: [IsConverted, EmailBouncedDate]}]}"
    (config / "ortoo.yaml").write_text(settings.replace("won: {IsConverted: true}", asked, 1))
    ended = here("report", "--config", config / "ortoo.yaml", *SPAN, "--json", env=network.env)
    assert ended.code == 0, ended.err
    rowwise = ended.json()
    for part in ("everything", "by", "trend"):
        assert rowwise[part] == counted[part]
    assert rowwise["reading"]["rows"] > counted["reading"]["rows"]


@pytest.mark.parametrize("halvings", [0, 30])
def test_more_groups_than_an_answer_holds_are_counted_by_halves_or_read(
    network: Network, monkeypatch: pytest.MonkeyPatch, halvings: int
) -> None:
    whole = network.json()
    monkeypatch.setattr(counting, "MOST_GROUPS", 7)
    monkeypatch.setattr(counting, "MOST_HALVINGS", halvings)
    found = network.json()
    for part in ("everything", "by", "trend"):
        assert found[part] == whole[part]
    assert (found["reading"]["rows"] > whole["reading"]["rows"]) is (halvings == 0)
    assert found["reading"]["calls"] > whole["reading"]["calls"]


def test_a_person_who_changes_the_owner_soon_mends_a_misroute(
    org: SandboxProcess, tmp_path: Path
) -> None:
    network = Network(org, copied_config(tmp_path), pointing_at(org, tmp_path / "state.db"))
    one, two, *_ = network.advisers
    now = datetime.now(UTC)
    mended, kept = (network.routed(now, one, after=MINUTE / 60) for _ in range(2))
    org.shift_clock(60)
    org.change(mended, OwnerId=two)
    org.change(kept, Status="Contacted")
    try:
        told = network.report("--since", "1h", "--until", instant_text(now + HOUR), "--json").json()
    finally:
        org.shift_clock(0)
    assert figures(told)["misroutes"] == (0.5, 2)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """An org in which nothing else happened."""
    with SandboxProcess(tmp_path_factory.mktemp("org") / "sandbox.log") as process:
        yield process


def test_costs_of_campaigns_are_shared_by_their_members(network: Network) -> None:
    leads = network.org.query("SELECT Id FROM Lead WHERE LeadSource = 'Web'")
    early = network.org.query("SELECT Id FROM Lead WHERE LeadSource = null AND LastName = 'Known'")
    (campaign,) = network.create("Campaign", [{"Name": "Launch", "ActualCost": 400}])
    members = [*leads, *early[:1]]
    network.create("CampaignMember", [{"CampaignId": campaign, "LeadId": m["Id"]} for m in members])
    found = network.json("--by", "source")
    # 100 for each of four members, of whom three are of these days
    assert group(found, "source", "Web")["cost_per_lead"] == (100, 3)
    assert group(found, "source", "Marketplace")["cost_per_lead"] == (0, 4)
    assert figures(found)["cost_per_lead"] == (round(300 / 7, 6), 7)


def test_a_period_is_held_against_the_one_before(network: Network) -> None:
    found = network.json("--compare", "2026-11-07..2026-11-07", "--by", "region")
    assert found["everything"]["compared"]["volume"]["value"] == 1
    assert found["everything"]["change"]["volume"] == 6
    assert "misroutes" in found["unknown_in_compared"]


def test_lift_is_held_to_the_group_that_is_named(network: Network) -> None:
    found = network.json("--by", "source", "--baseline", "web")
    assert found["baseline"] == "web"
    assert group(found, "source", "Web")["lift"] == (None, 3)  # nothing was won in the baseline


def test_an_empty_period_is_a_report_without_figures(network: Network) -> None:
    ended = network.report("--since", "2020-01-01", "--until", "2020-02-01", "--json")
    told = figures(ended.json())
    assert told.pop("volume") == (0, 0)
    assert told.pop("served")[0] == 0
    assert {value for value, _ in told.values()} == {None}
    assert network.report("--since", "2020-01-01", "--until", "2020-02-01").code == 0


def test_a_report_writes_nothing_to_the_org_and_tells_its_calls(network: Network) -> None:
    before = network.org.last_call()
    found = network.json()
    calls = network.org.control("GET", f"/calls?after={before}")["calls"]
    assert network.org.writes(after=before) == []
    assert found["reading"]["calls"] == sum("/services/data/" in each["path"] for each in calls)


def test_text_has_each_figure_its_formula_and_what_is_not_known(network: Network) -> None:
    out = ortoo("report", "--config", network.config / "ortoo.yaml", *SPAN, env=network.env).out
    assert "SLA met" in out
    assert "= records with SLA status Met ÷" in out
    assert "1 of 6" in out
    assert "calls of the org" in out


def test_csv_has_a_line_for_each_figure_with_its_formula(network: Network) -> None:
    rows = list(csv.DictReader(io.StringIO(network.report(*SPAN, "--format", "csv").out)))
    (sla,) = (row for row in rows if (row["dimension"], row["measure"]) == ("everything", "sla"))
    assert (sla["value"], sla["part"], sla["whole"]) == ("0.5", "2", "4")
    assert sla["formula"].startswith("records with SLA status Met")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "soon"),
        ("--since", "2026-11-10", "--until", "2026-11-09"),
        ("--by", "colour"),
        ("weights", "--by", "person"),
        ("weights", "--floor", "90", "--ceiling", "80"),
        ("weights", "--from", "tomorrow"),
    ],
)
def test_wrong_use_ends_with_2(network: Network, arguments: tuple[str, ...]) -> None:
    first = arguments[:1] if arguments[0] == "weights" else ()
    config = ("--config", network.config / "ortoo.yaml")
    ended = here("report", *first, *config, *arguments[len(first) :], env=network.env)
    assert ended.code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--compare", "last"), "previous, year, before-daemon"),
        (("--baseline", "Atlantis"), "no group is called 'Atlantis'"),
        (("--baseline", "compared"), "add --compare previous"),
    ],
)
def test_what_cannot_be_compared_is_told_with_its_mending(
    network: Network, arguments: tuple[str, ...], told: str
) -> None:
    ended = network.report(*SPAN, *arguments)
    assert ended.code == 1
    assert told in ended.err


def test_a_condition_that_is_wrong_is_told_with_its_place(network: Network, tmp_path: Path) -> None:
    shutil.copytree(network.config, tmp_path / "wrong")
    file = tmp_path / "wrong" / "ortoo.yaml"
    text = file.read_text().replace("appointment: {Status:", "appointment: {Sttus:")
    file.write_text(text)
    ended = here("report", "--config", file, *SPAN, env=network.env)
    assert ended.code == 1
    assert "Lead has no field Sttus" in ended.err


def test_check_tells_of_it_beforehand_and_it_stops_no_policy(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "ortoo.yaml"
    text = file.read_text().replace("required: [LastName, Email,", "required: [LastName, Emial,")
    file.write_text(text)
    line = next(n for n, each in enumerate(text.splitlines(), start=1) if "Emial" in each)
    ended = here("check", tmp_path, env={})
    assert ended.code == 0
    assert f"ortoo.yaml:{line}:" in ended.out
    assert "Lead has no field Emial" in ended.out
    assert "Email" in ended.out


def test_areas_without_a_rooftop_are_those_of_a_plain_look_at_each_lead(network: Network) -> None:
    at = NOON - 40 * DAY
    span = ("--since", instant_text(at - DAY), "--until", instant_text(at + DAY))
    there = {"OwnerId": network.queues["Unrouted_Leads"], "Brand__c": "Renault"}
    for code, country, times in (("35000", "France", 2), ("10115", "Iceland", 3), (None, None, 1)):
        for _ in range(times):
            network.lead(at, PostalCode=code, Country=country, **there)
    network.lead(at, PostalCode="35000", Country="France", Ortoo_Rooftop__c=SITE, **there)
    ended = network.report(*span, "--json")
    assert ended.code == 0, ended.err
    found = ended.json()["uncovered"]
    plain = Counter(
        (row["PostalCode"] or "")[:2]
        for row in network.org.query(
            "SELECT PostalCode FROM Lead WHERE Ortoo_Rooftop__c = null AND "
            f"CreatedDate >= {instant_text(at - DAY)} AND CreatedDate < {instant_text(at + DAY)}"
        )
    )
    assert {each["area"]: each["records"] for each in found["areas"]} == plain == {
        "35": 2, "10": 3, "": 1,
    }  # fmt: skip
    unowned = {each["area"]: each["unowned"] for each in found["areas"]}
    assert unowned == {"35": 0, "10": 3, "": 1}
    text = network.report(*span).out
    assert "IS 10" in text
    assert "unowned = of these, records whose postal code" in text
    lines = network.report(*span, "--format", "csv").out
    assert ",postal_area,IS 10,IS 10,unowned,3,records,,3," in lines


# -- the page ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    network.lead(NOON, LeadSource="<script>alert(1)</script>"[:40], OwnerId=network.advisers[0])
    ended = network.report(*SPAN, "--compare", "previous", "--format", "html", "--out", file)
    assert ended.code == 0, ended.err
    return file


def test_a_page_holds_charts_and_formulas_escaped_and_loads_nothing_from_elsewhere(
    page: Path,
) -> None:
    text = page.read_text()
    assert text.count('class="fill-bar') >= 2
    assert "records with SLA status Met ÷" in text
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "://" not in text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")
def test_a_browser_draws_the_charts_without_an_error_or_a_request(
    page: Path, tmp_path: Path
) -> None:
    """What Chromium logs of the page and of the network, and the picture it paints."""
    picture, net = tmp_path / "page.png", tmp_path / "net.json"
    done = browser(tmp_path, f"--log-net-log={net}", "--enable-logging=stderr", "--dump-dom", page)
    assert "CONSOLE" not in done.stderr
    assert done.stdout.count("<rect") > 10
    assert requested(net) == set()
    browser(tmp_path, f"--screenshot={picture}", page)
    assert picture.stat().st_size > 50_000


def browser(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Chromium without a window; no name leads anywhere. The last argument is the page."""
    *options, page = arguments
    assert isinstance(page, Path)
    done = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,2000"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}"),
            *map(str, options),
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def requested(net: Path) -> set[str]:
    """What the page asked the network for, by Chromium's log; its own errands at its maker's aside."""
    events = json.loads(net.read_text())["events"]
    urls = {str(each.get("params", {}).get("url", "")) for each in events}
    found = {urlsplit(url) for url in urls if url.startswith(("http:", "https:", "ws:", "wss:"))}
    own = (".google.com", ".googleapis.com", ".gvt1.com")
    return {each.geturl() for each in found if not str(each.hostname).endswith(own)}


# -- weights ----------------------------------------------------------------------------------------


def weights(network: Network, *arguments: object) -> Ended:
    config = ("--config", network.config / "ortoo.yaml")
    span = (*SPAN, "--from", "2026-12-01", "--least", "1")
    return here("report", "weights", *config, *span, *arguments, env=network.env)


def test_weights_are_shown_as_a_difference_and_nothing_is_written(network: Network) -> None:
    table = network.config / "tables" / "answered_in_time.csv"
    before = table.read_text()
    ended = weights(network, "--table", table)
    assert ended.code == 0, ended.err
    assert "100 × (met + 20 × network share) ÷ (ended + 20)" in ended.out
    assert "2 of 4" in ended.out
    assert any(line.startswith("+") and ",2026-12-01,," in line for line in ended.out.splitlines())
    assert table.read_text() == before


def test_a_table_is_replaced_only_when_somebody_says_so(network: Network, tmp_path: Path) -> None:
    table = tmp_path / "answered.csv"
    shutil.copyfile(network.config / "tables" / "answered_in_time.csv", table)
    before = table.read_text()
    assert weights(network, "--out", table).code == 1
    assert table.read_text() == before
    assert weights(network, "--out", table, "--yes").code == 0
    assert ",2026-12-01,," in table.read_text()
    again = weights(network, "--out", table)
    assert again.code == 0
    assert "the table stays as it is" in again.out
