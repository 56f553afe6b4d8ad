"""Verbs about the process: run, doctor, sandbox, and how trouble is shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests.cli.command import copied_config, ortoo
from tests.processes import ROOT, SandboxProcess, wait_until


def test_run_becomes_the_daemon_and_leaves_the_command_line_behind(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Run("ortoo_daemon", "run", "--shadow", env=env, log=tmp_path / "log") as process:
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")
        assert arguments[1:3] == ["-m", "ortoo_daemon.daemon"]
        assert "--shadow" in arguments
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_daemon_imports_nothing_of_the_command_line(
    env: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = ("-X", "importtime", "ortoo_daemon.daemon", "--shadow")
    with Run(*command, env=env, log=log) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    lines = log.read_text().splitlines()
    imported = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time")}
    assert "ortoo_daemon.daemon.service" in imported
    absent = ("typer", "rich", "click", "ortoo_daemon.cli", "ortoo_daemon.sandbox")
    found = {name for name in imported if name.startswith(absent) and name != "rich"}
    assert found == set()


class Run:
    """A daemon that was started in some way, ready for work; killed at the end if it still runs."""

    def __init__(self, *command: str, env: dict[str, str], log: Path) -> None:
        self._command = command
        self._env = {**os.environ, **env}
        self._log = log

    def __enter__(self) -> subprocess.Popen[bytes]:
        *options, module = self._command[: _module_at(self._command) + 1]
        rest = self._command[_module_at(self._command) + 1 :]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, *options, "-m", module, *rest], cwd=ROOT, env=self._env, stderr=log
            )
        wait_until(lambda: "service.ready" in self._log.read_text(), 30, "the daemon")
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)


def _module_at(command: tuple[str, ...]) -> int:
    return next(at for at, word in enumerate(command) if word.startswith("ortoo_daemon"))


ADMIN = "admin@ortoo.example"


def findings(ended: Any) -> dict[str, dict[str, Any]]:
    return {each["check"]: each for each in ended.json()}


def test_doctor_passes_on_an_org_that_has_everything(env: dict[str, str]) -> None:
    ended = ortoo("doctor", "--json", env=env)
    found = findings(ended)
    assert [each for each in found.values() if not each["passed"]] == []
    assert ended.code == 0
    assert found.keys() >= {
        "settings",
        "policies",
        "state",
        "assignment rules",
        "login",
        "API budget",
        "event budget",
        "publishing budget",
        "clock",
        "Lead",
        "Case",
        "Ortoo_Decision__c",
        "Ortoo_Policy__c",
        "directory",
        "queues",
        "events",
    }


def test_doctor_tells_each_failure_with_its_fix(env: dict[str, str], tmp_path: Path) -> None:
    policy = """\
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00+01:00
zone: Europe/Paris
enter: {Statsu: New}
ownership:
  rules: [{name: all, assign: {queue: Nobodys_Desk}}]
  otherwise: {queue: Unrouted_Leads}
