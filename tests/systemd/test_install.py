"""The service is installed, brought up to date and taken away again, below a folder of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = Path("etc/ortoo")
UNITS = {
    f"{name}{template}.{kind}"
    for name, kind in (
        ("ortoo-daemon", "service"),
        ("ortoo-policies-pull", "service"),
        ("ortoo-policies-pull", "timer"),
    )
    for template in ("", "@")
}

pytestmark = [
    pytest.mark.skipif(
        "CI" not in os.environ, reason="fetches every dependency anew: set CI to have it run"
    ),
    pytest.mark.timeout(900),
]


def make(target: str, folder: Path, **variables: str) -> str:
    """The target's words."""
    given = [f"{name}={value}" for name, value in {"DESTDIR": str(folder), **variables}.items()]
    without = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MAKEFLAGS")}
    done = subprocess.run(
        ["make", "--no-print-directory", target, *given],
        cwd=ROOT, env=without, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {p.as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def units(folder: Path) -> set[str]:
    return {path.name for path in (folder / "etc/systemd/system").iterdir()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("staged")
    return folder, make("install-service", folder)


def test_the_program_runs_and_names_no_folder_but_its_own(installed):
    folder, _ = installed
    python = folder / "opt/ortoo/bin/python"
    command = [str(python), "-P", "-m", "ortoo_daemon", "check", str(folder / SETTINGS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    script = (folder / "opt/ortoo/bin/ortoo-daemon").read_text()
    assert script.startswith("#!/opt/ortoo/bin/python")
    texts = [p for p in (folder / "opt/ortoo/bin").iterdir() if p.is_file() and not p.is_symlink()]
    assert [p.name for p in texts if str(folder).encode() in p.read_bytes()] == []


def test_units_and_what_they_start_are_there(installed):
    folder, _ = installed
    assert units(folder) == UNITS
    assert os.access(folder / "opt/ortoo/bin/ortoo-policies-pull", os.X_OK)
    assert (folder / "opt/ortoo/share/docs/operations.md").is_file()
    link = folder / "usr/local/bin/ortoo-daemon"
    assert os.readlink(link) == "/opt/ortoo/bin/ortoo-daemon"


def test_only_the_daemon_may_look_into_its_state_and_settings_name_no_key_file(installed):
    folder, _ = installed
    assert (folder / "var/lib/ortoo").stat().st_mode & 0o777 == 0o700
    assert "private_key_file" not in (folder / SETTINGS / "ortoo.yaml").read_text()


def test_what_comes_next_is_said_and_what_was_left_out(installed):
    _, said = installed
    assert "systemctl enable --now ortoo-daemon" in said
    assert "systemctl daemon-reload was left out" in said


def test_an_upgrade_leaves_what_an_admin_wrote_and_another_org_gets_settings_of_its_own(installed):
    folder, _ = installed
    policies = folder / SETTINGS / "policies"
    (policies / "leads.yaml").write_text("policy: mine\n")
    (policies / "cases.yaml").unlink()
    before = files(folder / SETTINGS)
    program = (folder / "opt/ortoo").stat().st_ino
    make("install-service", folder, ORG="acme")
    after = files(folder / SETTINGS)
    assert {name: after[name] for name in before} == before
    assert (folder / "opt/ortoo").stat().st_ino != program
    assert (folder / "opt/ortoo.previous").stat().st_ino == program
    assert b"/var/lib/ortoo/acme/state.db" in (folder / SETTINGS / "acme/ortoo.yaml").read_bytes()
    assert "policies/cases.yaml" not in {
        name.removeprefix(f"{folder / SETTINGS}/") for name in after
    }


def test_taken_away_it_leaves_settings_and_state_unless_they_shall_go_too(installed):
    folder, _ = installed
    (folder / "etc/systemd/system/another.service").touch()
    before = files(folder / SETTINGS)
    make("uninstall-service", folder)
    assert files(folder / SETTINGS) == before
    assert (folder / "var/lib/ortoo").is_dir()
    assert units(folder) == {"another.service"}
    assert list((folder / "opt").iterdir()) == []
    assert not (folder / "usr/local/bin/ortoo-daemon").is_symlink()
    make("uninstall-service", folder, PURGE="1")
    assert not (folder / SETTINGS).exists()
    assert not (folder / "var/lib/ortoo").exists()
    assert units(folder) == {"another.service"}
