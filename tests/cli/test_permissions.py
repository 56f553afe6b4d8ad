"""`doctor --permissions`: just what the files in use need, beside what the login has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from ortoo_daemon.salesforce.permissions import in_declared_form
from ortoo_daemon.sandbox.schema import ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.parse import parse
from tests.cli.command import ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until
from tests.sandbox.live import METADATA

ADMIN = "admin@ortoo.example"
NANTES = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "44000", "Company": "Private"}
SCHEMA = Schema.load(METADATA)
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

Right = tuple[str, str]


def test_what_a_daemon_reads_and_writes_is_what_is_listed_as_needed(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    """The shipped policies at work; the org tells which fields it was asked for."""
    before = sandbox.last_call()
    sandbox.leads(5, LastName="Roy", Email="roy@mail.example", Phone="+33 2 40 12 34 56", **NANTES)
    mail = {"SuppliedEmail": "service@dealer.example", "Subject": "Warranty claim refused"}
    cases = sandbox.create([{**mail, "Origin": "Email"}] * 2, object="Case")
    sandbox.create([message(case) for case in cases], object="EmailMessage")
    wait_until(lambda: decided(sandbox, before) >= 7, 40, "seven decisions")
    assert daemon.terminate() == 0
    used = set(rights_used(sandbox.control("GET", f"/calls?after={before}")["calls"]))
    assert {
        ("Lead.Email", "read"),
        ("Lead.Phone", "edit"),
        ("Ortoo_Decision__c", "Create"),
    } <= used
    ended = ortoo("doctor", "--permissions", "--json", env=env)
    needed = {(each["of"], each["right"]) for each in ended.json()["needed"]}
    assert used - needed == set()
    assert all(each["why"] for each in ended.json()["needed"])


def test_the_shipped_permission_sets_let_the_shipped_policies_work_and_what_is_more_is_told(
    env: dict[str, str],
) -> None:
    ended = ortoo("doctor", "--permissions", "--json", env=env)
    found = ended.json()["findings"]
    failed = [each for each in found if not each["passed"]]
    assert {each["check"] for each in failed} == {"more"}
    assert any(
        each["text"].startswith("Opportunity: ") and "(by Ortoo Daemon More" in each["text"]
        for each in failed
    )
    expected = {each["text"].partition(":")[0] for each in found if each["check"] == "expected"}
    assert expected >= {
        "TransferAnyLead",
        "TransferAnyCase",
        "ViewAllUsers",
        "View All on Lead",
        "Modify All on Lead",
        "View All on Case",
        "Modify All on Case",
    }
    assert ended.code == 1
    shown = ortoo("doctor", "--permissions", env=env)
    assert "FAIL  more" in shown.out
    assert "pass  expected" in shown.out


def test_a_login_with_the_written_permission_set_alone_has_all_and_nothing_more(
    sandbox: SandboxProcess, env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "Ortoo_Daemon_Least.permissionset-meta.xml"
    assert ortoo("doctor", "--permission-set", file, env=env).code == 1
    user = sandbox.about["username"]
    mine = f"SELECT Id, PermissionSetId FROM PermissionSetAssignment WHERE Assignee.Username = '{user}'"
    others = f"{mine} AND PermissionSet.IsOwnedByProfile = false"
    before = sandbox.query(others)
    act(sandbox, delete=[row["Id"] for row in before])
    least = load(sandbox, file)
    try:
        ended = ortoo("doctor", "--permissions", env=env)
        assert "FAIL" not in ended.out
        assert ended.code == 0
        (right,) = sandbox.query(
            f"SELECT Id FROM FieldPermissions WHERE ParentId = '{least}' AND Field = 'Lead.Email'"
        )
        act(sandbox, update=[{"Id": right["Id"], "PermissionsRead": False}])
        ended = ortoo("doctor", "--permissions", "--json", env=env)
        failed = [each for each in ended.json()["findings"] if not each["passed"]]
        assert [(each["check"], each["text"]) for each in failed] == [
            ("Lead", "missing: to read: Email")
        ]
    finally:
        act(sandbox, delete=[row["Id"] for row in sandbox.query(others)])
        daemon = "SELECT Id FROM User WHERE Username = '" + user + "'"
        (me,) = sandbox.query(daemon)
        again = [{**assignment(row["PermissionSetId"], me["Id"])} for row in before]
        act(sandbox, create=again)


def test_permission_sets_that_may_not_be_looked_at_are_told(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    body = '[{"errorCode": "INVALID_TYPE", "message": "sObject type is not supported."}]'
    fault = {"path": "PermissionSetAssignment", "status": 400, "body": body, "times": None}
    sandbox.fault("error", **fault)
    try:
        ended = ortoo("doctor", "--permissions", "--json", env=env)
    finally:
        sandbox.heal()
    (found,) = (each for each in ended.json()["findings"] if each["check"] == "permission sets")
    assert (found["passed"], found["text"]) == (False, "can't be read (INVALID_TYPE)")
    assert ended.json()["has"] is None


def message(case: str) -> dict[str, Any]:
    """An e-mail with two requests, as the org's mail handler keeps it."""
    text = (
        "Hello,\n\n1. The warranty claim for VIN WVWZZZ1KZAW000001 was refused, why?\n\n2. Please "
    )
    text += "send the invoice for order 4711 again.\n\nKind regards\nAutohaus Nord"
    sent = {"FromAddress": "service@dealer.example", "Subject": "Two things", "TextBody": text}
    return {"ParentId": case, "Incoming": True, **sent}


# -- what the org was asked for ------------------------------------------------------------------------


def decided(sandbox: SandboxProcess, after: int) -> int:
    rows = [row for write in sandbox.writes(after) for row in write["rows"]]
    return sum(row["entity"] == "Ortoo_Decision__c" and row["ok"] for row in rows)


