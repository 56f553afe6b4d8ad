"""What is one line of a record's story?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the story. ``kind``: created, decided, owner, accepted, handoff. ``by`` is who, for people
    to read.

    ``details`` are names and values that programs may want; of a decision: key, outcome, reason, way in,
    policy, revision, rule, and the fields as ``written`` and ``refused``.
    """

    at: datetime
    kind: str
    text: str
    by: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
