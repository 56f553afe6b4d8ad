"""The shipped metadata is what a deployment would take, and what the daemon's design names."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ortoo_daemon.action.stamps import stamps_of
from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.bayeux.channels import ChannelError, load_channels
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema
from tests.sandbox.live import METADATA

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
FILES = sorted(METADATA.rglob("*-meta.xml"))
ROUTED = [
    "Ortoo_Decided_At__c",
    "Ortoo_Decision_Key__c",
    "Ortoo_Assigned_Owner__c",
    "Ortoo_Prior_Owner__c",
    "Ortoo_Policy__c",
    "Ortoo_Rule__c",
    "Ortoo_Rooftop__c",
    "Ortoo_Score__c",
    "Ortoo_Parked__c",
    "Ortoo_Duplicate_Of__c",
    "Ortoo_Email_Key__c",
    "Ortoo_Phone_Key__c",
    "Ortoo_SLA_Next_At__c",
    "Ortoo_SLA_Clocks__c",
    "Ortoo_SLA_Status__c",
    "Ortoo_SLA_Target_At__c",
    "Ortoo_First_Response_At__c",
]


def texts(path: Path, name: str) -> list[str]:
    root = ElementTree.parse(path).getroot()
    return [node.text or "" for node in root.iter(f"{NAMESPACE}{name}")]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.load(METADATA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_named_for_what_it_holds(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    kind = path.name.removesuffix("-meta.xml").rpartition(".")[2]
    expected = {
        "field": "CustomField",
        "object": "CustomObject",
        "permissionset": "PermissionSet",
        "tab": "CustomTab",
        "notiftype": "CustomNotificationType",
    }
    assert root.tag == NAMESPACE + expected.get(kind, kind[0].upper() + kind[1:])
    full_name = root.findtext(f"{NAMESPACE}fullName")
    if full_name is not None:
        assert full_name == path.name.split(".")[0]
    for label in root.findall(f"{NAMESPACE}label"):
        assert 0 < len(label.text or "") <= 40
    for message in root.findall(f"{NAMESPACE}errorMessage"):
        assert len(message.text or "") <= 255


def test_leads_and_cases_have_every_field_the_daemon_writes(schema: Schema) -> None:
    for entity in ("Lead", "Case"):
        assert set(ROUTED) <= set(schema.object(entity).fields)
    assert schema.object("Case").field("Ortoo_Split_Key__c").unique
    assert schema.object("Ortoo_Decision__c").field("Ortoo_Key__c").external_id
    assert schema.object("Ortoo_Policy__c").field("Name_Key__c").external_id


def test_no_lookup_stands_on_user_because_the_platform_allows_none() -> None:
    for path in METADATA.rglob("objects/User/fields/*"):
        assert texts(path, "type") != ["Lookup"], path.name


def test_the_daemons_permission_set_opens_every_field_of_the_main_folder() -> None:
    (path,) = METADATA.rglob("Ortoo_Daemon.permissionset-meta.xml")
    opened = set(texts(path, "field"))
    for each in (METADATA / "main").rglob("*.field-meta.xml"):
        name = f"{each.parents[1].name}.{each.name.split('.')[0]}"
        # Required fields are always open, and so are those of platform events.
        if texts(each, "required") != ["true"] and not each.parents[1].name.endswith("__e"):
            assert name in opened, name
            opened.discard(name)
    assert not opened, "fields that do not exist"
    assert {"ApiEnabled", "TransferAnyLead", "TransferAnyCase", "ViewAllUsers"} <= set(
        texts(path, "name")
    )


def test_the_permission_set_for_more_objects_opens_every_field_of_its_folder() -> None:
    (path,) = METADATA.rglob("Ortoo_Daemon_More.permissionset-meta.xml")
    files = (METADATA / "more").rglob("*.field-meta.xml")
    names = {f"{each.parents[1].name}.{each.name.split('.')[0]}" for each in files}
    assert set(texts(path, "field")) == names


@pytest.mark.parametrize("name", ["Opportunity", "Task", "Service_Ticket__c"])
def test_other_objects_have_what_the_daemon_writes_to_them(schema: Schema, name: str) -> None:
    assert {each.name for each in schema.object(name).fields.values()} >= stamps_of(name)


def test_modify_all_comes_with_the_rights_it_needs() -> None:
    for path in METADATA.rglob("*.permissionset-meta.xml"):
        for node in ElementTree.parse(path).getroot().iter(f"{NAMESPACE}objectPermissions"):
            rights = {child.tag.removeprefix(NAMESPACE): child.text for child in node}
            if rights["modifyAllRecords"] == "true":
                needed = ("allowRead", "allowEdit", "allowDelete", "viewAllRecords")
                assert all(rights[name] == "true" for name in needed)


def test_the_filters_hold_the_placeholder_that_deployment_replaces() -> None:
    project = json.loads((METADATA / "sfdx-project.json").read_text())
    for replacement, element in zip(
        project["replacements"], ("filterExpression", "filters"), strict=True
    ):
        assert replacement["stringToReplace"] == seed.DAEMON_USER_ID
        found = sorted(METADATA.glob(replacement["glob"]))
        assert found
        for path in found:
            (holder,) = ElementTree.parse(path).getroot().iter(f"{NAMESPACE}{element}")
            assert seed.DAEMON_USER_ID in "".join(holder.itertext())
    for package in project["packageDirectories"]:
        assert (METADATA / package["path"]).is_dir()


def test_a_decision_over_another_owner_is_refused_per_row(schema: Schema) -> None:
    with closing(Org(schema)) as org:
        seed.load(org)
        daemon, person = seed.DAEMON_USER_ID, seed.DISPATCHER_USER_ID
        rows = [{"LastName": f"L{n}", "Company": "x", "OwnerId": daemon} for n in range(3)]
        ids = [o.id for o in org.create_many("Lead", rows, user_id=daemon)]
        org.update("Lead", str(ids[1]), {"OwnerId": person}, user_id=person)
        writes = [
            {
                "Id": each,
                "OwnerId": seed.ADMIN_USER_ID,
                "Ortoo_Decision_Key__c": f"{each}/1",
                "Ortoo_Prior_Owner__c": daemon,
            }
            for each in ids
        ]
        outcomes = org.update_many("Lead", writes, user_id=daemon)
        assert [outcome.success for outcome in outcomes] == [True, False, True]
        error = outcomes[1].error
        assert error is not None
        assert error.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        assert re.match("Somebody changed the owner of this lead", error.message)
        assert org.existing("Lead", str(ids[1]))["OwnerId"] == person


def test_a_custom_channel_carries_the_entities_of_its_members() -> None:
    channels = load_channels(METADATA, ("Lead", "Case"))
    assert "/data/Ortoo__chn" in channels.names
    on_channel = {m.entity for m in channels.members if m.channel == "/data/Ortoo__chn"}
    assert on_channel == {"Lead", "Case", "Opportunity", "Task", "Service_Ticket__c"}


def test_at_most_five_entities_are_selected() -> None:
    with pytest.raises(ChannelError, match="more than 5 entities"):
        load_channels(METADATA, ("Account", "Contact", "Opportunity", "Task"))
