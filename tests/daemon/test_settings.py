from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ortoo_daemon.daemon.org_settings import ClientCredentialsSettings, JwtBearerSettings
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.errors import ConfigError

FILE = """\
org:
  login_url: https://example.my.salesforce.com
  auth:
    flow: jwt_bearer
    client_id: of-the-file
    username: daemon@example.com
    private_key_file: key.pem
workers: {parallel: 10}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ortoo.yaml"
    path.write_text(FILE)
    monkeypatch.delenv("ORTOO_CONFIG", raising=False)
    return path


def test_the_environment_may_choose_another_login_than_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORTOO_ORG__AUTH__FLOW", "client_credentials")
    monkeypatch.setenv("ORTOO_ORG__AUTH__CLIENT_SECRET", "hidden")
    auth = load_settings(file).org.auth
    assert isinstance(auth, ClientCredentialsSettings)
    assert auth.client_id == "of-the-file"


def test_the_same_login_keeps_what_the_environment_leaves_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORTOO_ORG__AUTH__FLOW", "jwt_bearer")
    monkeypatch.setenv("ORTOO_ORG__AUTH__USERNAME", "other@example.com")
    auth = load_settings(file).org.auth
    assert isinstance(auth, JwtBearerSettings)
    assert (auth.username, auth.private_key_file) == ("other@example.com", Path("key.pem"))


def test_one_level_of_the_environment_leaves_the_others_to_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORTOO_WORKERS__DRAIN_FOR", "5s")
    workers = load_settings(file).workers
    assert (workers.parallel, workers.drain_for) == (10, timedelta(seconds=5))


def test_a_secret_in_the_file_is_refused_where_it_stands(file: Path) -> None:
    file.write_text(FILE.replace("private_key_file: key.pem", "private_key: MIIE"))
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.place.column) == (7, 5)
    assert "MIIE" not in str(problem)


def test_an_unreadable_environment_is_a_problem_and_no_crash(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORTOO_ORG", "{")
    with pytest.raises(ConfigError, match="environment"):
        load_settings(file)


def test_a_file_that_is_not_there_says_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config or ORTOO_CONFIG"):
        load_settings(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "budgets", ["{low_from: 95}", "{short_from: 98}", "{scarce_from: 100}", "{low_from: 0}"]
)
def test_levels_of_budgets_that_do_not_ascend_are_refused(file: Path, budgets: str) -> None:
    file.write_text(f"{FILE}budgets: {budgets}\n")
    with pytest.raises(ConfigError, match="budgets"):
        load_settings(file)


def test_a_lease_that_a_call_could_outlast_is_refused(file: Path) -> None:
    file.write_text(FILE.replace("{parallel: 10}", "{lease_for: 69s}"))
    with pytest.raises(ConfigError, match=r"lease_for must be twice as long.*70s at least"):
        load_settings(file)
    file.write_text(FILE.replace("{parallel: 10}", "{lease_for: 70s}"))
    assert load_settings(file).workers.lease_for == timedelta(seconds=70)
