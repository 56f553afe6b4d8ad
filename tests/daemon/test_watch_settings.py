"""Where the daemon may be looked at is settled before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ortoo_daemon.daemon.secrets import watch_token
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.errors import ConfigError
from tests.processes import ROOT

ORG = """\
org:
  login_url: https://acme.my.salesforce.com
  auth: {flow: jwt_bearer, client_id: id, username: user}
"""


def settings(folder: Path, watch: str) -> Settings:
    path = folder / "ortoo.yaml"
    path.write_text(f"{ORG}{watch}")
    return load_settings(path)


def problem(folder: Path, watch: str) -> str:
    with pytest.raises(ConfigError) as raised:
        settings(folder, watch)
    (found,) = raised.value.problems
    assert (found.place.line, found.place.column) == (5, 3), found
    return f"{found.message} {found.mend}"


@pytest.mark.parametrize("watch", ["", "watch: {listen: ''}\n", "watch:\n  listen:\n"])
def test_nothing_is_served_where_nothing_is_said(tmp_path, watch):
    assert settings(tmp_path, watch).watch.address is None


def test_the_shipped_settings_serve_this_machine_only():
    address = load_settings(ROOT / "config" / "ortoo.yaml").watch.address
    assert str(address) == "127.0.0.1:9464"


@pytest.mark.parametrize("listen", ["0.0.0.0:9464", '"[::]:9464"', "metrics.acme.example:9464"])
def test_an_address_that_others_can_reach_needs_a_token(tmp_path, listen):
    text = problem(tmp_path, f"watch:\n  listen: {listen}\n")
    assert "can be reached from other machines: set token_file" in text


def test_with_a_token_others_may_ask(tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "token").chmod(0o600)
    found = settings(tmp_path, "watch:\n  listen: 0.0.0.0:9464\n  token_file: token\n")
    assert watch_token(found) == "s3cret"


def test_a_token_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "token").chmod(0o644)
    found = settings(tmp_path, "watch: {token_file: token}\n")
    with pytest.raises(ConfigError, match="chmod 600"):
        watch_token(found)


def test_a_token_in_the_settings_file_is_refused(tmp_path):
    assert "token_file" in problem(tmp_path, "watch:\n  token: s3cret\n")


def test_the_environment_may_bring_the_token(tmp_path, monkeypatch):
    monkeypatch.setenv("ORTOO_WATCH__TOKEN", "s3cret")
    assert watch_token(settings(tmp_path, "watch: {listen: 0.0.0.0:9464}\n")) == "s3cret"


def test_an_address_without_a_port_is_refused_where_it_stands(tmp_path):
    assert "with its port" in problem(tmp_path, "watch:\n  listen: 127.0.0.1\n")
