"""Claims about what is told of ways of handing over before anything is to be handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ortoo_daemon.daemon.loading.handoff_checks import handoff_checks
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.yaml_settings import read_mapping
from ortoo_daemon.policy.load import load

ORG = {
    "login_url": "http://localhost:1",
    "auth": {"flow": "client_credentials", "client_id": "x", "client_secret_file": "secret"},
}
SMTP = {"host": "smtp.example", "sender": "leads@oem.example"}
POLICY = """\
policy: leads
object: Lead
take_from: "2026-11-01T00:00:00Z"
ownership: {otherwise: {queue: Desk}}
action:
  handoff:
    send: adf
    by: smtp
    to: $rooftop.Crm_Address
"""


def checked(folder: Path, policy: str = POLICY, **handoff: Any) -> list[str]:
    file = folder / "ortoo.yaml"
    file.write_text(yaml.safe_dump({"org": ORG, "handoff": handoff}))
    policies = load({"policies/leads.yaml": policy.encode()})
    found = handoff_checks(policies, load_settings(file), read_mapping(file))
    return [f"{each.level} {each}".replace(f"{folder}/", "") for each in found]


def test_a_way_that_is_described_and_used_is_no_problem(tmp_path):
    assert checked(tmp_path, smtp=SMTP) == []


def test_a_way_that_is_missing_beside_others_is_an_error_where_it_is_named(tmp_path):
    missing, unused = checked(tmp_path, file={"folder": "out"})
    assert missing == (
        "error policies/leads.yaml:8:9: records are handed over by 'smtp', which ortoo.yaml does not "
        "describe (describe it under handoff.smtp in ortoo.yaml, or go by file) [unknown_way]"
    )
    assert unused.startswith("hint ortoo.yaml:2:3: no policy hands anything over by 'file'")


def test_where_no_way_is_set_up_at_all_it_is_advice(tmp_path):
    (told,) = checked(tmp_path)
    assert told.startswith("hint policies/leads.yaml:8:9: records are handed over by 'smtp'")


def test_a_way_that_nobody_goes_by_is_advice_at_its_place_in_the_settings(tmp_path):
    plain = POLICY.split("action:")[0]
    (told,) = checked(tmp_path, policy=plain, smtp=SMTP)
    assert told.startswith("hint ortoo.yaml:2:3: no policy hands anything over by 'smtp'")
    assert "remove handoff.smtp" in told
