"""The shipped policies use the whole language: each word of the grammar, but for a few with their reasons.

The words come from where they are declared: the JSON Schema, which is made of the parser's own tables of
keys and of the closed sets of values. A word is a key below the block that it belongs to, or one of the
values that a key can have; where blocks are alike (a step of a clock, of an offer, of a return) their
words are one.
"""

import re
from pathlib import Path

import pytest

from ortoo_daemon.policy.literals import open_time
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.schema.policy_file import policy_schema
from ortoo_daemon.policy.territories import read_territories
from tests.policy.schema_fits import fits, read

CONFIG = Path(__file__).parents[2] / "config"
ROOT = policy_schema()

ALIKE = [
    (r"^policy\.(enrichment\.hold_until|intake\.require)\.(\*|all|any|not|use|programme)", r"condition.\2"),
    (r"^condition\.\*\.\w+\.(list|field)$", r"condition.\1"),
    (r"^condition\.\*", "condition"),
    (r"^policy\.enrichment\.(flow|apex|agent|standard|call)\.", "call."),
    (r"^policy\.intake\.cleanse\.\*[.=](\w+)$", r"cleanse=\1"),
    (r"^policy\.intake\.cleanse\.\*\.\w+\.(\w+)$", r"cleanse.\1"),
    (r"^policy\.(ownership|programmes\.\*)\.limits\.", "limits."),
    (r"^limits\.rate_limit\.(person|team|rooftop)(\..+)$", r"rate_limit\2"),
    (r"^policy\.action\.(sla\.on_violation|offer\.on_lapse|returns\.steps)\.", "step."),
    (r"^policy\.action\.(sla|offer)\.on_warning\.", "step."),
    (r"^policy\.action\.(sla\.target|offer\.for|repeats.*)\.first\.", "first."),
    (r"^policy\.action\.(sla\.stopped_by|offer\.accepted_by)\.", "stopped_by."),
    (r"^policy\.boundaries\.(notify|ask_back)([.=].*)$", r"notify\2"),
    (r"^policy\.action\.repeats\.merge\.\*(\.keep)?=", "merge="),
    (r"^assign\.(team\.skills\.(required|wished)|person\.match\.has)\.", "wish."),
    (r"^policy\.", ""),
]  # fmt: skip

EXCEPTIONS = {
    "holds when it is left out": {
        "action.duplicate_rules=leave_out", "action.moves.while_closed=move", "action.sla.on_reassign=keep",
        "action.sla.on_reopen=keep", "action.sla.on_repeat=keep", "intake.find.duplicates.scope=network",
    },
    "another way of what is used; a network has one": {
        "action.share.access=edit", "action.share.with.queue", "action.share.with.user",
        "action.duplicate_rules=park", "action.handoff.by=file", "action.handoff.by=http",
        "intake.adf.unreadable=pass", "intake.adf.mails=True", "intake.find.duplicates.scope=rooftop",
    },
    "an event for others counts against the org's allocation: told is what the others asked for": {
        f"action.publish.on={outcome}" for outcome in (
            "clock_changed", "clock_stopped", "escalated", "parked", "violated", "warned",
        )
    },
    "needs a channel of ortoo.yaml, whose address is a secret": {"notify.to=on_call"},
    "a sign that the directory file does not read: each costs queries for everybody": {
        "absence.signs=login", "absence.signs=missed", "absence.signs=presence",
    },
    "another field of the same kind, which the forms of the example network do not have": {
        "enrichment.attribution.url", "enrichment.attribution.into.medium",
        "enrichment.attribution.utm.content", "enrichment.attribution.utm.term",
        "enrichment.ai.read.comments", "enrichment.ai.read.new",
        "enrichment.ai.tell.model", "enrichment.ai.tell.request", "enrichment.ai.tell.subject",
    },
    "asks a model for more; models are off as shipped, and what they write needs fields of its own": {
        "enrichment.ai.task=reply_draft", "enrichment.ai.task=summary", "enrichment.ai.into",
        "enrichment.ai.length", "enrichment.ai.value", "enrichment.ai.only_empty",
    },
}  # fmt: skip
"""Why a word is not used, and which."""

NAMES = "action.handoff.map."
"""Names of an enquiry in ADF, which are no words of the language."""


def canonical(word):
    for pattern, put in ALIKE:
        word = re.sub(pattern, put, word)
    return word


