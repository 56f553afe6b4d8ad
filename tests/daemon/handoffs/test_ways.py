"""Edited ways of handoffs are in use within a look, when they are right; else those before stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.handoffs.handoff_settings import HandoffSettings
from ortoo_daemon.daemon.handoffs.ways import Ways
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from tests.asynchronous import asynchronous
from tests.daemon.loading.test_handoff_checks import POLICY, SMTP
from tests.daemon.rig import settings_in

HANDS_OVER = load({"policies/leads.yaml": POLICY.encode()})
HANDS_NOTHING = load({"policies/leads.yaml": POLICY.split("action:")[0].encode()})


@dataclass
class Used:
    """What the handing was given last."""

    provider: str = ""
    ways: list[list[str]] = field(default_factory=list)

    async def use(self, senders: Mapping[str, Any], provider: str) -> None:
        self.provider = provider
        self.ways.append(sorted(senders))


@dataclass
class Place:
    folder: Path
    used: Used = field(default_factory=Used)
    policies: PolicySet = HANDS_OVER
    edited: dict[str, Any] = field(default_factory=lambda: {"smtp": SMTP})
    """The section as the settings file has it now."""

    def ways(self) -> Ways:
        return Ways(
            settings_in(self.folder, handoff=self.edited),
            cast(Handing, self.used),
            lambda: self.policies,
            edited=lambda: HandoffSettings.model_validate(self.edited),
            now=lambda: pytest.fail("nobody asks for the time"),
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@asynchronous
async def test_an_edited_section_is_in_use_and_one_that_is_not_is_left_alone(place: Place):
    ways = place.ways()
    assert not await ways.look()
    place.edited = {"provider": "Example", "smtp": SMTP, "file": {"folder": "out"}}
    with capture_logs() as logs:
        assert await ways.look()
        assert not await ways.look()
    assert (place.used.ways, place.used.provider) == ([["file", "smtp"]], "Example")
    assert [line["event"] for line in logs] == ["handoff.ways_reloaded"]
    assert ways.settings.handoff.provider == "Example"


@asynchronous
async def test_a_password_that_changes_in_its_file_is_in_use(place: Place):
    file = place.folder / "password"
    file.write_text("old")
    file.chmod(0o600)
    place.edited = {"smtp": {**SMTP, "user": "leads", "password_file": str(file)}}
    ways = place.ways()
    file.write_text("new")
    assert await ways.look()
    file.chmod(0o644)
    assert not await ways.look()
    assert "other users of this machine may read this secret" in ways.why
    file.chmod(0o600)
    assert not await ways.look()
    assert (ways.why, place.used.ways) == ("", [["smtp"]])


@asynchronous
async def test_an_edit_that_takes_a_way_from_policies_in_force_changes_nothing(place: Place):
    ways = place.ways()
    place.edited = {"file": {"folder": "out"}}
    with capture_logs() as logs:
        assert not await ways.look()
        assert not await ways.look()
    assert [line["event"] for line in logs] == ["handoff.ways_refused"]
    assert "policies/leads.yaml:8:9" in ways.why
    place.policies = HANDS_NOTHING
    assert await ways.look()
    assert (place.used.ways, ways.why) == ([["file"]], "")


@asynchronous
async def test_policies_without_any_way_are_told_of_once(place: Place):
    place.edited = {}
    ways = place.ways()
    with capture_logs() as logs:
        await ways.look()
        await ways.look()
    (told,) = logs
    assert told["event"] == "handoff.way_missing"
    assert "policies/leads.yaml:8:9" in told["problems"][0]
