from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ortoo_daemon.person import Person
from ortoo_daemon.simulation.snapshot import directory_from_json
from tests.cli.command import CONFIG, copied_config, ortoo

THREE_MISTAKES = """\
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00+01:00
zone: Europe/Paris
enter: {Status: New}
ownership:
  rules:
    - name: fleet
      when: {FleetSizes__c: {at_least: 10}}
      assign: {queue: Fleet_Desk}
    - name: many
      when: {NumberOfEmployees: {at_least: 10, below: 5}}
      assign: {queue: EV_Desk}
  otherwise: {queue: Unrouted_Leeds}
"""

GOOD = """\
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00+01:00
zone: Europe/Paris
enter: {Status: New}
ownership:
  rules:
    - name: fleet
      when: {FleetSize__c: {at_least: 10}}
      assign: {queue: Fleet_Desk}
    - name: ev
      when: {Fuel__c: EV}
      assign: {queue: EV_Desk}
  otherwise: {queue: Unrouted_Leads}
"""

ONE_WRONG_CASE = """\
policy: leads
now: 2026-11-23T10:15:00+01:00
defaults: {Status: New}
cases:
  - name: forty cars are a fleet
    given: {FleetSize__c: 40}
    expect: {queue: EV_Desk}
"""


def places(problems: list[Mapping[str, Any]]) -> list[tuple[str, int, int, str]]:
    return [(Path(p["file"]).name, p["line"], p["column"], p["rule"]) for p in problems]


def test_the_shipped_configuration_has_no_problem_and_passes_its_tests() -> None:
    ended = ortoo("check", "config/", "--json")
    found = ended.json()
    assert (ended.code, found["problems"]) == (0, [])
    assert found["checked_against"] == "config/org.json"
    assert found["tests"]["cases"] >= 30
    assert found["tests"]["failed"] == []


def test_policies_that_read_e_mails_need_their_taxonomy(tmp_path: Path) -> None:
    config = copied_config(tmp_path)
    (config / "taxonomy.yaml").unlink()
    found = ortoo("check", config)
    assert found.code == 1
    assert "taxonomy.yaml" in found.out
    assert "policies read e-mails" in found.out


