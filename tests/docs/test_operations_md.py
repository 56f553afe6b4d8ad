"""The operations page names all that the code says and writes, and nothing that it does not."""

import ast
import re
from collections import defaultdict
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from ortoo_daemon.action.stamps import OWNER, STAMPS
from ortoo_daemon.audit.line import EVENT
from ortoo_daemon.daemon.settings import SECRETS, Settings
from ortoo_daemon.mail_findings import FINDINGS_FIELD, SPLIT_KEY
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY
from ortoo_daemon.policy.literals import written_duration
from ortoo_daemon.policy.share_model import SHARING
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.stream.failures import FailureKind
from ortoo_daemon.salesforce.stream.pump import GapReason
from tests.docs.pages import ROOT, first_cells, page, section

NAME = "docs/operations.md"
LEVELS = {
    "debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error",
}  # fmt: skip


def tables(heading: str) -> list[list[list[str]]]:
    """The tables below a heading, as rows of cells without their head."""
    found: list[list[list[str]]] = []
    previous = False
    for line in section(NAME, heading).splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not previous:
                found.append([])
            found[-1].append(cells)
        previous = line.startswith("|")
    return [table[2:] for table in found]


def emitted() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Levels and fields by event name, of every call of a module's ``_log``."""
    levels, fields = defaultdict(set), defaultdict(set)
    for file in sorted((ROOT / "ortoo_daemon").rglob("*.py")):
        if {"sandbox", "cli"} & set(file.relative_to(ROOT / "ortoo_daemon").parts):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) != "_log" or node.func.attr not in LEVELS:
                continue
            name = node.args[0].value if isinstance(node.args[0], ast.Constant) else EVENT
            levels[name].add(LEVELS[node.func.attr])
            fields[name] |= {each.arg for each in node.keywords if each.arg}
    return levels, fields


LOGGED, FIELDS = emitted()
EVENTS = {row[0].strip("`"): row for row in tables("## Log events")[0]}


def test_every_event_of_the_code_is_listed_and_no_other():
    assert set(EVENTS) == set(LOGGED)


@pytest.mark.parametrize("event", sorted(LOGGED))
def test_an_event_is_listed_with_its_levels_and_fields(event):
    cells = EVENTS.get(event, ["", "", ""])
    assert LOGGED[event] == set(re.findall(r"debug|info|warning|error", cells[1]))
    names = {"exception" if name == "exc_info" else name for name in FIELDS[event]}
    assert {name for name in names if not re.search(rf"\b{name}\b", cells[2])} == set()


def test_every_field_of_the_canonical_line_is_listed():
    source = (ROOT / "ortoo_daemon" / "audit" / "line.py").read_text(encoding="utf-8")
    found = {
        key.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    } - {"event", "api_calls"}
    assert found <= set(first_cells(section(NAME, "## Log events")))


@pytest.mark.parametrize(("index", "kinds"), [(2, FailureKind), (3, GapReason)])
def test_kinds_of_stream_trouble_are_listed_and_no_others(index, kinds):
    assert {row[0].strip("`") for row in tables("## Log events")[index]} == set(kinds)


def test_every_way_in_is_named():
    assert [word for word in WorkReason if f"`{word}`" not in page(NAME)] == []


def test_every_outcome_and_reason_code_is_listed_and_no_other():
    assert {row[0].strip("`") for row in tables("## Outcomes")[0]} == set(Outcome)
    rows = tables("## Reason codes")[0]
    assert {row[0].strip("`") for row in rows} == set(ReasonCode)
    assert {word for row in rows for word in row[1].split(", ")} <= {*Outcome, "–"}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models an annotation may stand for."""
    if get_origin(annotation) is Annotated:
        return models_in(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [model for part in get_args(annotation) for model in models_in(part)]
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return [annotation] if is_model else []


def settings_of(model: type[BaseModel], before: str = "") -> dict[str, Any]:
    """Defaults by whole key."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = models_in(info.annotation)
        for each in inner:
            found |= settings_of(each, f"{before}{name}.")
        if not inner:
            found[before + name] = info
    return found


def shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return written_duration(value)
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def test_every_setting_is_listed_with_its_environment_name_and_default_and_no_other():
    settings = settings_of(Settings)
    del settings["folder"], settings["file"]
    rows = {row[0].strip("`"): row for row in tables("## Settings")[0]}
    assert set(rows) == set(settings)
    for key, (_, environment, default, _) in rows.items():
        assert environment == f"`ORTOO_{key.upper().replace('.', '__')}`"
        info = settings[key]
        if info.is_required():
            assert "needed" in default, key
        elif info.default is not None:
            assert default == f"`{shown(info.default)}`", key


def test_secrets_are_named_as_credentials():
    assert [name for name in SECRETS if f"`{name}`" not in section(NAME, "## Secrets")] == []


def test_every_stamp_is_described_and_no_other_field_of_the_record():
    assert set(
        re.findall(r"`(\w+)`", "".join(r[0] for r in tables("## What is written to the org")[0]))
    ) == {*STAMPS, OWNER}


@pytest.mark.parametrize("name", ["Ortoo_Decision__c", "Ortoo_Policy__c", "Ortoo_Policy_Load__c"])
def test_every_field_of_the_own_objects_is_described(name):
    folder = ROOT / "config" / "salesforce" / "main" / "default" / "objects" / name / "fields"
    fields = {file.name.partition(".")[0] for file in folder.iterdir()}
    text = section(NAME, "## What is written to the org")
    assert {field for field in fields if f"`{field}`" not in text} == set()


def test_shipped_fields_that_policies_alone_write_are_named():
    folder = ROOT / "config" / "salesforce" / "main" / "default" / "objects"
    shipped = {
        file.name.partition(".")[0]
        for name in ("Lead", "Case")
        for file in (folder / name / "fields").iterdir()
    }
    text = section(NAME, "## What is written to the org")
    named = set(
        re.findall(r"`(\w+)`", text.partition("Written where a policy says so")[2].split("\n")[0])
    )
    people_write = {"Ortoo_Return_Reason__c"}
    found = {FINDINGS_FIELD, SPLIT_KEY}
    handed = {each for each in shipped if each.startswith(("Ortoo_Handoff", SHARING))}
    assert all(f"`{each}`" in text for each in handed)
    found |= handed
    assert shipped - STAMPS - {EMAIL_KEY, NAME_KEY, PHONE_KEY} - people_write - found == named
