"""An edit of the settings file waits for a restart, and says so; channels of notices need none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from tests.asynchronous import asynchronous

DESK = {"desk": {"urls_file": "desk.urls"}}
PAGER = {"pager": {"urls_file": "pager.urls"}}


def write(folder: Path, *, channels: object, **more: object) -> Path:
    auth = {"flow": "client_credentials", "client_id": "x", "client_secret_file": "y"}
    file = folder / "ortoo.yaml"
    given = {
        "org": {"login_url": "https://a.my.salesforce.com", "auth": auth},
        "notices": {"channels": channels},
        **more,
    }
    file.write_text(yaml.safe_dump(given))
    return file


@pytest.fixture
def watch(tmp_path: Path) -> SettingsWatch:
    return SettingsWatch(load_settings(write(tmp_path, channels=DESK)))


@asynchronous
async def test_an_edit_of_channels_alone_needs_no_restart(watch: SettingsWatch, tmp_path: Path):
    write(tmp_path, channels={**DESK, **PAGER})
    with capture_logs() as logs:
        await watch.look()
    assert (watch.why, logs, set(watch.channels)) == ("", [], {"desk", "pager"})


@asynchronous
async def test_beside_other_edits_channels_are_taken_up_and_the_rest_waits(
    watch: SettingsWatch, tmp_path: Path
):
    write(tmp_path, channels=PAGER, workers={"parallel": 7})
    with capture_logs() as logs:
        await watch.look()
        await watch.look()
    assert "restart the daemon" in watch.why
    assert ([line["event"] for line in logs], set(watch.channels)) == (
        ["settings.edited"],
        {"pager"},
    )


@asynchronous
async def test_a_file_that_can_not_be_used_changes_no_channel(watch: SettingsWatch, tmp_path: Path):
    write(tmp_path, channels={"chatter": {}})
    await watch.look()
    assert "can't be used" in watch.why
    assert set(watch.channels) == {"desk"}
    write(tmp_path, channels=DESK)
    with capture_logs() as logs:
        await watch.look()
    assert ([line["event"] for line in logs], watch.why) == (["settings.restored"], "")


@asynchronous
async def test_an_edit_of_handoffs_alone_needs_no_restart(watch: SettingsWatch, tmp_path: Path):
    write(tmp_path, channels=DESK, handoff={"file": {"folder": "out"}})
    with capture_logs() as logs:
        await watch.look()
    assert (watch.why, logs, watch.handoff.ways()) == ("", [], {"file"})
