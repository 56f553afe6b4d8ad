"""Edited templates and addresses are in use within a look, when they are right; else those before stay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.noticing import rewording as module
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.rewording import Rewording
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.decision import NoticeTo
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.services.notify.channels import Channels
from ortoo_daemon.services.notify.templates import Templates
from tests.asynchronous import asynchronous
from tests.world import PLACE, policies, policy

TELLS = Notify(to=NoticeTo.OWNER, by="salesforce", template="new_record", place=PLACE)


@dataclass
class Used:
    """What the delivery was given last."""

    times: int = 0
    templates: Templates | None = None
    channels: Channels | None = None

    def use(self, templates: Templates, channels: Channels) -> None:
        self.times += 1
        self.templates, self.channels = templates, channels


@dataclass
class Place:
    """A folder of settings with one template and one channel."""

    folder: Path
    used: Used = field(default_factory=Used)
    told: tuple[Notify, ...] = (TELLS,)

    def __post_init__(self) -> None:
        (self.folder / "templates").mkdir()
        self.template("Hello {{ owner.Name }}")
        self.channel("json://localhost/a")

    def template(self, text: str, name: str = "new_record.en.txt") -> None:
        (self.folder / "templates" / name).write_text(f"{text}\n")

    def channel(self, *urls: str) -> None:
        file = self.folder / "desk.urls"
        file.write_text("\n".join(urls))
        file.chmod(0o600)

    def rewording(self) -> Rewording:
        channels = {"desk": {"urls_file": "desk.urls"}}
        settings = Settings.model_validate(
            {
                "org": {"login_url": "http://localhost", "auth": AUTH},
                "notices": {"channels": channels},
            }
        )
        in_force = settings.model_copy(update={"folder": self.folder})
        return Rewording(in_force, cast(Delivery, self.used), self.policies)

    def policies(self) -> PolicySet:
        return replace(policies(policy(notify=self.told)), revision=f"tells-{len(self.told)}")


AUTH = {"flow": "client_credentials", "client_id": "x", "client_secret": "y"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(module, "_SETTLES_WITHIN", 0.0)
    return Place(tmp_path)


@asynchronous
async def test_what_was_not_edited_is_left_as_it_is(place: Place):
    wording = place.rewording()
    await wording.look()
    assert (place.used.times, wording.why) == (0, "")


@asynchronous
async def test_an_edited_template_is_in_use_after_the_next_look(place: Place):
    wording = place.rewording()
    place.template("Good day {{ owner.Name }}")
    with capture_logs() as logs:
        await wording.look()
        await wording.look()
    assert [line["event"] for line in logs] == ["notices.reloaded"]
    assert place.used.templates is not None
    message = place.used.templates.render("new_record", "en", {"owner": {"Name": "Ana"}})
    assert (message.title, place.used.times) == ("Good day Ana", 1)


@asynchronous
async def test_edited_addresses_are_in_use_and_in_no_log_line(place: Place):
    wording = place.rewording()
    place.channel("json://localhost/secret", "json://localhost/b")
    with capture_logs() as logs:
        await wording.look()
    assert place.used.channels is not None
    assert place.used.channels.count("desk") == 2
    assert "secret" not in str(logs)


@pytest.mark.parametrize(
    ("text", "said"),
    [("Hello {{ owner.Name", "no Jinja template"), ("Hello {{ salary }}", "know no 'salary'")],
)
@asynchronous
async def test_a_template_that_is_wrong_leaves_those_before_and_is_said_once(
    place: Place, text: str, said: str
):
    wording = place.rewording()
    place.template(text)
    with capture_logs() as logs:
        await wording.look()
        await wording.look()
    assert [line["event"] for line in logs] == ["notices.refused"]
    assert said in logs[0]["problems"][0]
    assert said in wording.why
    assert place.used.times == 0
    place.template("Hello {{ owner.Name }}")
    with capture_logs() as logs:
        await wording.look()
    assert ([line["event"] for line in logs], wording.why) == (["notices.restored"], "")


@asynchronous
async def test_a_template_that_the_policies_need_can_not_be_taken_away_before_they_are_edited(
    place: Place,
):
    wording = place.rewording()
    (place.folder / "templates" / "new_record.en.txt").unlink()
    await wording.look()
    assert "no template 'new_record'" in wording.why
    assert place.used.times == 0
    place.told = ()
    await wording.look()
    assert (place.used.times, wording.why) == (1, "")


@asynchronous
async def test_an_address_that_nobody_can_use_leaves_those_before(place: Place):
    wording = place.rewording()
    place.channel("nonsense")
    await wording.look()
    assert "address 1: apprise can't use it" in wording.why
    (place.folder / "desk.urls").unlink()
    await wording.look()
    assert place.used.times == 0
    assert wording.why
