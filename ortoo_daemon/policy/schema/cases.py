"""What is the JSON Schema of the tests beside a policy, ``*_test.yaml``?"""

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.facts import ContactKind
from ortoo_daemon.policy.parsing import case_matches as parse_matches
from ortoo_daemon.policy.parsing import case_tables as parse_tables
from ortoo_daemon.policy.parsing import cases as parse_cases
from ortoo_daemon.policy.parsing import expectations as parse_expectations
from ortoo_daemon.policy.parsing import found_mail as parse_mail
from ortoo_daemon.policy.schema.terms import (
    COUNT,
    DURATION,
    FLAG,
    ITEMS_OF_TEXT,
    MOMENT,
    NAME,
    SCALAR,
    TEXT,
    Schema,
    list_of,
    map_of,
    one_or_several,
    section,
)


def tests_schema() -> Schema:
    """The schema of ``*_test.yaml``."""
    times = section(
        parse_cases.GIVEN_KEYS, {"times": COUNT, "ago": DURATION}, parse_cases.GIVEN_KEYS
    )
    load: Schema = {"type": "number", "minimum": 0}
    given_last = {"anyOf": [times, list_of(DURATION)]}
    person = section(
        parse_cases.ROSTER_KEYS,
        {"active": FLAG, "away": FLAG, "open_work": COUNT, "load": load, "given_last": given_last},
    )
    owner = section(
        parse_expectations.OWNER_KEYS,
        {
            "username": NAME,
            "name": NAME,
            "role": NAME,
            "skills": ITEMS_OF_TEXT,
            "languages": ITEMS_OF_TEXT,
        },
    )
    told: Schema = {"enum": [str(each) for each in NoticeTo]}
    expect = section(
        parse_expectations.EXPECT_KEYS,
        {
            "outcome": {"enum": list(parse_expectations.OUTCOMES)},
            "rule": TEXT,
            "rooftop": TEXT,
            "owner": {"anyOf": [NAME, owner]},
            "queue": NAME,
            "parked": TEXT,
            "sla": map_of(DURATION),
            "told": {"anyOf": [told, list_of(told)]},
            "fields": map_of({"type": ["string", "number", "boolean", "null"]}),
            "handoff": {"enum": list(parse_expectations.HANDOFFS)},
            "reopened": map_of({"type": ["string", "number", "boolean", "null"]}),
            "known": map_of({"type": ["string", "number", "boolean", "null"]}),
            "attached": TEXT,
            "shared": ITEMS_OF_TEXT,
            "campaign": TEXT,
            "published": {
                "anyOf": [
                    {"const": parse_expectations.NO_EVENT},
                    map_of(map_of({"type": ["string", "number", "boolean", "null"]})),
                ]
            },
            "children": list_of(map_of({"type": ["string", "number", "boolean", "null"]})),
        },
    )
    request = section(
        parse_mail.WRITTEN_OF_REQUEST, dict.fromkeys(parse_mail.WRITTEN_OF_REQUEST, SCALAR)
    )
    mail = section(
        (*parse_mail.WRITTEN_OF_MAIL, parse_mail.REQUESTS),
        dict.fromkeys(parse_mail.WRITTEN_OF_MAIL, SCALAR) | {parse_mail.REQUESTS: list_of(request)},
    )
    fields = map_of({"type": ["string", "number", "boolean", "null"]})
    expectation = {"anyOf": [{"const": parse_expectations.NO_WRITE}, expect]}
    later_person = section(parse_cases.LATER_ROSTER_KEYS, {"active": FLAG, "away": FLAG})
    later = section(
        parse_cases.THEN_KEYS,
        {
            "after": DURATION,
            "roster": map_of(later_person),
            "given": fields,
            "activity": list_of({"enum": [str(kind) for kind in ContactKind]}),
            "reply": TEXT,
            "expect": expectation,
        },
        ("after", "expect"),
    )
    match = section(
        parse_matches.MATCH_KEYS,
        {
            "object": NAME,
            "owner": NAME,
            "rooftop": TEXT,
            "source": TEXT,
            "brand": TEXT,
            "age": DURATION,
            "how": {"enum": [str(how) for how in parse_matches.HOWS]},
            "fields": fields,
        },
        ("object", "age"),
    )
    said: dict[str, Schema] = {
        "name": TEXT,
        "given": fields,
        "now": MOMENT,
        "roster": map_of(person),
        "moved": {"anyOf": [COUNT, map_of(COUNT)]},
        "mail": mail,
        "match": one_or_several(match),
        "answers": map_of({}),
        "expect": expectation,
        "then": list_of(later),
    }
    cell = {"type": ["string", "number", "boolean", "null"]}
    each = {"anyOf": [list_of(section(parse_tables.ROW_KEYS, said)), list_of(list_of(cell))]}
    case: Schema = {
        "anyOf": [
            section(parse_tables.ROW_KEYS, said, ("name", "expect")),
            section(parse_cases.CASE_KEYS, {**said, "each": each}, ("name", "each")),
        ]
    }
    whole = section(
        parse_cases.TESTS_KEYS,
        {
            "policy": NAME,
            "now": MOMENT,
            "defaults": fields,
            "roster": map_of(person),
            "cases": list_of(case),
        },
        ("policy", "cases"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ortoo-daemon policy tests",
        **whole,
    }
