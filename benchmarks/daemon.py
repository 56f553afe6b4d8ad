"""How is the daemon started against the sandbox? With the shipped policies, and a state of its own."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.org import Org
from benchmarks.processes import Process, running

CLIENT = "ortoo"
"""How the daemon names itself in Sforce-Call-Options."""

_SHIPPED = Path(__file__).parents[1] / "config"

_SETTINGS = """\
org:
  login_url: {url}
  auth: {{flow: client_credentials, client_id: {client_id}, client_secret_file: secret}}
state: sqlite:///{folder}/state.db
policies: config/policies
policy_order: [retail-leads, dealer-cases]
directory: config/directory.yaml
templates: config/templates
sweeps: {{{sweeps}}}
watch: {{listen: "127.0.0.1:0"}}
"""
_SELDOM = {
    "workload_every": "1h",
    "directory_every": "1h",
    "reconcile_every": "1h",
}
"""Sweeps ask once at the start and then stay away where they are not what is measured."""


@contextlib.contextmanager
def daemon(org: Org, folder: Path, *, sweeps: Mapping[str, str] | None = None) -> Iterator[Process]:
    """The daemon, ready and subscribed; stopped at the end of the block.

    A second one in the same folder goes on where the first one ended. ``sweeps`` are settings.
    """
    with starting_daemon(org, folder, sweeps=sweeps) as process:
        process.until_logged("service.ready", within=300)
        process.until_quiet(2.0, within=300)  # what it asks once at its start is done
        yield process


@contextlib.contextmanager
def starting_daemon(
    org: Org, folder: Path, *, sweeps: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """The same, from the moment its process was made."""
    settings = write_settings(org, folder, sweeps or {})
    arguments = ["ortoo_daemon.daemon", "--config", str(settings)]
    with running(arguments, log=folder / "daemon.log") as process:
        yield process


def write_settings(org: Org, folder: Path, sweeps: Mapping[str, str]) -> Path:
    """A folder with all that the daemon reads; its settings file.

    The policies' tests stay behind: they name sites of the shipped network, and networks here vary.
    """
    but_tests = shutil.ignore_patterns("*_test.yaml")
    shutil.copytree(_SHIPPED, folder / "config", ignore=but_tests, dirs_exist_ok=True)
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(org.about["client_secret"])
    settings = folder / "ortoo.yaml"
    settings.write_text(
        _SETTINGS.format(
            url=org.url,
            client_id=org.about["client_id"],
            folder=folder,
            sweeps=", ".join(f"{name}: {every}" for name, every in {**_SELDOM, **sweeps}.items()),
        )
    )
    return settings


def address_of(process: Process) -> str:
    """Where a daemon that is ready says how it stands."""
    found = next(line for line in process.lines() if line["event"] == "watch.listening")
    return str(found["address"])


def status(address: str) -> dict[str, Any]:
    """What the daemon says of itself."""
    answer = requests.get(f"http://{address}/status", timeout=60)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def sweep_lasted(process: Process, sweep: str) -> float:
    """Seconds that a sweep's last run took, by the daemon's own figures."""
    answer = requests.get(f"http://{address_of(process)}/metrics", timeout=60)
    answer.raise_for_status()
    return next(
        sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "ortoo_sweep_duration_seconds" and sample.labels["sweep"] == sweep
    )
