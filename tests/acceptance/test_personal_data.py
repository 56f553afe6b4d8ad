"""A customer's data stays in the org, whatever goes wrong: none of it in log, journal, metrics and status."""

from __future__ import annotations

import json

import requests

from tests.acceptance.network import Network
from tests.cli.command import ortoo
from tests.processes import wait_until

CUSTOMER = {
    "FirstName": "Quirinaxa",
    "LastName": "Zyxwerskaja",
    "Email": "quirinaxa.z@zyxwer-family.example",
    "Phone": "+33 1 99 00 47 11",
    "Street": "77 Umbrelgasse",
    "City": "Blarnhausen",
    "Description": "The frobnicator of my grandmother leaks. Please call before the wedding.",
}
PERSONAL = [
    "quirinaxa",
    "zyxwer",
    "99 00 47 11",
    "199004711",
    "umbrelgasse",
    "blarnhausen",
    "frobnicator",
    "before the wedding",
]
QUOTED = " / ".join(CUSTOMER.values())
READ = {
    "intake": {
        "cleanse": {
            "FirstName": "name",
            "LastName": "name",
            "Email": "email",
            "City": "trim",
            "Street": "trim",
            "Phone": {"phone": {"country": "Country"}},
        }
    },
    "action": {"set": {"Title": "{{ FirstName }} {{ Description }} {{ Description }}"}},
}
"""Everything is read, and what is set is more than the org takes."""


def test_no_personal_data_leaves_the_org_whatever_its_errors_quote(network: Network) -> None:
    sandbox = network.sandbox
    with network.daemon(policy=READ, settings={"watch": {"listen": "127.0.0.1:0"}}) as daemon:
        address = daemon.until_ready().until_logged("watch.listening")["address"]
        plain = network.leads(2, **CUSTOMER)
        network.until_routed(plain)
        rule = {"code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": f"refused: {QUOTED}"}
        sandbox.fault("row", object="Lead", times=2, **rule)  # with the policy's values and without
        (refused,) = network.leads(1, **CUSTOMER)
        daemon.until_logged("record_refused")
        body = json.dumps([{"errorCode": "UNKNOWN_EXCEPTION", "message": QUOTED}])
        fault = sandbox.fault("error", path="composite", status=400, body=body, times=None)
        (delayed,) = network.leads(1, **CUSTOMER)
        sandbox.until_met(fault)
        sandbox.heal()
        network.until_routed([*plain, delayed], 40)
        wait_until(lambda: network.lead(refused)["Ortoo_Parked__c"], 20, "a parked lead")
        parked = ortoo("parked", "--config", network.folder / "ortoo.yaml", "--json")
        status = ortoo("status", "--once", "--json", "--config", network.folder / "ortoo.yaml")
        pages = {
            page: requests.get(f"http://{address}/{page}", timeout=10).text
            for page in ("metrics", "status", "readyz", "healthz")
        }
        assert daemon.terminate() == 0
    assert len(pages["metrics"]) > 1000
    pages |= {"parked": parked.err, "ortoo-daemon status": status.out + status.err}
    pages["log"] = network.folder.joinpath("daemon.log").read_text()
    for file in network.folder.glob("state.db*"):
        pages[file.name] = file.read_bytes().decode("utf-8", "replace")
    found = {
        (where, personal)
        for where, text in pages.items()
        for personal in PERSONAL
        if personal in text.casefold()
    }
    assert found == set()
    assert refused in parked.out
    assert "…" in network.lead(refused)["Ortoo_Parked__c"] or "Umbrel" in str(
        network.lead(refused)["Ortoo_Parked__c"]
    ), "the org's own words are kept in the org"
