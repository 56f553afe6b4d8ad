"""The JSON Schema keeps in step with the parser."""

import json

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.nodes import ListNode, MapNode, Problems, Scalar
from ortoo_daemon.policy.schema import cases as schema_cases
from ortoo_daemon.policy.schema.policy_file import policy_schema
from ortoo_daemon.policy.schema.terms import section
from tests.policy.files import DEFECTS, defect_files, shipped_files


def plain(node):
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    assert isinstance(node, MapNode)
    return {key: plain(value) for key, (_, value) in node.entries.items()}


KINDS = {
    "string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict,
    "array": list, "null": type(None),
}  # fmt: skip


def is_kind(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def fits(value, wanted, root):
    """As much of draft 2020-12 as the schema uses; patterns and formats aside."""
    if "$ref" in wanted:
        return fits(value, root["$defs"][wanted["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in wanted:
        return any(fits(value, each, root) for each in wanted["anyOf"])
    if "enum" in wanted or "const" in wanted:
        return value in wanted.get("enum", [wanted.get("const")])
    kinds = wanted["type"] if isinstance(wanted["type"], list) else [wanted["type"]]
    if not any(is_kind(value, kind) for kind in kinds):
        return False
    if isinstance(value, list):
        return len(value) >= wanted.get("minItems", 0) and all(
            fits(item, wanted["items"], root) for item in value
        )
    if isinstance(value, dict):
        return _object_fits(value, wanted, root)
    return True


def _object_fits(value, wanted, root):
    known, other = wanted.get("properties", {}), wanted.get("additionalProperties", {})
    sizes = wanted.get("minProperties", 0) <= len(value) <= wanted.get("maxProperties", 99)
    return (
        sizes
        and all(key in value for key in wanted.get("required", []))
        and all(
            fits(item, known[key], root)
            if key in known
            else (other is not False and fits(item, other, root))
            for key, item in value.items()
        )
    )


def test_every_key_of_the_parser_has_a_schema_and_the_other_way_round():
    assert json.loads(json.dumps(policy_schema())) == policy_schema()
    with pytest.raises(ValueError, match="disagree on"):
        section(("a", "b"), {"a": {}})


@pytest.mark.parametrize("name", ["leads", "cases"])
def test_shipped_policies_and_tests_fit_the_schema(name):
    files = shipped_files()
    for file, whole in (
        (f"config/policies/{name}.yaml", policy_schema()),
        (f"config/policies/{name}_test.yaml", schema_cases.tests_schema()),
    ):
        document = plain(read_document(file, files[file], Problems()))
        assert fits(document, whole["$defs"]["policy"] if "$defs" in whole else whole, whole)


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in DEFECTS.glob("*.yaml") if "not_supported" in path.stem)
)
def test_what_is_not_supported_does_not_fit(name):
    with pytest.raises(ConfigError):
        load(defect_files(name))
    whole = policy_schema()
    data = (DEFECTS / f"{name}.yaml").read_bytes()
    assert not fits(plain(read_document("p", data, Problems())), whole["$defs"]["policy"], whole)
