"""What is asked of the world outside the record, and what did it say? Calls as questions and facts.

A policy's step asks; the daemon makes the call; what came of it is a fact, kept with the decision, so that
the decision is made again without calling. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ortoo_daemon.records import FieldValue, RecordId


class CallKind(StrEnum):
    """Who is called: a service of ``services.yaml``, or the org's own automation by its API name.

    AGENT is one of Agentforce, STANDARD an action of the platform.
    """

    SERVICE = "service"
    FLOW = "flow"
    APEX = "apex"
    AGENT = "agent"
    STANDARD = "standard"


class CallQuestion(NamedTuple):
    """What does ``target`` say to this? ``step`` is the label of the policy's step, ``key`` the decision's.

    ``sent`` are the values by name, in the order of names; ``at_most`` is in seconds. Answer: CallAnswer.
    """

    kind: CallKind
    target: str
    step: str
    record: RecordId
    key: str
    sent: tuple[tuple[str, FieldValue], ...]
    at_most: float


class HoldQuestion(NamedTuple):
    """Has the org's own automation done its part? A record waits for it until ``until``.

    ``step`` is the label of the policy's step, ``fields`` are what its condition looks at. Answer: None,
    where nobody waits; a case of policy tests may say which values the fields get.
    """

    step: str
    record: RecordId
    since: datetime
    until: datetime
    fields: tuple[str, ...]


class CallOutcome(StrEnum):
    """How a call went. Only ANSWERED brings values; after all others the step's ``else`` applies."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    NOT_ASKED = "not_asked"
    TIMED_OUT = "timed_out"
    RATE_LIMITED = "rate_limited"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    REFUSED = "refused"
    BLOCKED = "blocked"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What came of a call. ``value`` is JSON as the service's ``answer`` shapes it, None unless ANSWERED.

    ``detail`` says what was wrong and quotes neither what was sent nor what came. ``misfits`` are parts of
    the answer that were left out, and why. ``took_for`` is in milliseconds, the waits for a place and between
    ``requests`` included; ``kept`` says that it was answered by an earlier answer.
    """

    outcome: CallOutcome
    value: Any = None
    detail: str = ""
    misfits: tuple[str, ...] = ()
    took_for: int = 0
    requests: int = 0
    kept: bool = False


UNKNOWN = CallAnswer(outcome=CallOutcome.NOT_ASKED, detail="what it would have said is not known")
"""Where nobody calls: in policy tests that say nothing of it, and where the past is lived through again."""


def call_kept(question: CallQuestion) -> dict[str, Any]:
    """What of a question stands in the decision's facts; the rest follows from the record."""
    return {
        "kind": question.kind.value,
        "target": question.target,
        "step": question.step,
        "sent": dict(question.sent),
        "at_most": question.at_most,
    }


def call_unkept(kept: Mapping[str, Any], *, record: RecordId, key: str) -> CallQuestion:
    """The question again. Raises KeyError or ValueError where it is none."""
    return CallQuestion(
        kind=CallKind(kept["kind"]),
        target=str(kept["target"]),
        step=str(kept["step"]),
        record=record,
        key=key,
        sent=tuple(sorted(kept["sent"].items())),
        at_most=float(kept["at_most"]),
    )


def answer_kept(answer: CallAnswer) -> dict[str, Any]:
    """As plain JSON; what is as usual is left out."""
    kept: dict[str, Any] = {"outcome": answer.outcome.value, "took_for": answer.took_for}
    if answer.value is not None:
        kept["value"] = answer.value
    told = (
        ("detail", answer.detail),
        ("misfits", list(answer.misfits)),
        ("requests", answer.requests),
        ("kept", answer.kept),
    )
    return kept | {name: each for name, each in told if each}


def answer_unkept(kept: Mapping[str, Any]) -> CallAnswer:
    """The answer again. Raises KeyError or ValueError where it is none."""
    return CallAnswer(
        outcome=CallOutcome(kept["outcome"]),
        value=kept.get("value"),
        detail=kept.get("detail", ""),
        misfits=tuple(kept.get("misfits", ())),
        took_for=int(kept.get("took_for", 0)),
        requests=int(kept.get("requests", 0)),
        kept=bool(kept.get("kept", False)),
    )
