"""What understands e-mails stays in use while it can't be made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.mails.triagers import TAXONOMY_FILE, Triagers
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.intake.mail.model import Mail
from tests.daemon.mails.setting import settings_in
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live

MAIL = Mail(text_body="Bonjour, mot de passe oublié.", from_address="a.b@garage.example")
STALE = 601.0


def test_mails_are_understood_as_before_while_the_taxonomy_or_the_org_is_away(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path, "directory.yaml", TAXONOMY_FILE)
    now = [0.0]

    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            triagers = Triagers(handler.org, settings, clock=lambda: now[0])
            before, first = await triagers.understand(MAIL)

            async def again() -> object:
                now[0] += STALE
                found, triager = await triagers.understand(MAIL)
                assert found == before
                return triager

            with capture_logs() as logs:
                (tmp_path / TAXONOMY_FILE).write_text("types: [")
                assert await again() is first
                assert await triagers.understand(MAIL) == (before, first), "not tried at once"
                settings_in(tmp_path, TAXONOMY_FILE)
                await live.control("/faults", REFUSED)
                assert await again() is first
                await live.control("/faults", method="DELETE")
                assert await again() is not first
        told = [each for each in logs if each["event"] == "triage.not_renewed"]
        assert [each["log_level"] for each in told] == ["warning", "warning"]
        assert f"{tmp_path / TAXONOMY_FILE}:2:1" in told[0]["error"]
        assert "Not Today" in told[1]["error"]

    scenario()


REFUSED = {
    "kind": "error",
    "path": r"/query\?q=.*FROM(\+|%20)Contact",
    "status": 400,
    "body": [{"errorCode": "INVALID_TYPE", "message": "Not Today"}],
    "times": None,
}


def test_the_first_mail_can_not_be_understood_without_a_taxonomy(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "directory.yaml")

    @live()
    async def scenario(live: Live) -> None:
        async with handler_on(live) as handler:
            triagers = Triagers(handler.org, settings)
            with pytest.raises(ConfigError, match="copy the taxonomy"):
                await triagers.understand(MAIL)
            settings_in(tmp_path, TAXONOMY_FILE)
            await triagers.understand(MAIL)

    scenario()
