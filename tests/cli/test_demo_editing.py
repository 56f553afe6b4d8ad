"""The demo's admin edits a copy of the policies, wrongly and then rightly."""

from pathlib import Path

import pytest

from ortoo_daemon.cli.launch_day.editing import Editing, Stage, copy_policies
from ortoo_daemon.daemon.loading.policy_files import read_policy_files
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.load import load

_CONFIG = Path(__file__).parents[2] / "config" / "ortoo.yaml"


@pytest.fixture
def editing(tmp_path: Path) -> Editing:
    return Editing(folder=copy_policies(_CONFIG, tmp_path / "config"))


def test_a_copy_is_the_same_revision_as_the_files_it_was_made_of(editing: Editing) -> None:
    assert editing.before == load(read_policy_files(_CONFIG.parent / "policies")).revision


def test_the_slip_is_a_problem_with_its_place(editing: Editing) -> None:
    editing.slip(1.0)
    assert editing.stage is Stage.WRONG
    with pytest.raises(ConfigError) as caught:
        load(read_policy_files(editing.folder))
    places = {str(each).partition(": ")[0] for each in caught.value.problems}
    lines = (editing.folder / "leads.yaml").read_text().splitlines()
    wrong = lines.index("onwership:") + 1
    assert f"{editing.folder / 'leads.yaml'}:{wrong}:1" in places


def test_the_mended_policies_are_right_and_another_revision(editing: Editing) -> None:
    editing.slip(1.0)
    editing.mend(2.0)
    assert (editing.stage, editing.wrong_at, editing.mended_at) == (Stage.MENDED, 1.0, 2.0)
    assert editing.after == load(read_policy_files(editing.folder)).revision != editing.before


def test_policies_elsewhere_are_copied_with_the_tables_beside_them(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "routing").mkdir(parents=True)
    (mine / "tables").mkdir()
    (mine / "routing" / "a.yaml").write_text("policy: a")
    (mine / "tables" / "t.csv").write_text("x")
    (mine / "ortoo.yaml").write_text("policies: routing/\n")
    copy = copy_policies(mine / "ortoo.yaml", tmp_path / "copy")
    assert (copy / "a.yaml").read_text() == "policy: a"
    assert (copy.parent / "tables" / "t.csv").read_text() == "x"
