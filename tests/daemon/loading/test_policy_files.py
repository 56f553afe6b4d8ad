"""Which files make up the policies, and what keeps a daemon from starting on them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from ortoo_daemon.daemon.loading.policy_files import (
    find_files,
    load_policies,
    read_directory_mapping,
    read_policy_files,
)
from ortoo_daemon.daemon.org_settings import OrgSettings
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

POLICY = {
    "policy": "leads",
    "object": "Lead",
    "take_from": "2026-11-01T00:00:00Z",
    "ownership": {"rules": [], "otherwise": {"queue": "Desk"}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies" / "north").mkdir(parents=True)
    (tmp_path / "tables").mkdir()
    (tmp_path / "policies" / "leads.yaml").write_text(yaml.safe_dump(POLICY))
    return tmp_path


def settings(folder: Path) -> Settings:
    auth = {"flow": "client_credentials", "client_id": "c"}
    org = OrgSettings.model_validate({"login_url": "http://localhost", "auth": auth})
    return Settings(org=org, folder=folder)


def test_policies_of_all_folders_and_the_tables_beside_them_are_read(folder: Path) -> None:
    (folder / "policies" / "north" / "cases.yml").write_text("policy: cases\n")
    (folder / "policies" / "own.csv").write_text("a\n")
    (folder / "tables" / "brands.csv").write_text("b\n")
    (folder / "policies" / "notes.md").write_text("not a policy")
    names = {
        Path(name).relative_to(folder).as_posix() for name in read_policy_files(folder / "policies")
    }
    assert names == {
        "policies/leads.yaml",
        "policies/north/cases.yml",
        "policies/own.csv",
        "tables/brands.csv",
    }


def test_what_is_hidden_is_no_policy_so_a_mounted_config_map_is_read_once(tmp_path: Path) -> None:
    """A ConfigMap holds a hidden folder with the files, a link to it, and links to its files."""
    folder = tmp_path / "policies"
    (folder / "..2026_11_01").mkdir(parents=True)
    (folder / "..2026_11_01" / "leads.yaml").write_text(yaml.safe_dump(POLICY))
    (folder / "..data").symlink_to("..2026_11_01")
    (folder / "leads.yaml").symlink_to("..data/leads.yaml")
    (folder / ".leads.yaml").write_text("an editor's own")
    assert list(read_policy_files(folder)) == [(folder / "leads.yaml").as_posix()]


def test_files_are_the_same_by_content_wherever_their_links_lead(folder: Path) -> None:
    policies = folder / "policies"
    before = find_files(policies).digest
    os.utime(policies / "leads.yaml")
    assert find_files(policies).digest == before
    (policies / "leads.yaml").rename(folder / "elsewhere")
    assert find_files(policies).digest != before
    (policies / "leads.yaml").symlink_to(folder / "elsewhere")
    assert find_files(policies).digest == before
    (folder / "elsewhere").write_text("other")
    assert find_files(policies).digest != before


def test_a_folder_that_is_not_there_is_a_problem_to_tell_and_no_error(tmp_path: Path) -> None:
    found = find_files(tmp_path / "missing")
    assert [problem.place.file for problem in found.problems] == [str(tmp_path / "missing")]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder of policies") as refusal:
        read_policy_files(tmp_path / "missing")
    assert str(tmp_path / "missing") in str(refusal.value)


def test_a_policy_for_an_object_whose_open_work_nothing_tells_is_refused(folder: Path) -> None:
    """Found at the start, as it is no defect but a missing line."""
    mapping = DirectoryMapping(workload={"Case": {"IsClosed": False}})
    with pytest.raises(ConfigError, match=r"leads\.yaml:\d+:1: .*which Lead records are open work"):
        load_policies(settings(folder), mapping)
    assert load_policies(settings(folder), DirectoryMapping()).policies[0].name == "leads"


def test_a_directory_file_with_a_mistake_says_where(tmp_path: Path) -> None:
    file = tmp_path / "directory.yaml"
    file.write_text("rooftops:\n  from: Account\n  brandd: Brands__c\n")
    with pytest.raises(ConfigError, match=r"directory\.yaml:3:3: .*brandd"):
        read_directory_mapping(file)
