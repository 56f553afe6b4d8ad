"""Editors find a schema for every file that is shipped, and the file fits it."""

import json
import re

import pytest

from ortoo_daemon.daemon.loading.file_schemas import FileKind, header, schema_text, write_schemas
from tests.policy.files import ROOT
from tests.policy.schema_fits import fits, read

CONFIG = ROOT / "config"
SHIPPED = [
    "ortoo.yaml",
    "directory.yaml",
    "models.yaml",
    "services.yaml",
    *sorted(str(path.relative_to(CONFIG)) for path in (CONFIG / "policies").glob("*.yaml")),
    *sorted(str(path.relative_to(CONFIG)) for path in (CONFIG / "tables").glob("*.yaml")),
]

HEADER = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def schema_named_in(path):
    found = HEADER.match(path.read_text(encoding="utf-8"))
    assert found, f"{path.name} begins with no line like {header('schemas/policy.schema.json')!r}"
    return (path.parent / found[1]).resolve()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_names_its_schema_in_its_first_line_and_fits_it(name):
    path = CONFIG / name
    schema = json.loads(schema_named_in(path).read_text(encoding="utf-8"))
    assert fits(read(name, path.read_bytes()), schema, {"$defs": {}, **schema})


def test_files_of_each_kind_are_shipped():
    named = {schema_named_in(CONFIG / name) for name in SHIPPED}
    assert named == {CONFIG / "schemas" / kind.file for kind in FileKind}


@pytest.mark.parametrize("kind", FileKind)
def test_the_shipped_schemas_are_those_of_this_version(kind):
    stands = (CONFIG / "schemas" / kind.file).read_text(encoding="utf-8")
    assert stands == schema_text(kind), "run: ortoo-daemon check --save-schemas config/schemas"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FileKind.SETTINGS, "org: {login_url: https://x.example}"),
        (FileKind.SETTINGS, "{org: {login_url: u, auth: {flow: other, client_id: c}}}"),
        (
            FileKind.SETTINGS,
            "{org: {login_url: u, auth: {flow: jwt_bearer, client_id: c, username: u,"
            " private_key: key}}}",
        ),
        (FileKind.DIRECTORY, "people: {roles: Role__c}"),
        (FileKind.DIRECTORY, "rooftops: {at: [Latitude__c]}"),
        (FileKind.MODELS, "{catalogue: 1, enabled: true, tasks: {summary: {enabled: true}}}"),
        (FileKind.MODELS, "{catalogue: 1, enabled: false, providers: {a: {speaks: x, url: u}}}"),
        (FileKind.SERVICES, "services: {stock: {method: GET}}"),
        (FileKind.SERVICES, "services: {stock: {url: https://a.example, auth: {by: magic}}}"),
        (FileKind.TESTS, "{policy: a, cases: [{name: n, expect: nothing}]}"),
        (FileKind.TESTS, "{policy: a, cases: [{name: n, expect: no_write, each: [{rule: x}]}]}"),
        (FileKind.SCORECARD, "{scorecard: a, parts: [{part: b, points: [{because: c, add: 1}]}]}"),
        (FileKind.POLICY, "{policy: a, object: Lead, ownership: {otherwise: {queue: Q}}}"),
    ],
)
def test_what_is_wrong_does_not_fit(kind, text):
    schema = json.loads(schema_text(kind))
    assert not fits(read("a", text.encode()), schema, {"$defs": {}, **schema})


def test_a_duration_of_the_settings_is_written_as_admins_write_it():
    schema = json.loads(schema_text(FileKind.SETTINGS))
    org = "org: {login_url: u, auth: {flow: client_credentials, client_id: c}}"
    for text, right in (("5m", True), ("PT5M", False), ("300", False)):
        data = f"{org}\nsweeps: {{reconcile_every: {text}}}\nevents: {{channels: [/data/A__chn]}}"
        assert fits(read("a", data.encode()), schema, schema) is right


def test_schemas_are_written_where_they_are_wanted(tmp_path):
    written = write_schemas(tmp_path / "new" / "schemas")
    assert [path.name for path in written] == [kind.file for kind in FileKind]
    assert all(json.loads(path.read_text())["$schema"] for path in written)
