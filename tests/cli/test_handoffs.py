"""`handoffs`: what has not reached a rooftop's own system is listed, and sent again on demand."""

from __future__ import annotations

from ortoo_daemon.sandbox.seed import identities as seed
from tests.cli.command import ortoo
from tests.processes import SandboxProcess


def a_lead(sandbox: SandboxProcess, **values: object) -> str:
    id = sandbox.stranger(Company="Garage Roy")
    sandbox.change(id, user=seed.ADMIN_USER_ID, Ortoo_Rooftop__c=seed.FLAGSHIP_ROOFTOP_ID, **values)
    return id


def state(sandbox: SandboxProcess, id: str) -> object:
    return sandbox.query(f"SELECT Ortoo_Handoff__c FROM Lead WHERE Id = '{id}'")[0][
        "Ortoo_Handoff__c"
    ]


def test_what_is_open_or_failed_is_listed_with_its_reason(sandbox: SandboxProcess, env) -> None:
    failed = a_lead(sandbox, Ortoo_Handoff__c="Failed: the dealer's system said 404")
    sent = a_lead(sandbox, Ortoo_Handoff__c="Sent")
    ended = ortoo("handoffs", "--json", env=env)
    assert ended.code == 0, ended.err
    found = {each["record"]: each for each in ended.json()}
    assert found[failed]["state"] == "Failed: the dealer's system said 404"
    assert sent not in found
    assert "said 404" in ortoo("handoffs", env=env).out


def test_what_failed_is_due_and_what_was_taken_is_sent_again_as_such(
    sandbox: SandboxProcess, env
) -> None:
    failed = a_lead(sandbox, Ortoo_Handoff__c="Failed: x")
    taken = a_lead(sandbox, Ortoo_Handoff__c="Sent", Ortoo_Handoff_To__c=seed.FLAGSHIP_ROOFTOP_ID)
    never = a_lead(sandbox)
    ended = ortoo("handoffs", "--resend", taken, "--resend", never, "--failed", env=env)
    assert (ended.code, f"{never} was never handed over" in ended.out + ended.err) == (1, True)
    assert (state(sandbox, failed), state(sandbox, taken)) == ("Due", "Resend")
