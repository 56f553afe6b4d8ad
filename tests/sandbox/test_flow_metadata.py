"""Record-triggered flows are read from the metadata; what the sandbox can't run is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.changes import Change, ChangeType
from ortoo_daemon.sandbox.dx_flows import load_flows
from ortoo_daemon.sandbox.errors import SchemaError
from tests.sandbox.live import METADATA

SHIPPED = "Ortoo_Lead_Changed.flow-meta.xml"


def edited(folder: Path, old: str, new: str) -> Path:
    (path,) = METADATA.rglob(SHIPPED)
    text = path.read_text("utf-8")
    assert old in text
    (folder / SHIPPED).write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_shipped_flows_are_drafts_that_leave_out_the_daemons_own_writes() -> None:
    flows = {each.name: each for each in load_flows(METADATA)}
    assert set(flows) == {"Ortoo_Lead_Changed", "Ortoo_Case_Changed"}
    flow = flows["Ortoo_Lead_Changed"]
    assert (flow.entity, flow.event, flow.active) == ("Lead", "Ortoo_Record__e", False)
    assert flow.on == {ChangeType.CREATE, ChangeType.UPDATE}
    assert dict(flow.values) == {"Object__c": "Lead", "RecordId__c": "$Record.Id"}
    (test,) = flow.tests
    assert (test.field, test.equal, test.value) == ("LastModifiedById", False, seed.DAEMON_USER_ID)


def test_an_active_flow_runs_for_the_kinds_of_change_it_names(tmp_path: Path) -> None:
    edited(tmp_path, "<status>Draft</status>", "<status>Active</status>")
    text = (tmp_path / SHIPPED).read_text("utf-8").replace("CreateAndUpdate", "Create")
    (tmp_path / SHIPPED).write_text(text, "utf-8")
    (flow,) = load_flows(tmp_path)
    row = {"Id": "00Q7Q0000000001AAA", "LastModifiedById": seed.ADMIN_USER_ID}

    def change(kind: ChangeType, **values: str) -> Change:
        return Change(
            entity="Lead",
            record_id=row["Id"],
            change_type=kind,
            changed_fields=(),
            before=None,
            after=row | values,
        )

    assert flow.starts(change(ChangeType.CREATE))
    assert not flow.starts(change(ChangeType.UPDATE))
    assert not flow.starts(change(ChangeType.CREATE, LastModifiedById=seed.DAEMON_USER_ID))
    assert flow.filled(row) == {"Object__c": "Lead", "RecordId__c": row["Id"]}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("RecordAfterSave", "RecordBeforeSave", "triggerType must be RecordAfterSave"),
        ("CreateAndUpdate", "Delete", "recordTriggerType must be one of"),
        ("<filterLogic>and<", "<filterLogic>or<", "filterLogic must be and"),
        ("NotEqualTo", "StartsWith", "operator must be one of EqualTo, NotEqualTo"),
        ("$Record.Id", "$User.Id", "a value must be text"),
        ("<status>", "<decisions><name>D</name></decisions><status>", "not supported.*decisions"),
        ("<targetReference>Publish<", "<targetReference>Other<", "the start must lead to"),
        ("<filterLogic>", "<filterFormula>TRUE</filterFormula><filterLogic>", "filterFormula"),
        ("</Flow>", "", "no element found"),
    ],
)
def test_a_flow_beyond_the_sandbox_is_refused_by_file(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(SchemaError, match=complaint) as caught:
        list(load_flows(edited(tmp_path, old, new)))
    assert SHIPPED in str(caught.value)
