"""Settings that are wrong: each is told at its place, in words that say how to mend it."""

from pathlib import Path

import pytest

from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.errors import ConfigError

FILE = """\
org:
  login_url: https://example.my.salesforce.com
  auth:
    flow: jwt_bearer
    client_id: app
    username: daemon@example.com
sweeps:
  reconcile_every: 5m
"""


def told(folder: Path, text: str) -> str:
    """The one complaint, by the file's name alone."""
    file = folder / "ortoo.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    (problem,) = caught.value.problems
    return str(problem).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "reconcile_every",
            "reconcile_evry",
            "8:3: sweeps has no key 'reconcile_evry' (did you mean reconcile_every?)",
        ),
        ("sweeps:", "sweep:", "7:1: the file has no key 'sweep' (did you mean sweeps?)"),
        (
            "every: 5m",
            "every: 5",
            "8:3: sweeps.reconcile_every: write a duration with its unit, such as 30s, 5m, 2h or 7d",
        ),
        (
            "jwt_bearer",
            "jwt-bearer",
            "3:3: org.auth.flow is not 'jwt-bearer' (write jwt_bearer or client_credentials)",
        ),
        ("    username: daemon@example.com\n", "", "3:3: org.auth.username is missing"),
        (
            "    username: daemon@example.com\n",
            "    username: daemon@example.com\n    client_secret_file: secret\n",
            "7:5: org.auth has no key 'client_secret_file' beside jwt_bearer",
        ),
        ("sweeps:", "watch: {listen: 9464}\nsweeps:", "7:9: watch.listen: this must be text"),
        ("sweeps:", "state: /var/state.db\nsweeps:", "7:1: state: this is no store: write sqlite:"),
        ("sweeps:\n  reconcile_every: 5m", "sweeps: 5m", "7:1: sweeps: this must be a mapping"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place_and_what_to_write(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert told(tmp_path, FILE.replace(right, wrong)).startswith(f"ortoo.yaml:{said}")


def test_a_wrong_variable_of_the_environment_is_named_and_not_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORTOO_SWEEPS__RECONCILE_EVERY", "5")
    said = told(tmp_path, FILE)
    assert said.startswith("environment variable ORTOO_SWEEPS__RECONCILE_EVERY")
    assert "write a duration" in said


def test_a_state_that_is_refused_is_not_shown_as_it_may_hold_a_password(tmp_path: Path) -> None:
    assert "hunter2" not in told(tmp_path, f"{FILE}state: postgres://ortoo:hunter2@db/ortoo\n")
