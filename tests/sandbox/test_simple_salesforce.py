"""The client library of the daemon works against the org as it comes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import (
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from ortoo_daemon.sandbox.usage import Usage
from tests.sandbox.small_org import Clock, new_user, served, small_org


class PlainHttp(HTTPAdapter):
    """The library writes https:// into every URL; the sandbox speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        assert request.url is not None
        request.url = "http" + request.url.removeprefix("https")
        return super().send(request, *args, **kwargs)


@pytest.fixture
def salesforce(tmp_path: Path) -> Iterator[Salesforce]:
    org = small_org(tmp_path, Clock())
    with served(org, new_user(org, "caller"), Usage()) as url, requests.Session() as session:
        session.mount("https://", PlainHttp())
        yield Salesforce(
            instance=urlsplit(url).netloc, session_id="x", session=session, version="66.0"
        )
    org.close()


def test_records_live_their_whole_life(salesforce: Salesforce) -> None:
    made = salesforce.Lead.create({"LastName": "O'Neil", "Company": "C", "Key__c": "k1"})
    assert made["success"] is True
    assert salesforce.Lead.update(made["id"], {"Status": "Working"}) == 204
    assert salesforce.Lead.get(made["id"])["Status"] == "Working"
    assert salesforce.Lead.get_by_custom_id("Key__c", "k1")["Id"] == made["id"]
    assert salesforce.Lead.upsert("Key__c/k2", {"LastName": "B", "Company": "C"}) == 201
    assert salesforce.Lead.upsert("Key__c/k2", {"LastName": "B2"}) == 200
    soql = format_soql("SELECT Id FROM Lead WHERE LastName = {}", "o'neil")
    assert [each["Id"] for each in salesforce.query(soql)["records"]] == [made["id"]]
    assert salesforce.Lead.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as caught:
        salesforce.Lead.get(made["id"])
    assert caught.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_errors_arrive_as_its_exceptions(salesforce: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        salesforce.query("SELECT Nope FROM Lead")
    assert caught.value.content[0]["errorCode"] == "INVALID_FIELD"
    lead = salesforce.Lead.create({"LastName": "A", "Company": "C", "Batch__c": "b"})["id"]
    salesforce.Lead.create({"LastName": "B", "Company": "C", "Batch__c": "b"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        salesforce.Lead.upsert("Batch__c/b", {"Status": "Working"})
    long_ago = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    with pytest.raises(SalesforceGeneralError) as refused:
        salesforce.Lead.update(lead, {"Rating": "Hot"}, headers=long_ago)
    assert refused.value.status == 412


def test_it_follows_every_page(salesforce: Salesforce) -> None:
    rows = [
        {"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "C"} for n in range(200)
    ]
    for _ in range(12):
        answer = salesforce.restful(
            "composite/sobjects", method="POST", json={"allOrNone": False, "records": rows}
        )
        assert all(each["success"] for each in answer)
    everything = salesforce.query_all("SELECT Id, Owner.Name FROM Lead")
    assert everything["totalSize"] == len(everything["records"]) == 2400
    assert len({each["Id"] for each in salesforce.query_all_iter("SELECT Id FROM Lead")}) == 2400


def test_describe_and_limits_read_well(salesforce: Salesforce) -> None:
    assert salesforce.Lead.describe()["name"] == "Lead"
    assert "Lead" in [each["name"] for each in salesforce.describe()["sobjects"]]
    assert salesforce.limits()["DailyApiRequests"]["Max"] > 0
