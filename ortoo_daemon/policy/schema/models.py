"""What is the JSON Schema of ``models.yaml``? From the parser's own tables."""

from collections.abc import Iterable

from ortoo_daemon.policy.models import reading, task_reading
from ortoo_daemon.policy.models.catalogue import (
    ANSWERS,
    PROMPTS,
    SENDABLE,
    Dialect,
    Disagreement,
    Otherwise,
    TaskName,
)
from ortoo_daemon.policy.schema.terms import (
    DURATION,
    FLAG,
    NAME,
    Schema,
    list_of,
    map_of,
    ref,
    section,
)

_AMOUNT: Schema = {"type": "number", "minimum": 0}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 100}
_TOKENS: Schema = {"type": "integer", "minimum": 16}
_URL: Schema = {"type": "string", "pattern": "^https?://"}
_NAMES: Schema = {"type": "array", "items": NAME, "minItems": 1}


def models_schema() -> Schema:
    """Draft 2020-12."""
    tasks = {str(name): _task(name) for name in TaskName}
    whole = section(
        reading.CATALOGUE_KEYS,
        {
            "catalogue": {"const": reading.VERSION},
            "enabled": FLAG,
            "currency": NAME,
            "providers": map_of(ref("provider")),
            "models": map_of(ref("model")),
            "tasks": {"type": "object", "properties": tasks, "additionalProperties": False},
        },
        ("catalogue", "enabled"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "ortoo-daemon models",
        "$defs": {"provider": _provider(), "model": _model(), "choice": _choice()},
    }


def _provider() -> Schema:
    properties: dict[str, Schema] = {
        "speaks": _among(Dialect),
        "url": _URL,
        "parallel": {"type": "integer", "minimum": 1, "maximum": 256},
        "pause_after": {"type": "integer", "minimum": 1, "maximum": 100},
        "pause_for": DURATION,
        "key": FLAG,
        "key_file": NAME,
        "proxy": _URL,
    }
    return section(reading.PROVIDER_KEYS, properties, ("speaks", "url"))


def _model() -> Schema:
    price = section(
        reading.PRICE_KEYS, dict.fromkeys(reading.PRICE_KEYS, _AMOUNT), ("input", "output")
    )
    properties: dict[str, Schema] = {
        "provider": NAME,
        "name": NAME,
        "price": price,
        "takes_temperature": FLAG,
    }
    return section(reading.MODEL_KEYS, properties, ("provider", "name", "price"))


def _choice() -> Schema:
    when = section(
        task_reading.WHEN_KEYS,
        {
            "language": list_of(NAME),
            "longer_than": _AMOUNT,
            "value_above": _AMOUNT,
            "budget_left_below": _SHARE,
        },
    )
    return section(
        task_reading.CHOICE_KEYS,
        {"when": when | {"minProperties": 1}, "models": _NAMES},
        task_reading.CHOICE_KEYS,
    )


def _task(name: TaskName) -> Schema:
    could = SENDABLE[name]
    send = section(
        task_reading.SEND_KEYS,
        {
            key: list_of(_among(words)) if (words := getattr(could, key)) else {"maxItems": 0}
            for key in task_reading.SEND_KEYS
        },
    )
    properties: dict[str, Schema] = {
        "enabled": FLAG,
        "models": _NAMES,
        "choose": list_of(ref("choice")),
        "send": send,
        "prompt": _among(PROMPTS[name]),
        "answer": _among(ANSWERS[name]),
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "max_tokens": section(
            task_reading.TOKEN_KEYS, dict.fromkeys(task_reading.TOKEN_KEYS, _TOKENS)
        ),
        "time_limit": DURATION,
        "tries": {"type": "integer", "minimum": 1, "maximum": 5},
        "confidence": {"type": "number", "minimum": 0.5, "maximum": 1},
        "budget": section(
            task_reading.BUDGET_KEYS,
            dict.fromkeys(task_reading.BUDGET_KEYS, _AMOUNT),
            task_reading.BUDGET_KEYS,
        ),
        "disagreement": _among(Disagreement),
        "otherwise": _among(Otherwise if name is TaskName.TRIAGE else (Otherwise.RULES,)),
    }
    if name is not TaskName.TRIAGE:
        properties["batch"] = _batch()
    needed = ["enabled", "models", "send", "budget"]
    keys = tuple(key for key in task_reading.TASK_KEYS if key in properties)
    whole = section(keys, properties, needed)
    on: Schema = {"properties": {"enabled": {"const": True}}}
    return whole | {"if": on, "then": {"required": ["prompt", "answer"]}}


def _batch() -> Schema:
    bounds = {"most": (2, 50), "text": (16, 4_000), "answer": (16, 8_000)}
    counts: dict[str, Schema] = {
        key: {"type": "integer", "minimum": least, "maximum": most}
        for key, (least, most) in bounds.items()
    }
    return section(task_reading.BATCH_KEYS, {"window": DURATION, **counts})


def _among(words: Iterable[str]) -> Schema:
    return {"enum": [str(word) for word in words]}
