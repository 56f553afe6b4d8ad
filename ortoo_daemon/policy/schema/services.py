"""What is the JSON Schema of ``services.yaml``? From the parser's own tables."""

from ortoo_daemon.policy.callouts import answer_reading, auth_reading, reading
from ortoo_daemon.policy.callouts.catalogue import AnswerType, AuthKind, Method
from ortoo_daemon.policy.parsing.calls import NAME as SERVICE_NAME
from ortoo_daemon.policy.schema.terms import DURATION, FLAG, NAME, TEXT, Schema, map_of, section

_URL: Schema = {"type": "string", "pattern": "^https?://"}


def services_schema() -> Schema:
    """Draft 2020-12."""
    named = {
        "type": "object",
        "propertyNames": {"pattern": f"^{SERVICE_NAME.pattern}$"},
        "additionalProperties": _service(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **section(reading.FILE_KEYS, {"services": named}),
        "title": "ortoo-daemon services",
    }


def _service() -> Schema:
    rate = section(
        reading.RATE_KEYS, {"at_most": _count(1, 100_000), "per": DURATION}, ("at_most", "per")
    )
    cache = section(reading.CACHE_KEYS, {"for": DURATION, "at_most": _count(1, 100_000)}, ("for",))
    return section(
        reading.SERVICE_KEYS,
        {
            "enabled": FLAG,
            "url": _URL,
            "method": {"enum": [each.value for each in Method]},
            "query": map_of(TEXT),
            "headers": map_of(TEXT),
            "body": {},
            "form": map_of(TEXT),
            "auth": _auth(),
            "internal": FLAG,
            "ca_file": NAME,
            "time_limit": DURATION,
            "tries": _count(1, 5),
            "idempotency_key": NAME,
            "reads": FLAG,
            "parallel": _count(1, 256),
            "rate_limit": rate,
            "cache": cache,
            "most_bytes": _count(1_024, 16_777_216),
            "pause_after": _count(1, 100),
            "pause_for": DURATION,
            "answer": map_of(_part()),
        },
        ("url",),
    )


def _auth() -> Schema:
    kinds = [each.value for each in AuthKind if each is not AuthKind.NONE]
    properties = dict.fromkeys(auth_reading.AUTH_KEYS, TEXT)
    return section(
        auth_reading.AUTH_KEYS, {**properties, "by": {"enum": kinds}, "token_url": _URL}, ("by",)
    )


def _part() -> Schema:
    types = {"enum": [each.value for each in AnswerType]}
    return {
        "anyOf": [NAME, section(answer_reading.PART_KEYS, {"path": NAME, "type": types}, ("path",))]
    }


def _count(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}
