"""What does a policy do to a record before it is routed? Values of ``intake:``."""

from collections.abc import Iterator, Mapping
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
    STREET = "street"
    DATE = "date"
    AMOUNT = "amount"
    CURRENCY = "currency"
    COLOUR = "colour"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanse:
    """Standardise one field. ``country`` names the field that says which country's rules apply.

    ``raw`` takes what was typed, once. Of addresses ``of_kind`` takes whose it is, ``offer`` the one that may
    be meant; of consent ``into`` is the checkbox.
    """

    field: str
    kind: CleanseKind
    country: str | None
    raw: str | None = None
    offer: str | None = None
    of_kind: str | None = None
    into: str | None = None
    place: Place

    def sets(self) -> Iterator[str]:
        """Fields that it writes."""
        yield self.field
        beside = (self.raw, self.offer, self.of_kind, self.into)
        yield from (name for name in beside if name)


EMAIL_KEY = "Ortoo_Email_Key__c"
PHONE_KEY = "Ortoo_Phone_Key__c"
NAME_KEY = "Ortoo_Name_Key__c"
"""Fields by which customers are known again, on every object that the directory file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySources:
    """From which fields of an object a customer's keys are made; of several the first that makes one.

    ``country`` says by which country's rules numbers without an international prefix are read. The name
    key is made of ``last_name``, else of ``company``, and ``postal_code``; ``number`` is a key as it stands.
    The rest is looked at where records of one customer are compared. ``through`` names the parent that
    says who the customer is (then the object has no keys of its own).
    """

    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    country: str | None = None
    number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    postal_code: str | None = None
    rooftop: str | None = None
    source: str | None = None
    duplicate_of: str | None = None
    brand: str | None = None
    through: str | None = None

    @property
    def has_names(self) -> bool:
        """Whether a name key can be made."""
        return self.postal_code is not None and bool(self.last_name or self.company)

    def key_fields(self) -> tuple[str, ...]:
        """The fields that hold the keys made here."""
        made = ((EMAIL_KEY, self.email), (PHONE_KEY, self.phone), (NAME_KEY, self.has_names))
        return tuple(key for key, sources in made if sources)

    def fields(self) -> frozenset[str]:
        """What must be read to make the keys, and to see whether they stand already."""
        found = {*self.email, *self.phone, *self.key_fields()}
        if self.phone and self.country:
            found.add(self.country)
        if self.has_names:
            found |= {name for name in (self.last_name, self.company, self.postal_code) if name}
        return frozenset(found)

    def described(self) -> Mapping[str, str]:
        """Further fields by what they say, which are read where records are compared."""
        said = ("number", "first_name", "last_name", "company", "postal_code")
        about = ("rooftop", "source", "duplicate_of", "brand")
        named = ((each, getattr(self, each)) for each in (*said, *about))
        return {each: name for each, name in named if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """Park the record with ``park`` as its reason unless the condition holds after cleansing."""

    condition: Condition
    park: str
    place: Place
