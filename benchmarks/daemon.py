"""How is the daemon started against the sandbox? With the shipped policies, and a state of its own."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

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
sweeps: {{workload_every: 1h, directory_every: 1h, reconcile_every: 1h}}
"""
"""Sweeps ask once at the start and then stay away: they are not what is measured."""


@contextlib.contextmanager
def daemon(org: Org, folder: Path) -> Iterator[Process]:
    """The daemon, ready and subscribed; stopped at the end of the block."""
    shutil.copytree(_SHIPPED, folder / "config", dirs_exist_ok=True)
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(org.about["client_secret"])
    settings = folder / "ortoo.yaml"
    settings.write_text(
        _SETTINGS.format(url=org.url, client_id=org.about["client_id"], folder=folder)
    )
    arguments = ["ortoo_daemon.daemon", "--config", str(settings)]
    with running(arguments, log=folder / "daemon.log") as process:
        process.until_logged("service.ready", within=120)
        process.until_quiet(2.0, within=120)  # what it asks once at its start is done
        yield process
