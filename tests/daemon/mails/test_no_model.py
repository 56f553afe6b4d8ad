"""A policy wants a model to read e-mails, and none can be asked: the rules route them, and it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs

from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.daemon.loading.catalogue_file import FILE
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.mails.models import Models
from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.load import load
from ortoo_daemon.work.verdicts import Finished
from tests.daemon.asking.test_model_triaging import QUIET
from tests.daemon.mails.setting import settings_in
from tests.daemon.mails.test_models import POLICY, ByRules, case_with, claim, model_part
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live

SWITCH = "enabled: false"


def test_the_rules_route_while_no_model_can_be_asked_and_each_cause_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORTOO_MODEL_KEY_ANTHROPIC", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    models = Models(CatalogueInForce(settings_in(tmp_path, FILE)))
    file = tmp_path / FILE
    shipped = file.read_text()
    wanted = shipped.replace(SWITCH, "enabled: true", 1)
    first_task = wanted.index(SWITCH, wanted.index("triage:"))
    wanted = wanted[:first_task] + wanted[first_task:].replace(SWITCH, "enabled: true", 1)

    @live()
    async def scenario(live: Live) -> None:
        policies = load({"policies/cases.yaml": yaml.safe_dump(POLICY).encode()})
        async with handler_on(
            live, policies, mails=lambda org: CaseMails(org, ByRules(), models)
        ) as handler:

            async def routed() -> None:
                case = case_with(live, QUIET)
                assert isinstance(await handler.handle(claim(case)), Finished)
                (row,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=case)
                assert row["Owner_Name__c"] == "Unrouted Cases"
                assert model_part(row)["outcome"] == ModelOutcome.OFF
                assert "model none: off" in row["Trace__c"]

            with capture_logs() as logs:
                for text in (shipped, wanted, wanted, "catalogue: [", shipped, wanted):
                    file.write_text(text)
                    await routed()
            await handler.answers.close()
        told = causes(logs)
        assert len(told) == 3, "off is no trouble; another cause, and one that is back, are told"
        assert "provider anthropic has no key" in told[0]
        assert f"{file}:2:1" in told[1]
        assert told[2] == told[0]

    scenario()


def causes(logs: list[Any]) -> list[str]:
    return [each["error"] for each in logs if each["event"] == "triage.no_model"]
