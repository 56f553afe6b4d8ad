"""A daemon's folder of its own, with the files that e-mails are read by."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

from ortoo_daemon.daemon.settings import Settings, load_settings

SHIPPED = Path(__file__).parents[3] / "config"
FILE = """\
org:
  login_url: https://example.my.salesforce.com
  auth: {{flow: client_credentials, client_id: daemon, client_secret_file: secret}}
state: sqlite:///{folder}/state.db
"""


def settings_in(folder: Path, *shipped: str) -> Settings:
    """Settings of a folder with these files as they are shipped."""
    for name in shipped:
        copy(SHIPPED / name, folder / name)
    file = folder / "ortoo.yaml"
    file.write_text(FILE.format(folder=folder))
    return load_settings(file)
