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


EMAIL_KEY = "Ortoo_Email_Key__c"
PHONE_KEY = "Ortoo_Phone_Key__c"
"""Fields by which customers are known again, on every object that the directory file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySources:
    """From which fields of an object a customer's keys are made; of several the first that makes one.

    ``country`` says by which country's rules numbers without an international prefix are read.
    """

    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    country: str | None = None

    def fields(self) -> frozenset[str]:
        """What must be read to make the keys, and to see whether they stand already."""
        found = {*self.email, *self.phone}
        found |= {EMAIL_KEY} if self.email else set()
        found |= {PHONE_KEY} if self.phone else set()
        return frozenset(found | ({self.country} if self.phone and self.country else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """Park the record with ``park`` as its reason unless the condition holds after cleansing."""

    condition: Condition
    park: str
    place: Place
