"""Claims about the table of shifts beside the directory file."""

import os
from pathlib import Path

import pytest

from ortoo_daemon.daemon.loading.checking import checkup, parse_anew
from ortoo_daemon.daemon.loading.policy_files import find_files, read_directory_mapping
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.errors import ConfigError
from tests.policy.files import ROOT

POLICY = """\
policy: leads
object: Lead
take_from: 2026-11-23T00:00:00+01:00
ownership: {otherwise: {queue: Unrouted_Leads}}
"""
TABLE = "person,days,hours\nann@example.com,2026-11-23 .. 2026-11-27,06:00-14:00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "tables").mkdir()
    (tmp_path / "policies" / "leads.yaml").write_text(POLICY)
    (tmp_path / "directory.yaml").write_text("absences: {shifts: tables/shifts.csv}\n")
    (tmp_path / "tables" / "shifts.csv").write_text(TABLE)
    return tmp_path


def shifts(folder: Path):
    return read_directory_mapping(folder / "directory.yaml").absences.shifts


def looked_through(folder: Path) -> list[str]:
    """What is told of the files as the daemon reads them after an edit."""
    settings = load_settings(ROOT / "config" / "ortoo.yaml").model_copy(update={"policy_order": ()})
    found = find_files(folder / "policies", folder / "directory.yaml")
    checked = checkup(parse_anew(settings, found), None)
    return [str(problem).replace(f"{folder}{os.sep}", "") for problem in checked.problems]


def test_a_table_is_read_beside_the_directory_file(folder):
    (row,) = shifts(folder)
    assert (row.person, len(row.days), row.hours) == ("ann@example.com", 5, ((360, 840),))


def test_a_table_that_is_not_there_is_told_where_it_is_named(folder):
    (folder / "tables" / "shifts.csv").unlink()
    with pytest.raises(ConfigError, match=r"directory\.yaml:1:12: there is no file 'tables/shifts"):
        shifts(folder)


def test_what_is_wrong_in_a_table_is_told_with_its_line_by_every_way_of_reading(folder):
    (folder / "tables" / "shifts.csv").write_text(TABLE + "bob@example.com,2026-11-23,all day\n")
    with pytest.raises(ConfigError, match=r"tables/shifts\.csv:3:1: hours: 'all' is no time"):
        shifts(folder)
    assert any(told.startswith("tables/shifts.csv:3:1: hours") for told in looked_through(folder))


def test_an_edit_of_the_table_is_an_edit_of_the_files(folder):
    before = find_files(folder / "policies", folder / "directory.yaml")
    (folder / "tables" / "shifts.csv").write_text(TABLE.replace("14:00", "15:00"))
    assert find_files(folder / "policies", folder / "directory.yaml").digest != before.digest


def test_the_table_of_shifts_is_a_file_in_use_and_another_is_not(folder):
    (folder / "tables" / "old.csv").write_text(TABLE)
    unused = [told for told in looked_through(folder) if "[unused_file]" in told]
    assert [told.split(":")[0] for told in unused] == ["tables/old.csv"]
