"""Where does one demo keep its things? A folder with the org's rows, the daemon's store, key and logs.

The folder outlives the demo, so that its records can be asked about afterwards.
"""

import json
import os
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ortoo_daemon.cli.launch_day.editing import copy_policies

_ABOUT = "demo.json"
_COPY = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlace:
    """``folder`` is the demo's own, ``config`` the settings file whose policies it plays.

    The policies themselves are a copy, which may be edited. ``kept``: the process that was left to serve the
    folder's rows. ``ahead``: seconds by which the org's clock is ahead of this machine's.
    """

    folder: Path
    config: Path
    kept: int | None = None
    ahead: float = 0.0

    @classmethod
    def make(cls, folder: Path | None, config: Path) -> "DemoPlace":
        """A fresh folder with a copy of the policies.

        Raises ValueError when the one asked for holds something already, ConfigError for settings that
        can't be read.
        """
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="ortoo-demo-"))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise ValueError(f"{folder} is not empty")
        copy_policies(config, folder / _COPY)
        return cls(folder=folder.resolve(), config=config.resolve())

    @classmethod
    def find(cls, folder: Path) -> "DemoPlace":
        """The place of an earlier demo. Raises ValueError when none was played there."""
        try:
            kept = json.loads((folder / _ABOUT).read_text())
            return cls(
                folder=folder.resolve(),
                config=Path(kept["config"]),
                kept=kept["kept"],
                ahead=float(kept["ahead"]),
            )
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"no demo was played in {folder}") from error

    @property
    def metadata(self) -> Path:
        """The org's metadata, which stands beside the settings."""
        return self.config.parent / "salesforce"

    @property
    def policies(self) -> Path:
        """The copy that is played and edited."""
        return self.folder / _COPY / "policies"

    @property
    def rows(self) -> Path:
        return self.folder / "org.db"

    @property
    def key(self) -> Path:
        return self.folder / "private_key.pem"

    @property
    def about_file(self) -> Path:
        """What the sandbox said of itself when it last started, one line of JSON."""
        return self.folder / "sandbox.json"

    @property
    def sandbox_log(self) -> Path:
        return self.folder / "sandbox.log"

    @property
    def daemon_log(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def environment_file(self) -> Path:
        """For a shell that wants to talk to a sandbox which is kept running."""
        return self.folder / "environment"

    def settings(self, about: Mapping[str, Any]) -> dict[str, str]:
        """What the environment has to say so that the settings mean this sandbox and nothing else."""
        return {
            "ORTOO_CONFIG": str(self.config),
            "ORTOO_ORG__LOGIN_URL": about["url"],
            "ORTOO_ORG__AUTH__FLOW": "jwt_bearer",
            "ORTOO_ORG__AUTH__CLIENT_ID": about["client_id"],
            "ORTOO_ORG__AUTH__USERNAME": about["username"],
            "ORTOO_ORG__AUTH__PRIVATE_KEY_FILE": str(self.key),
            "ORTOO_POLICIES": str(self.policies),
            "ORTOO_SWEEPS__SLA_EVERY": "1s",  # minutes pass within seconds
            "ORTOO_SWEEPS__ABSENCE_EVERY": "1s",
            "ORTOO_SWEEPS__DIRECTORY_EVERY": "5s",
            "ORTOO_WATCH__LISTEN": "127.0.0.1:0",  # a daemon may run on this machine
            "ORTOO_STATE": f"sqlite:///{self.folder / 'state.db'}",
        }

    def environment(self, about: Mapping[str, Any]) -> dict[str, str]:
        """This process's environment for a child: nothing in it may name another org or secret."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ORTOO_") and name != "CREDENTIALS_DIRECTORY"
        }
        # Files of the settings' folder are named in traces: as short as they can be found by.
        return kept | self.settings(about) | {"ORTOO_CONFIG": short(self.config)}

    def remember(self, about: Mapping[str, Any], *, kept: int | None, ahead: float = 0.0) -> None:
        """Note what a later look needs; ``kept`` is the sandbox's process if it stays."""
        note = {"config": str(self.config), "kept": kept, "ahead": ahead}
        (self.folder / _ABOUT).write_text(json.dumps(note) + "\n")
        lines = [f"export {name}={shlex.quote(v)}" for name, v in self.settings(about).items()]
        self.environment_file.write_text("\n".join(lines) + "\n")


def short(path: Path) -> str:
    """Relative to the working folder when it lies below."""
    whole = Path(os.path.abspath(path))  # as it was called: a resolved link may lead out of a venv
    try:
        return str(whole.relative_to(Path.cwd()))
    except ValueError:
        return str(whole)
