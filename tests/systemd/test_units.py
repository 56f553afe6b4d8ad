"""The shipped units are accepted by systemd and leave little exposed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "systemd").glob("*.service"))
SYSTEMD = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed")
MOST_EXPOSED = 1.5


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(SYSTEMD), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def as_installed(unit: Path, folder: Path) -> Path:
    """A copy whose program exists on this machine; verify looks for it."""
    name = unit.name.replace("@.", "@acme.")
    copy = folder / name
    copy.write_text(unit.read_text().replace("/opt/ortoo/bin/ortoo-daemon", sys.executable))
    return copy


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_to_say_about_the_unit(unit, tmp_path):
    found = analyze("verify", str(as_installed(unit, tmp_path)))
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_service_is_hardly_exposed(unit, tmp_path):
    found = analyze("security", "--offline=true", str(as_installed(unit, tmp_path)))
    level = re.search(r"exposure level for .*: ([0-9.]+)", found.stdout)
    assert level is not None, found.stderr
    assert float(level[1]) <= MOST_EXPOSED


def test_one_unit_serves_one_org_and_a_template_serves_several():
    assert [unit.name for unit in UNITS] == ["ortoo-daemon.service", "ortoo-daemon@.service"]


def test_the_template_differs_from_the_single_unit_only_by_the_instance():
    single, template = (unit.read_text().splitlines()[1:] for unit in UNITS)
    without_instance = [line.replace("/%i", "").replace(", %i", "") for line in template]
    assert without_instance == single