def rights_used(calls: Iterable[dict[str, Any]]) -> Iterator[Right]:
    """What the daemon's own calls (not those of people) needed of fields that can be withheld."""
    for call in calls:
        text = parse_qs(urlsplit(call["path"]).query).get("q")
        if text:
            yield from read_by(parse(text[0]))
        for write in call["writes"]:
            for row in write["rows"]:
                if row["entity"] in SCHEMA:
                    yield from written(SCHEMA.object(row["entity"]), row["fields"], write["method"])


def read_by(select: tree.Select) -> Iterator[Right]:
    if select.entity.endswith("History"):
        return  # of a record, to whoever may see the record and its field; no permission of its own
    kind = SCHEMA.object(select.entity)
    for path in paths_of(select):
        yield from opened(kind, path.names)
    for join in joins_of(select.where):
        yield from read_by(join.select)


def paths_of(select: tree.Select) -> Iterator[tree.Path]:
    operands: list[Any] = [each.what for each in select.items if isinstance(each, tree.Item)]
    operands += [*select.group_by, *(each.operand for each in select.order_by)]
    operands += [each.operand for each in leaves_of(select.where)]
    for each in operands:
        yield each.path if isinstance(each, tree.Aggregate) else each


def leaves_of(condition: tree.Condition | None) -> Iterator[tree.Comparison | tree.SemiJoin]:
    if isinstance(condition, tree.Logical):
        for term in condition.terms:
            yield from leaves_of(term)
    elif isinstance(condition, tree.Negation):
        yield from leaves_of(condition.term)
    elif condition is not None:
        yield condition


def joins_of(condition: tree.Condition | None) -> Iterator[tree.SemiJoin]:
    yield from (each for each in leaves_of(condition) if isinstance(each, tree.SemiJoin))


def opened(kind: ObjectType, names: tuple[str, ...]) -> Iterator[Right]:
    """The field a path leads to, and the lookups on its way."""
    first, *rest = names
    if not rest:
        yield from right(kind, first, "read")
        return
    lookup = kind.relationships[first.lower()]
    yield from right(kind, lookup.name, "read")
    if len(lookup.reference_to) == 1:
        yield from opened(SCHEMA.object(lookup.reference_to[0]), tuple(rest))


def right(kind: ObjectType, name: str, what: str) -> Iterator[Right]:
    field = kind.field(name)
    whole = kind.field(kind.compound_of.get(field.name, field.name))
    if kind.permissionable(whole):
        yield in_declared_form(f"{kind.name}.{whole.name}"), what


def written(kind: ObjectType, names: Iterable[str], method: str) -> Iterator[Right]:
    yield kind.name, {"POST": "Create", "DELETE": "Delete"}.get(method, "Edit")
    if method == "PATCH" and kind.name.startswith("Ortoo_"):
        yield kind.name, "Create"  # an upsert
    for name in names:
        yield from right(kind, name, "edit")


# -- the org's permission sets -------------------------------------------------------------------------


def act(sandbox: SandboxProcess, **what: Any) -> list[str]:
    done = sandbox.control("POST", "/act", {"user": ADMIN, **what})
    (rows,) = (done[name] for name in what)
    assert all(each["success"] for each in rows), rows
    return [each["id"] for each in rows]


def assignment(permission_set: str, user: str) -> dict[str, Any]:
    row = {"PermissionSetId": permission_set, "AssigneeId": user}
    return {"attributes": {"type": "PermissionSetAssignment"}, **row}


def load(sandbox: SandboxProcess, file: Path) -> str:
    """The written permission set, as a deployment would make it, with the daemon's user; its id."""
    root = ElementTree.parse(file).getroot()
    names = [
        str(node.findtext(f"{NAMESPACE}name")) for node in root.iter(f"{NAMESPACE}userPermissions")
    ]
    row = {"Name": "Least", "Label": "Least"} | {f"Permissions{name}": True for name in names}
    (id,) = act(sandbox, create=[{"attributes": {"type": "PermissionSet"}, **row}])
    rows = [
        {"attributes": {"type": "ObjectPermissions"}, "ParentId": id, **object_rights(node)}
        for node in root.iter(f"{NAMESPACE}objectPermissions")
    ]
    rows += [
        {"attributes": {"type": "FieldPermissions"}, "ParentId": id, **field_rights(node)}
        for node in root.iter(f"{NAMESPACE}fieldPermissions")
    ]
    for start in range(0, len(rows), 200):
        act(sandbox, create=rows[start : start + 200])
    (me,) = sandbox.query(f"SELECT Id FROM User WHERE Username = '{sandbox.about['username']}'")
    act(sandbox, create=[assignment(id, me["Id"])])
    return id


def object_rights(node: ElementTree.Element) -> dict[str, Any]:
    tags = {
        "allowRead": "Read",
        "allowCreate": "Create",
        "allowEdit": "Edit",
        "allowDelete": "Delete",
        "viewAllRecords": "ViewAllRecords",
        "modifyAllRecords": "ModifyAllRecords",
    }
    rights = {f"Permissions{to}": is_true(node, tag) for tag, to in tags.items()}
    return {"SobjectType": node.findtext(f"{NAMESPACE}object"), **rights}


def field_rights(node: ElementTree.Element) -> dict[str, Any]:
    name = str(node.findtext(f"{NAMESPACE}field"))
    rights = {"Read": is_true(node, "readable"), "Edit": is_true(node, "editable")}
    named = {"SobjectType": name.partition(".")[0], "Field": name}
    return {**named, **{f"Permissions{to}": value for to, value in rights.items()}}


def is_true(node: ElementTree.Element, tag: str) -> bool:
    return node.findtext(f"{NAMESPACE}{tag}") == "true"
