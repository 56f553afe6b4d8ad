"""What does a policy do to a record before it is routed? Values of ``intake:``."""

from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition


class CleanseKind(StrEnum):
    TRIM = "trim"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanse:
    """Standardise one field. ``country`` names the field that says which country's rules apply."""

    field: str
    kind: CleanseKind
    country: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """Park the record with ``park`` as its reason unless the condition holds after cleansing."""

    condition: Condition
    park: str
    place: Place
