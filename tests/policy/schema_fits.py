"""Does a value fit a JSON Schema? As much of draft 2020-12 as the schemas of our files use."""

import re

from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import ListNode, MapNode, Problems, Scalar

KINDS = {
    "string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict,
    "array": list, "null": type(None),
}  # fmt: skip

KNOWN = {
    "$ref", "anyOf", "oneOf", "enum", "const", "type", "properties", "required", "pattern",
    "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "minLength", "minimum",
    "maximum", "minProperties", "maxProperties", "uniqueItems",
    "$schema", "$defs", "title", "description", "format", "writeOnly", "exclusiveMinimum",
    "maxLength", "propertyNames", "if", "then",
}  # fmt: skip
"""What is checked, and (the last rows) what may stand there and is not."""


def plain(node):
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    assert isinstance(node, MapNode)
    return {key: plain(value) for key, (_, value) in node.entries.items()}


def read(name, data):
    return plain(read_document(name, data, Problems()))


def fits(value, wanted, root):
    assert set(wanted) <= KNOWN, f"not understood here: {set(wanted) - KNOWN}"
    return all(check(value, wanted, root) for check in (_chosen, _one, _some, _list, _mapping))


def _chosen(value, wanted, root):
    whole = root["$defs"]
    if "$ref" in wanted and not fits(value, whole[wanted["$ref"].removeprefix("#/$defs/")], root):
        return False
    if "anyOf" in wanted and not any(fits(value, each, root) for each in wanted["anyOf"]):
        return False
    if "if" in wanted and fits(value, wanted["if"], root) and not fits(value, wanted["then"], root):
        return False
    return "oneOf" not in wanted or sum(fits(value, each, root) for each in wanted["oneOf"]) == 1


def _one(value, wanted, root):
    allowed = wanted.get("enum", [wanted["const"]] if "const" in wanted else [value])
    kinds = wanted.get("type", list(KINDS))
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return value in allowed and any(_is_kind(value, kind) for kind in kinds)


def _is_kind(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def _some(value, wanted, root):
    if isinstance(value, str):
        return len(value) >= wanted.get("minLength", 0) and bool(
            re.search(wanted.get("pattern", ""), value)
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        return wanted.get("minimum", value) <= value <= wanted.get("maximum", value)
    return True


def _list(value, wanted, root):
    if not isinstance(value, list):
        return True
    first = wanted.get("prefixItems", [])
    return (
        wanted.get("minItems", 0) <= len(value) <= wanted.get("maxItems", len(value))
        and all(fits(item, each, root) for item, each in zip(value, first, strict=False))
        and all(fits(item, wanted.get("items", {}), root) for item in value[len(first) :])
    )


def _mapping(value, wanted, root):
    if not isinstance(value, dict):
        return True
    known, other = wanted.get("properties", {}), wanted.get("additionalProperties", {})
    size = len(value)
    return (
        wanted.get("minProperties", 0) <= size <= wanted.get("maxProperties", size)
        and all(key in value for key in wanted.get("required", []))
        and all(
            fits(item, known[key], root)
            if key in known
            else (other is not False and (other is True or fits(item, other, root)))
            for key, item in value.items()
        )
    )
