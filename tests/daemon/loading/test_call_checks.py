"""Claims about what is told of calls before anybody is called: policies against the file of services."""

from pathlib import Path

import pytest
import yaml

from ortoo_daemon.daemon.loading.call_checks import call_checks, services_beside
from ortoo_daemon.daemon.loading.checking import check, parse
from ortoo_daemon.daemon.loading.config_files import config_files
from ortoo_daemon.daemon.loading.saved_org import load_saved_org
from ortoo_daemon.errors import ConfigError, Level
from ortoo_daemon.policy.callouts.catalogue import Services
from ortoo_daemon.policy.callouts.reading import load_services
from ortoo_daemon.policy.load import load
from tests.processes import ROOT

SERVICES = b"""\
services:
  stock:
    url: https://a.example/{{ model }}
    query: {market: "{{ country }}"}
    answer:
      site: {path: site.code, type: text}
      cars: {path: count, type: number}
      open: {path: open, type: checkbox}
      sites: sites
"""
ORG = load_saved_org(ROOT / "config" / "org.json").description


def told(*steps: object) -> list[str]:
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2026-11-01T00:00:00Z",
        "enrichment": [{"call": step} for step in steps],
        "ownership": {"otherwise": {"queue": "Desk"}},
    }
    policies = load({"policies/leads.yaml": yaml.safe_dump(document).encode()})
    found = call_checks(policies, load_services("services.yaml", SERVICES), ORG)
    return [f"{each.rule}: {each.message} ({each.mend})" for each in found]


def asking(service: str = "stock", send: object = None, **fills: str) -> dict[str, object]:
    return {
        "service": service,
        "send": {"model": "Model__c"} if send is None else send,
        "set": fills or {"In_Stock_At__c": "site"},
    }


def test_what_fits_is_not_told_of():
    whole = {"model": "Model__c", "country": "Country"}
    fills = {"In_Stock_At__c": "sites[0].code", "FleetSize__c": "cars", "IsConverted": "open"}
    assert told(asking(send=whole, **fills)) == []
    assert told(asking(Description="cars")) == []  # text takes a number


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            asking("stok"),
            "unknown_service: services.yaml has no service 'stok' (did you mean stock?)",
        ),
        (
            asking(send={}),
            "unknown_sent: the URL of the service stock needs 'model' (add it to 'send': {model: Field})",
        ),
        (
            asking(send={"model": "Model__c", "contry": "Country"}),
            "unknown_sent: the service stock has no place for 'contry' (did you mean country?)",
        ),
        (
            asking(In_Stock_At__c="sight"),
            "unknown_answer: the answer of stock has no 'sight' (did you mean site?)",
        ),
        (
            asking(FleetSize__c="site"),
            "answer_type: FleetSize__c is of type double, 'site' of stock a text"
            " (name another field, or another type in the service's 'answer')",
        ),
        (
            asking(IsConverted="cars"),
            "answer_type: IsConverted is of type boolean, 'cars' of stock a number"
            " (name another field, or another type in the service's 'answer')",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_mend(step, expected):
    assert told(step) == [expected]


def test_fields_that_a_call_reads_and_writes_must_be_there(tmp_path):
    for name in ("directory.yaml", "org.json", "org_directory.json", "taxonomy.yaml"):
        (tmp_path / name).write_bytes((ROOT / "config" / name).read_bytes())
    (tmp_path / "services.yaml").write_bytes(SERVICES)
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2026-11-01T00:00:00Z",
        "enrichment": [
            {
                "call": asking(send={"model": "Modell__c"}, In_Stok_At__c="site")
                | {"else": {"Ratng": "Cold"}, "when": {"Brnd__c": "Audi"}}
            }
        ],
        "ownership": {"otherwise": {"queue": "Unrouted_Leads"}},
    }
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "leads.yaml").write_text(yaml.safe_dump(document))
    files = config_files(tmp_path / "policies", ROOT / "config" / "ortoo.yaml")
    found = {each.message for each in check(files, parse(files)).problems}
    for name in ("Modell__c", "In_Stok_At__c", "Ratng", "Brnd__c"):
        assert f"Lead has no field {name!r}" in found


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder


def test_the_file_is_asked_for_only_where_somebody_is_called(tmp_path):
    assert services_beside(Folder(tmp_path), []) is None  # type: ignore[arg-type]
    (tmp_path / "services.yaml").write_text("services: {a: {url: nowhere}}")
    with pytest.raises(ConfigError):
        services_beside(Folder(tmp_path), [])  # type: ignore[arg-type]


def test_without_the_file_a_call_is_a_hint_as_nobody_is_asked():
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2026-11-01T00:00:00Z",
        "enrichment": [{"call": asking()}],
        "ownership": {"otherwise": {"queue": "Desk"}},
    }
    policies = load({"policies/leads.yaml": yaml.safe_dump(document).encode()})
    (found,) = call_checks(policies, Services(), ORG)
    assert (found.rule, found.level) == ("unknown_service", Level.HINT)