def test_three_mistakes_are_three_problems_each_where_it_stands(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": THREE_MISTAKES})
    ended = ortoo("check", folder, "--json")
    assert ended.code == 1
    assert places(ended.json()["problems"]) == [
        ("leads.yaml", 9, 30, "unknown_field"),
        ("leads.yaml", 11, 7, "never_matches"),
        ("leads.yaml", 14, 22, "unknown_queue"),
    ]
    text = ortoo("check", folder)
    lines = [line for line in text.out.splitlines() if "leads.yaml" in line]
    assert text.code == 1
    assert len(lines) == 3
    assert f"{folder}/policies/leads.yaml:9:30: error: " in lines[0]
    assert "did you mean FleetSize__c?" in lines[0]


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": THREE_MISTAKES})
    with (folder / "ortoo.yaml").open("a") as settings:
        settings.write("policy_order: [leads, cases]\nsurprise: 1\n")
    directory = (folder / "directory.yaml").read_text()
    (folder / "directory.yaml").write_text(directory.replace("Brands__c ", "Brandz__c "))
    found = places(ortoo("check", folder, "--json").json()["problems"])
    assert {file for file, *_ in found} == {"ortoo.yaml", "directory.yaml", "leads.yaml"}


def test_a_name_missing_from_the_order_of_policies_is_told_at_its_place(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": GOOD})
    with (folder / "ortoo.yaml").open("a") as settings:
        settings.write("policy_order: [leads, nothing]\n")
    (problem,) = ortoo("check", folder, "--json").json()["problems"]
    last = len((folder / "ortoo.yaml").read_text().splitlines())
    assert places([problem]) == [("ortoo.yaml", last, 23, "unknown_name")]


def test_a_failing_case_is_a_problem_and_rules_without_case_are_named(tmp_path: Path) -> None:
    files = {"leads.yaml": GOOD, "leads_test.yaml": ONE_WRONG_CASE}
    folder = copied_config(tmp_path, policies=files)
    ended = ortoo("check", folder, "--json")
    found = ended.json()
    assert ended.code == 1
    assert places(found["problems"]) == [
        ("leads.yaml", 11, 7, "untested_rule"),
        ("leads_test.yaml", 5, 5, "policy-test"),
    ]
    assert [each["case"] for each in found["tests"]["failed"]] == ["forty cars are a fleet"]
    assert [each["rule"] for each in found["tests"]["unreached"]] == ["ev"]
    (failed,) = found["tests"]["failed"]
    assert failed["missed"][0] in json.dumps(failed["trace"])
    assert (failed["given"]["FleetSize__c"], bool(failed["got"])) == (40, True)


def test_a_folder_of_policies_alone_is_checked_with_what_stands_around_it(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": THREE_MISTAKES})
    ended = ortoo("check", folder / "policies", "--json")
    assert len(ended.json()["problems"]) == 3
    assert ended.json()["checked_against"] == f"{folder}/org.json"


def test_a_directory_file_among_policies_is_read_as_that_and_the_other_files_are_passed_over(
    tmp_path: Path,
) -> None:
    """No ortoo.yaml anywhere: the folder has to stand for itself."""
    folder = copied_config(tmp_path, policies={"leads.yaml": GOOD})
    alone = tmp_path / "alone"
    (folder / "policies").rename(alone)
    for name in ("directory.yaml", "models.yaml", "services.yaml", "taxonomy.yaml", "org.json"):
        shutil.copy(CONFIG / name, alone)
    shutil.copy(CONFIG / "org_directory.json", alone)
    shutil.copy(CONFIG / "tables" / "fleet_interest.yaml", alone / "interest.yaml")
    (alone / "kept.yaml").write_text("org: {login_url: https://example.test}\n", encoding="utf-8")
    ended = ortoo("check", alone, "--json")
    told = {(Path(p["file"]).name, p["rule"], p["level"]) for p in ended.json()["problems"]}
    assert {each for each in told if each[1] == "not_a_policy"} == {
        (f"{name}.yaml", "not_a_policy", "hint")
        for name in ("models", "services", "taxonomy", "interest", "kept")
    }
    assert not any(name == "directory.yaml" for name, _, _ in told)
    assert ended.code == 0
    directory = alone / "directory.yaml"
    wrong = directory.read_text(encoding="utf-8").replace(
        "code: Dealer_Code__c", "code: Nowhere__c"
    )
    directory.write_text(wrong, encoding="utf-8")
    found = ortoo("check", alone, "--json").json()["problems"]
    assert any(p["rule"] == "unknown_field" and "Nowhere__c" in p["message"] for p in found), found


def test_github_sees_problems_at_their_lines(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": THREE_MISTAKES})
    first = ortoo("check", folder, "--format", "github").out.splitlines()[0]
    place = f"file={folder}/policies/leads.yaml,line=9,col=30"
    assert first.startswith(f"::error {place},title=unknown_field::")


def test_what_github_would_take_for_a_command_is_escaped(tmp_path: Path) -> None:
    policy = THREE_MISTAKES.replace("FleetSizes__c", '"50%,a:b"')
    (tmp_path / "a,b").mkdir()
    folder = copied_config(tmp_path / "a,b", policies={"leads.yaml": policy})
    line = ortoo("check", folder, "--format", "github").out.splitlines()[0]
    assert line.startswith(f"::error file={tmp_path}/a%2Cb/policies/leads.yaml,line=9,col=")
    assert "50%25,a:b" in line


def test_json_and_another_format_are_two_things_to_ask_for() -> None:
    assert ortoo("check", "--json", "--format", "github").code == 2
    assert ortoo("check", "--json", "--format", "json", "--rules").code == 0


def test_a_comment_with_a_reason_lets_a_hint_stand(tmp_path: Path) -> None:
    allowed = "# check: allow untested_rule because tests come with the next release\n" + GOOD
    folder = copied_config(tmp_path, policies={"leads.yaml": allowed})
    assert ortoo("check", folder, "--json").json()["problems"] == []
    without = allowed.replace(" because tests come with the next release", "")
    (folder / "policies" / "leads.yaml").write_text(without)
    ended = ortoo("check", folder, "--json")
    assert ended.code == 1
    assert places(ended.json()["problems"])[0] == ("leads.yaml", 1, 1, "allowance")


def test_the_rules_are_listed_and_one_is_told_at_length() -> None:
    table = ortoo("check", "--rules").out
    assert "\nnever_matches\t" in table
    whole = ortoo("check", "--rules", "territory_gap").out
    assert "FAIL::" in whole
    assert "# check: allow territory_gap because REASON" in whole
    (one,) = ortoo("check", "--rules", "territory_gap", "--json").json()
    assert [sample["passes"] for sample in one["samples"]] == [True, False]
    assert "did you mean territory_gap?" in ortoo("check", "--rules", "territory_gaps").err


def test_records_that_no_rule_routes_are_listed_with_one_that_explain_takes(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": GOOD})
    text = ortoo("check", folder, "--coverage").out
    assert "FleetSize__c empty, below 10 · Fuel__c any but EV → Unrouted_Leads" in text
    ((proof,),) = [ortoo("check", folder, "--coverage", "--json").json()["coverage"]]
    (gap,) = proof["gaps"]
    assert (gap["goes_to"], gap["why"], proof["complete"]) == ("Unrouted_Leads", "no_rule", True)
    record = tmp_path / "record.json"
    record.write_text(json.dumps(gap["record"]))
    told = ortoo("explain", record, "--config", folder / "ortoo.yaml", "--json").json()
    assert (told["now"]["rule"], told["now"]["reason"]) == (None, "otherwise")


def test_places_where_nobody_is_there_in_the_coming_days_are_listed(tmp_path: Path) -> None:
    assign = "assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser, open_now: true}}"
    policy = GOOD.replace("assign: {queue: EV_Desk}", assign)
    folder = copied_config(tmp_path, policies={"leads.yaml": policy})
    found = ortoo("check", folder, "--roster", "--json").json()["roster"]
    assert len(found) > 50
    assert all(0 <= each["minutes_in_hours"] <= each["minutes"] <= 7 * 1440 for each in found)
    text = ortoo("check", folder, "--roster").out
    assert "roster of the coming 7 days" in text
    assert "no sales_adviser for" in text
    (folder / "org.json").unlink()
    assert ortoo("check", folder, "--roster").code == 2


def test_the_files_must_fit_each_other_and_the_org(tmp_path: Path) -> None:
    policy = GOOD.replace("object: Lead", "object: Contact").replace("enter: {Status: New}\n", "")
    policy = policy.replace("FleetSize__c: {at_least: 10}", "LastName: Roy")
    policy = policy.replace("Fuel__c: EV", "LastName: Rey")
    policy += "action:\n  sla:\n    - {clock: first, target: 1h, hours: Nine to five}\n"
    folder = copied_config(tmp_path, policies={"leads.yaml": policy})
    description = json.loads((folder / "org.json").read_text())
    description["objects"]["Contact"] = [{"name": "LastName", "type": "string"}]
    (folder / "org.json").write_text(json.dumps(description))
    directory = (folder / "directory.yaml").read_text()
    (folder / "directory.yaml").write_text(directory.replace("Region__c", "Regoin__c"))
    found = {rule for *_, rule in places(ortoo("check", folder, "--json").json()["problems"])}
    assert found >= {"unknown_workload", "unknown_field", "missing_stamps", "unknown_hours"}


def test_what_keys_of_customers_are_made_from_must_be_there(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": GOOD})
    directory = (folder / "directory.yaml").read_text()
    asked = directory.replace("phone: [MobilePhone, Phone]", "phone: [Handy, Phone]", 1)
    (folder / "directory.yaml").write_text(asked)
    problems = ortoo("check", folder, "--json").json()["problems"]
    (told,) = [each for each in problems if each["rule"] == "unknown_field"]
    assert told["message"] == "Lead has no field 'Handy'"
    line = asked.splitlines()[told["line"] - 1]
    assert line.strip() == "Lead:"


def test_names_that_nobody_has_are_found(tmp_path: Path) -> None:
    assign = (
        "assign:\n        rooftop: {brand: Brand__c, where: {EV_Certifyed: true}}\n"
        "        team: {role: sales_advisor, skills: {required: [eva]}}"
    )
    policy = GOOD.replace("assign: {queue: EV_Desk}", assign)
    policy += "action:\n  set: {Rating: $rooftop.Pone}\n"
    folder = copied_config(tmp_path, policies={"leads.yaml": policy})
    found = ortoo("check", folder, "--json").json()["problems"]
    told = {(each["rule"], each["level"], each["mend"]) for each in found}
    assert told == {
        (
            "unbound_name",
            "error",
            "did you mean EV_Certified? or add it to `rooftops` in the directory file",
        ),
        (
            "unbound_name",
            "error",
            "did you mean Phone? or add it to `rooftops` in the directory file",
        ),
        ("unknown_role", "hint", "did you mean sales_adviser?"),
        ("unknown_skill", "hint", "did you mean ev?"),
        ("unreachable_rooftop", "hint", "give it a territory row, or a rule that finds it"),
    }


def test_a_hint_stops_nothing(tmp_path: Path) -> None:
    policy = GOOD.replace(
        "assign: {queue: EV_Desk}", "assign: {team: {role: juggler}, else: {queue: EV_Desk}}"
    )
    folder = copied_config(tmp_path, policies={"leads.yaml": policy})
    ended = ortoo("check", folder)
    assert ended.code == 0
    assert "hint: nobody on the roster has the role 'juggler'" in ended.out
    assert "no problems, 2 hints" in ended.out


def test_the_same_files_are_the_same_revision_from_anywhere(tmp_path: Path) -> None:
    folder = copied_config(tmp_path, policies={"leads.yaml": GOOD})
    outside = ortoo("check", folder, "--json").json()["revision"]
    inside = ortoo("check", ".", "--json", cwd=folder).json()["revision"]
    assert inside == outside


def test_the_org_itself_is_asked_and_saved_for_later(env: dict[str, str], tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    ended = ortoo("check", "--org", "--save-org", saved, "--json", env=env)
    assert (ended.code, ended.json()["checked_against"]) == (0, "the org")
    folder = copied_config(tmp_path)
    saved.replace(folder / "org.json")
    (tmp_path / "saved_directory.json").replace(folder / "org_directory.json")
    again = ortoo("check", folder, "--json").json()
    assert (again["passed"], again["tests"]["failed"]) == (True, [])


def test_the_org_in_the_repository_is_what_the_seeded_org_says(
    env: dict[str, str], tmp_path: Path
) -> None:
    ortoo("check", "--org", "--save-org", tmp_path / "now.json", env=env)
    assert (tmp_path / "now.json").read_text() == (CONFIG / "org.json").read_text()
    now, saved = (
        directory_from_json((folder / name).read_text())
        for folder, name in ((tmp_path, "now_directory.json"), (CONFIG, "org_directory.json"))
    )
    assert now.rooftops == saved.rooftops
    assert now.queues == saved.queues
    assert now.hours == saved.hours
    assert [lasting(each) for each in now.people.values()] == [
        lasting(each) for each in saved.people.values()
    ]


def lasting(person: Person) -> Person:
    """Without what the seed counts from today."""
    fields = {name: v for name, v in person.fields.items() if name != "Ortoo_Away_Until__c"}
    return replace(person, away_until=None, fields=fields)


def test_the_schema_is_json_for_editors() -> None:
    assert ortoo("check", "--schema").json()["title"] == "ortoo-daemon policy"


def test_saving_the_org_without_asking_it_is_wrong_use(tmp_path: Path) -> None:
    assert ortoo("check", "--save-org", tmp_path / "org.json").code == 2


def test_nothing_is_looked_up_where_no_org_is_known(tmp_path: Path) -> None:
    (tmp_path / "leads.yaml").write_text(GOOD.replace("FleetSize__c", "Anything__c"))
    ended = ortoo("check", tmp_path, "--config", tmp_path / "none.yaml", "--json", cwd=tmp_path)
    assert (ended.code, ended.json()["checked_against"]) == (0, None)