"""
    folder = copied_config(tmp_path, policies={"leads.yaml": policy})
    channel = {"ORTOO_EVENTS__CHANNELS": '["/data/Nothing__chn"]'}
    state = {"ORTOO_STATE": f"sqlite:///{tmp_path}/not/there/state.db"}
    config = folder / "ortoo.yaml"
    ended = ortoo("doctor", "--config", config, "--json", env={**env, **channel, **state})
    failed = {name for name, each in findings(ended).items() if not each["passed"]}
    assert ended.code == 1
    assert failed == {"state", "Lead", "queues", "events"}
    assert all(findings(ended)[name]["mend"] for name in failed)
    assert "Statsu" in findings(ended)["Lead"]["text"]
    assert "Nobodys_Desk" in findings(ended)["queues"]["text"]


def test_doctor_finds_a_queue_that_nobody_looks_into(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    (queue,) = sandbox.query("SELECT Id FROM Group WHERE DeveloperName = 'EV_Desk'")
    fields = "Id, GroupId, UserOrGroupId"
    members = sandbox.query(f"SELECT {fields} FROM GroupMember WHERE GroupId = '{queue['Id']}'")
    memberships = [{name: row[name] for name in ("GroupId", "UserOrGroupId")} for row in members]
    sandbox.control("POST", "/act", {"user": ADMIN, "delete": [row["Id"] for row in members]})
    try:
        found = findings(ortoo("doctor", "--json", env=env))["queues"]
    finally:
        again = [{"attributes": {"type": "GroupMember"}, **row} for row in memberships]
        sandbox.control("POST", "/act", {"user": ADMIN, "create": again})
    assert (found["passed"], found["text"]) == (False, "without members: EV_Desk")


def test_doctor_says_which_versions_of_the_api_the_org_speaks(env: dict[str, str]) -> None:
    """Such an org says of everything that it does not exist."""
    ended = ortoo("doctor", "--json", env={**env, "ORTOO_ORG__API_VERSION": "67.0"})
    (failed,) = (each for each in findings(ended).values() if not each["passed"])
    assert (ended.code, failed["check"]) == (1, "API version")
    assert failed["text"] == "the org does not speak 67.0, but 37.0 to 66.0"
    assert failed["mend"] == 'set org.api_version: "66.0" in the settings'


def test_doctor_says_why_there_is_no_login(env: dict[str, str]) -> None:
    wrong = {"ORTOO_ORG__AUTH__CLIENT_SECRET": "wrong"}
    ended = ortoo("doctor", env={**env, **wrong})
    assert ended.code == 1
    assert "FAIL  login" in ended.out
    assert "client_id and client_secret" in ended.out


def test_trouble_is_shown_without_a_traceback(env: dict[str, str], tmp_path: Path) -> None:
    nowhere = {"ORTOO_ORG__LOGIN_URL": "http://localhost:9"}
    ended = ortoo("why", "00Q7Q0000000001", "--json", env={**env, **nowhere})
    assert (ended.code, ended.json()["error"]) == (1, "LoginError")
    broken = {"ORTOO_STATE": f"sqlite:///{tmp_path}/not/there.db"}
    ended = ortoo("requeue", "00Q7Q0000000001", env={**env, **broken})
    assert ended.code == 1
    assert "can't use this store" in ended.err
    missing = ortoo("run", "--config", tmp_path / "none.yaml")
    assert (missing.code, "none.yaml" in missing.err) == (78, True)
    assert "Traceback" not in ended.err + missing.err


def test_the_environment_may_choose_another_flow_than_the_file(env: dict[str, str]) -> None:
    # the shipped file asks for jwt_bearer with a user name and a key file
    assert findings(ortoo("doctor", "--json", env=env))["login"]["passed"]


def test_the_sandbox_says_how_to_point_the_daemon_at_it() -> None:
    command = [sys.executable, "-m", "ortoo_daemon", "sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            while "ortoo-daemon run" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            given = dict(
                line.split("export ")[1].split("=", 1)
                for line in said.splitlines()
                if "export " in line
            )
            assert requests.get(given["ORTOO_ORG__LOGIN_URL"] + "/sandbox/", timeout=10).status_code
            del given["ORTOO_STATE"]
            ended = ortoo("doctor", "--json", env=given)
            assert findings(ended)["login"]["passed"]
        finally:
            process.terminate()


def test_the_sandbox_prints_one_line_of_json_when_asked() -> None:
    command = [sys.executable, "-m", "ortoo_daemon", "sandbox", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["url"].startswith("http://localhost:")
        finally:
            process.terminate()


def test_version_and_help_say_what_there_is() -> None:
    assert ortoo("--version").out.startswith("ortoo-daemon ")
    said = ortoo("--help").out
    verbs = ("run", "check", "explain", "why", "doctor", "parked", "requeue", "sandbox")
    assert [verb for verb in verbs if verb not in said] == []
    assert ortoo("--nonsense").code == 2
