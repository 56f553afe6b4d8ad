"""The shipped units are accepted by systemd and leave little exposed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
UNITS = sorted([*SERVICES, *FOLDER.glob("*.timer")])
SYSTEMD = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed")
MOST_EXPOSED = 1.5


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(SYSTEMD), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def as_installed(unit: Path, folder: Path) -> Path:
    """A copy of all units whose programs exist on this machine, as verify looks for them."""
    for each in UNITS:
        copy = folder / each.name.replace("@.", "@acme.")
        copy.write_text(re.sub(r"/opt/ortoo/bin/[\w-]+", sys.executable, each.read_text()))
    return folder / unit.name.replace("@.", "@acme.")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_to_say_about_the_unit(unit, tmp_path):
    found = analyze("verify", str(as_installed(unit, tmp_path)))
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_service_is_hardly_exposed(unit, tmp_path):
    found = analyze("security", "--offline=true", str(as_installed(unit, tmp_path)))
    level = re.search(r"exposure level for .*: ([0-9.]+)", found.stdout)
    assert level is not None, found.stderr
    assert float(level[1]) <= MOST_EXPOSED


def test_daemon_and_pull_have_a_unit_for_one_org_and_a_template_for_several():
    assert [unit.name for unit in UNITS] == [
        f"{name}{template}.{kind}"
        for name, kinds in (("ortoo-daemon", ["service"]), ("ortoo-policies-pull", ["service", "timer"]))
        for template, kind in ((t, k) for t in ("", "@") for k in kinds)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "single", [unit for unit in UNITS if "@" not in unit.name], ids=lambda unit: unit.name
)
def test_the_template_differs_from_the_single_unit_only_by_the_instance(single):
    template = single.with_name(single.name.replace(".", "@."))
    single_lines, lines = (unit.read_text().splitlines()[1:] for unit in (single, template))
    without = [re.sub(r"/%i|, %i| \(%i\)", "", line) for line in lines]
    assert without == single_lines


def test_files_that_only_an_admin_can_mend_do_not_make_the_unit_start_again_and_again():
    for unit in SERVICES:
        if unit.name.startswith("ortoo-daemon"):
            assert "RestartPreventExitStatus=78" in unit.read_text().splitlines()
