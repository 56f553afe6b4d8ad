"""Which nouns does triage speak in? What was understood of an e-mail, each part with its evidence."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Basis(StrEnum):
    """How a rooftop was known."""

    CODE = "code"
    PHONE = "phone"
    NAME = "name"
    OLD_NAME = "old_name"
    ADDRESS = "address"
    CITY = "city"
    BRAND_IN_CITY = "brand_in_city"
    SENDER_CONTACT = "sender_contact"
    DOMAIN_SINGLE = "domain_single"
    SENDER_MAILBOX = "sender_mailbox"
    SIGNATURE_SITE = "signature_site"
    FORWARDED_PARTY = "forwarded_party"
    MODEL = "model"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why something is believed. ``start`` and ``end`` count characters of the reading's text.

    Both are 0 for what stands outside it, such as the sender's address or the subject.
    """

    what: str
    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCandidate:
    """A rooftop that may be meant. ``confidence`` is from 0 to 1."""

    account_id: str
    name: str
    confidence: float
    basis: Basis
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One request about one rooftop: what becomes one case.

    ``account_id`` is None where no candidate reaches the bound: a person decides, from ``candidates``,
    best first. ``request_type`` is None where nothing speaks for any. ``type_margin`` is by how much the
    best kind of request beats the next.
    """

    account_id: str | None
    basis: Basis
    confidence: float
    candidates: tuple[AccountCandidate, ...]
    brand: str | None
    request_type: str | None
    type_score: float
    type_margin: float
    skill: str | None
    desk: str | None
    urgency: str
    language: str
    vins: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    marks: tuple[Evidence, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        """Whether the rooftop or the kind of request could not be told."""
        return self.account_id is None or self.request_type is None


@dataclass(frozen=True, kw_only=True)
class Triage:
    """What one e-mail asks for. ``automatic`` and ``injection`` are passed on from its reading."""

    segments: tuple[Segment, ...]
    language: str
    clean_body: str
    automatic: str | None = None
    injection: tuple[Evidence, ...] = ()
    settled: tuple[Evidence, ...] = ()

    @cached_property
    def needs_a_person(self) -> bool:
        """Whether any of the segments does."""
        return any(segment.needs_a_person for segment in self.segments)
