"""Edited templates and addresses are in use within a look, when they are right; else those before stay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.daemon.noticing import rewording as module
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.notice_settings import ChannelSettings
from ortoo_daemon.daemon.noticing.rewording import Rewording
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.services.notify.channels import Channels
from ortoo_daemon.services.notify.templates import Templates
from tests.asynchronous import asynchronous
from tests.daemon.rig import settings_in
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
    named: dict[str, Any] = field(default_factory=lambda: {"desk": {"urls_file": "desk.urls"}})
    """The channels of the settings file as it stands."""

    def __post_init__(self) -> None:
        (self.folder / "templates").mkdir()
        self.template("Hello {{ owner.Name }}")
        self.channel("json://localhost/a")

    def template(self, text: str, name: str = "new_record.en.txt") -> None:
        (self.folder / "templates" / name).write_text(f"{text}\n")

    def channel(self, *urls: str, name: str = "desk") -> None:
        file = self.folder / f"{name}.urls"
        file.write_text("\n".join(urls))
        file.chmod(0o600)

    def rewording(self) -> Rewording:
        return Rewording(
            settings_in(self.folder, notices={"channels": {"desk": {"urls_file": "desk.urls"}}}),
            cast(Delivery, self.used),
            self.policies,
            channels=lambda: {
                name: ChannelSettings.model_validate(each) for name, each in self.named.items()
            },
        )

    def policies(self) -> PolicySet:
        return replace(policies(policy(notify=self.told)), revision=f"tells-{len(self.told)}")


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


@asynchronous
async def test_a_channel_that_was_added_or_changed_is_in_use_after_the_next_look(place: Place):
    wording = place.rewording()
    place.channel("json://localhost/pager", name="pager")
    place.named["pager"] = {"urls_file": "pager.urls"}
    assert await wording.look()
    assert place.used.channels is not None
    assert place.used.channels.names == {"desk", "pager"}
    assert set(wording.settings.notices.channels) == {"desk", "pager"}
    place.channel("json://localhost/a", "json://localhost/b", name="night")
    place.named["pager"] = {"urls_file": "night.urls"}
    await wording.look()
    assert place.used.channels.count("pager") == 2
    assert not await wording.look()


@asynchronous
async def test_a_channel_that_policies_tell_by_stays_until_they_do_no_more(place: Place):
    place.told = (replace(TELLS, to=NoticeTo.ON_CALL, by="desk"),)
    wording = place.rewording()
    place.named.clear()
    assert not await wording.look()
    assert "no channel of the settings" in wording.why
    assert set(wording.settings.notices.channels) == {"desk"}
    place.told = ()
    assert await wording.look()
    assert place.used.channels is not None
    assert place.used.channels.names == set()


@asynchronous
async def test_a_channel_without_an_address_is_not_taken_up_before_it_has_one(place: Place):
    wording = place.rewording()
    place.named["pager"] = {"urls_file": "pager.urls"}
    await wording.look()
    assert "pager.urls" in wording.why
    place.channel("json://localhost/pager", name="pager")
    assert await wording.look()
    assert wording.why == ""
