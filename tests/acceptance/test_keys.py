"""The keys by which customers are known again, as the running daemon writes them."""

from __future__ import annotations

from tests.acceptance.network import Network

KEYS = ("Ortoo_Email_Key__c", "Ortoo_Phone_Key__c")
TYPED = {"Email": "Ana.Lopez@Example.COM", "MobilePhone": "06 12 34 56 78", "Country": "France"}


def test_keys_come_with_the_owner_in_one_write_and_start_no_work(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(3, **TYPED)
        network.until_routed(ids)
        assert daemon.terminate() == 0
        assert not daemon.events("record_handled")[len(ids) :]
    network.assert_routed_once(ids)
    found = {tuple(row[key] for key in KEYS) for row in network.read(ids, *KEYS).values()}
    assert found == {("ana.lopez@example.com", "+33612345678")}
