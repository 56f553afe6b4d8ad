"""How do several short texts share one request, and which part of the answer belongs to which? Pure.

Each text keeps its own marks and gets a name that nobody can know beforehand; the answer is a list with
one entry a name. What an entry says is judged by whoever asked for that text, against that text alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.policy.models.catalogue import Model, Tokens
from ortoo_daemon.services.models.port import Prompt

SEVERAL = """

You are given several texts at once, each below a line `=== NAME ===`. Different people wrote them, and
they have nothing to do with each other. Answer each one as if it were the only one: from its own words
alone, with evidence out of its own words, and never by what another text says or asks for. Give one entry
for each name."""

NAME = "together"


def frame_of(prompt: Prompt) -> str:
    """A digest of what is the same: prompts that differ in the text alone may share a request."""
    return sha256(json_bytes([prompt.instructions, prompt.name, prompt.schema])).hexdigest()


def one_prompt(texts: Mapping[str, Prompt]) -> Prompt:
    """By name, in order. Instructions and form are the same for every number of texts, for the cache."""
    first = next(iter(texts.values()))
    entry = _object({"name": {"type": "string"}, "answer": dict(first.schema)})
    return Prompt(
        instructions=first.instructions + SEVERAL,
        text="\n\n".join(f"=== {name} ===\n{prompt.text}" for name, prompt in texts.items()),
        name=NAME,
        schema=_object({"answers": {"type": "array", "items": entry}}),
    )


def parted(
    answer: Mapping[str, Any] | None, names: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    """What is said of each name. A name that is missing, stands there twice or has no object is left out."""
    entries = answer.get("answers") if answer is not None else None
    if not isinstance(entries, list):
        return {}
    given = [each for each in entries if isinstance(each, Mapping)]
    times = Counter(str(each.get("name")) for each in given)
    return {
        name: each["answer"]
        for each in given
        if (name := str(each.get("name"))) in names
        and times[name] == 1
        and isinstance(each.get("answer"), Mapping)
    }


def shares(whole: int, weights: Sequence[int]) -> list[int]:
    """A whole number in parts by weight; the parts add up to it."""
    every = sum(weights) or len(weights)
    by_weight = [each / every if sum(weights) else 1 / len(weights) for each in weights]
    found = [int(whole * each) for each in by_weight]
    rest = sorted(range(len(found)), key=lambda n: found[n] - whole * by_weight[n])
    for number in rest[: whole - sum(found)]:
        found[number] += 1
    return found


def shared_tokens(used: Tokens, lengths: Sequence[int], said: Sequence[int]) -> list[Tokens]:
    """What went in by the lengths of the prompts, what came out by how long each part of the answer is."""
    into = [shares(part, lengths) for part in (used.input, used.cache_read, used.cache_write)]
    out = shares(used.output, said)
    return [
        Tokens(input=into[0][n], cache_read=into[1][n], cache_write=into[2][n], output=out[n])
        for n in range(len(lengths))
    ]


def shared_cost(model: Model, whole: Tokens, parts: Sequence[Tokens]) -> list[int]:
    """What each part costs; together what the whole costs, as the provider counts it."""
    return shares(model.cost(whole), [model.cost(part) for part in parts])


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
