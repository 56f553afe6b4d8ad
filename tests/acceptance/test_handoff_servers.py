"""A dealer's server that hangs, or shows a certificate that does not hold, costs nobody else anything."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from shutil import copytree

import yaml

from tests.acceptance.dealer_systems import dealer
from tests.acceptance.network import Network
from tests.certificates import certificate_for
from tests.processes import ROOT, DaemonProcess, wait_until
from tests.services.handoff.receivers import Receiver, mail_server, web_server


def write(network: Network, mail: Receiver, web: Receiver) -> Path:
    """One policy hands over by e-mail, another by HTTP."""
    copytree(ROOT / "config" / "templates", network.folder / "templates", dirs_exist_ok=True)
    origin = f"https://127.0.0.1:{web.port}"
    smtp = {"host": "127.0.0.1", "port": mail.port, "tls": "starttls"}
    smtp |= {"sender": "leads@oem.example", "answers_within": "2s"}
    by_mail = {"send": "adf", "by": "smtp", "to": "desk@crm.example"}
    config = network.write(
        policy={"action": {"handoff": by_mail}},
        settings={"handoff": {"smtp": smtp, "http": {"origins": [origin]}}},
    )
    policies = config.parent / "policies"
    by_web = yaml.safe_load((policies / "leads.yaml").read_text())
    by_web["policy"], by_web["enter"]["Company"] = "by-web", f"{network.company} web"
    by_web["action"]["handoff"] = {"send": "adf", "by": "http", "to": f"{origin}/leads"}
    (policies / "web.yaml").write_text(yaml.safe_dump(by_web))
    return config


def test_a_server_that_hangs_is_asked_again_and_one_with_a_foreign_certificate_gets_nothing(
    network: Network, tmp_path: Path
) -> None:
    trusted, shown = certificate_for("127.0.0.1", tmp_path)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    _, foreign = certificate_for("127.0.0.1", elsewhere)
    with (
        dealer(partial(mail_server, tls=shown)) as mail,
        dealer(partial(web_server, tls=foreign)) as web,
    ):
        mail.fails = ["slow"]
        config = write(network, mail, web)
        with DaemonProcess(config, environment={"SSL_CERT_FILE": str(trusted)}) as daemon:
            daemon.until_ready()
            (hung,) = network.leads(1)
            wait_until(lambda: not mail.fails, 30, "the server to hang")
            (mailed,) = network.leads(1)
            (posted,) = network.sandbox.leads(1, Company=f"{network.company} web")

            def stands(id: str) -> str:
                return str(network.lead(id, "Ortoo_Handoff__c")["Ortoo_Handoff__c"])

            wait_until(lambda: stands(mailed) == stands(hung) == "Sent", 30, "both mails")
            refused = wait_until(
                lambda: [
                    each for each in daemon.events("handoff.failed") if each["record"] == posted
                ],
                30,
                posted,
            )
            assert stands(posted) == "Due"
            late = next(each for each in daemon.events("handoff.failed") if each["record"] == hung)
            assert daemon.terminate() == 0
    assert "did not answer" in late["error"]
    assert "certificate" in refused[0]["error"]
    assert (len(mail.taken), web.ids) == (2, [])
