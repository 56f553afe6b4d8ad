"""What is asked of models about one record, and which of their answers count?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.services.models.port import Prompt

_CHARACTERS_A_TOKEN = 2.5
"""Fewer than in any of the six languages, so that what is reserved is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether an answer counts. ``answer`` is what is kept of it, None where there are objections.

    Objections are sent back to the model and logged, so they quote nothing of the record.
    """

    answer: Mapping[str, Any] | None
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """``record`` pays from its budget; ``length`` counts characters; ``value`` is None where unknown.

    ``alone``: it may share a request with nobody. ``suspects`` tells whether an answer, whatever else it is
    worth, says that the text gives orders to machines.
    """

    record: str
    prompt: Prompt
    judge: Callable[[Mapping[str, Any]], Judgement]
    language: str = ""
    length: int = 0
    value: float | None = None
    alone: bool = False
    suspects: Callable[[Mapping[str, Any]], bool] = lambda answer: False


def prompt_hash(prompt: Prompt) -> str:
    """Of everything that is sent, 32 hexadecimal digits: the same prompt, the same hash."""
    whole = json_bytes([prompt.instructions, prompt.text, prompt.name, prompt.schema])
    return sha256(whole).hexdigest()[:32]


def tokens_at_most(prompt: Prompt) -> int:
    """An estimate that rather is too high."""
    whole = len(prompt.instructions) + len(prompt.text) + len(json_bytes(prompt.schema))
    return int(whole / _CHARACTERS_A_TOKEN) + 1


def with_objections(prompt: Prompt, objections: Sequence[str]) -> Prompt:
    """The same question, with what was wrong with the last answer."""
    said = "\n".join(f"- {each}" for each in objections)
    more = f"\n\nAn earlier answer did not count:\n{said}\nGive an answer that avoids this."
    return replace(prompt, text=prompt.text + more)
