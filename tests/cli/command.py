"""`ortoo-daemon` as a person runs it: a process, its exit code and what it printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

from tests.processes import ROOT, DaemonProcess, SandboxProcess

CONFIG = ROOT / "config"


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def ortoo(*arguments: object, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Ended:
    """Run the command line to its end, on a screen so wide that no message is broken by a long path."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ORTOO_")}
    done = subprocess.run(
        [sys.executable, "-m", "ortoo_daemon", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env={**clean, "COLUMNS": "300", **(env or {})},
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def shipped_daemon(env: Mapping[str, str], folder: Path) -> DaemonProcess:
    """A daemon on the shipped settings, with its log in a folder of its own; not started yet."""
    process = DaemonProcess(CONFIG / "ortoo.yaml", environment=env)
    process.log = folder / "daemon.log"
    return process


def pointing_at(sandbox: SandboxProcess, state: Path) -> dict[str, str]:
    """The environment that turns the shipped settings (another login flow) to a sandbox org."""
    return {
        "ORTOO_ORG__LOGIN_URL": sandbox.url,
        "ORTOO_ORG__AUTH__FLOW": "client_credentials",
        "ORTOO_ORG__AUTH__CLIENT_ID": sandbox.about["client_id"],
        "ORTOO_ORG__AUTH__CLIENT_SECRET": sandbox.about["client_secret"],
        "ORTOO_STATE": f"sqlite:///{state}",
    }


def copied_config(folder: Path, *, policies: Mapping[str, str] | None = None) -> Path:
    """The shipped configuration in a folder of its own, with these policies instead of the shipped ones."""
    for name in ("ortoo.yaml", "directory.yaml", "taxonomy.yaml", "org.json", "org_directory.json"):
        copyfile(CONFIG / name, folder / name)
    copytree(CONFIG / "templates", folder / "templates")
    if policies is None:
        copytree(CONFIG / "tables", folder / "tables")
        copytree(CONFIG / "policies", folder / "policies")
        return folder
    (folder / "policies").mkdir()
    for name, text in policies.items():
        (folder / "policies" / name).write_text(text, encoding="utf-8")
    settings = (folder / "ortoo.yaml").read_text()
    of_shipped = re.compile(r"^(policy_order|handoff):.*\n(?: .*\n)*", re.M)
    (folder / "ortoo.yaml").write_text(of_shipped.sub("", settings))
    return folder