def followed(schema, at):
    """The schema behind a reference, and the name under which its words go."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return ROOT["$defs"][name], name
    return schema, at


def values_of(schema):
    return [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]


def names_of(schema):
    return schema.get("propertyNames", {}).get("enum", ())


def declared(schema, at, seen):
    """Every word that a schema allows."""
    schema, name = followed(schema, at)
    if schema is not None and name != at:
        if name in seen:
            return
        seen.add(name)
    yield from (f"{name}={value}" for value in values_of(schema))
    yield from (f"{name}.{key}" for key in names_of(schema))
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from declared(each, name, seen)
    for key, inner in schema.get("properties", {}).items():
        yield f"{name}.{key}"
        yield from declared(inner, f"{name}.{key}", seen)
    if isinstance(other := schema.get("additionalProperties"), dict):
        yield from declared(other, f"{name}.*", seen)
    if "items" in schema:
        yield from declared(schema["items"], name, seen)


def used(value, schema, at):
    """The words with which a value is written."""
    schema, name = followed(schema, at)
    yield from (f"{name}={each}" for each in values_of(schema) if each == value)
    for each in schema.get("anyOf", ()):
        if fits(value, each, ROOT):
            yield from used(value, each, name)
    if isinstance(value, dict):
        other = schema.get("additionalProperties")
        for key, inner in value.items():
            if key in names_of(schema) or key in schema.get("properties", {}):
                yield f"{name}.{key}"
            if key in schema.get("properties", {}):
                yield from used(inner, schema["properties"][key], f"{name}.{key}")
            elif isinstance(other, dict):
                yield from used(inner, other, f"{name}.*")
    if isinstance(value, list) and "items" in schema:
        for each in value:
            yield from used(each, schema["items"], name)


def policies():
    for path in sorted((CONFIG / "policies").glob("*.yaml")):
        if not path.stem.endswith("_test"):
            yield read(path.name, path.read_bytes())


def scalars(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from scalars(inner)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each)
    else:
        yield value


@pytest.fixture(scope="module")
def all_used():
    whole = {"$ref": "#/$defs/policy"}
    return {canonical(word) for policy in policies() for word in used(policy, whole, "")}


def test_the_shipped_policies_use_every_word_but_those_with_a_reason(all_used):
    every = {canonical(word) for word in declared({"$ref": "#/$defs/policy"}, "", set())}
    every = {word for word in every if not word.startswith(NAMES)}
    excused = set().union(*EXCEPTIONS.values())
    assert len(every) > 300
    assert sorted(every - all_used - excused) == []
    assert sorted(excused - every) == [], "no word of the language"
    assert sorted(excused & all_used) == [], "used by now: needs no excuse"


def test_they_ask_of_parents_of_customers_and_of_time_in_business_hours():
    written = {str(each) for policy in policies() for each in scalars(policy)}
    assert any(re.fullmatch(r"[A-Z]\w+\.[A-Z]\w+", each) for each in written), "a field of a parent"
    assert any(each.startswith("$match.") for each in written)
    assert any(each.startswith("$rooftop.") for each in written)
    assert any(open_time(each) is not None for each in written)
    assert any(re.fullmatch(r"\d{4}-.* \.\. \d{4}-.*", each) for each in written), "days of a rule"


def test_every_wish_for_a_rooftop_has_its_signal():
    signals = read("directory.yaml", (CONFIG / "directory.yaml").read_bytes())["signals"]
    assert set(signals) == {"customer_choice", "in_stock", "known_dealer"}


@pytest.mark.parametrize(
    "kind", ["postal_code", "prefix", "first", "city", "area_code", "whole_country", "brand", "rooftop",
             "region", "valid_from", "valid_to", "source"],
)  # fmt: skip
def test_territories_have_rows_of_every_kind(kind):
    rows = []
    for name in ("territories.csv", "body_shops.yaml"):
        data, problems = (CONFIG / "tables" / name).read_bytes(), Problems()
        found = read_territories(data, path=name, file=name, problems=problems)
        assert found is not None
        assert not problems.found
        rows += found.rows
    assert any(getattr(row, kind) for row in rows)
    assert any(row.brand is None for row in rows)


def test_every_policy_is_of_another_object_and_some_are_the_networks_own():
    assert {policy["object"] for policy in policies()} == {
        "Lead", "Case", "Opportunity", "Task", "Service_Ticket__c",
    }  # fmt: skip
