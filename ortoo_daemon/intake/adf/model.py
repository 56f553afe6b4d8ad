"""What is in an ADF document? Values only, in the words of the format; "" and None where nothing is said."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Interest(StrEnum):
    """What the customer wants with a vehicle."""

    BUY = "buy"
    LEASE = "lease"
    SELL = "sell"
    TRADE_IN = "trade-in"
    TEST_DRIVE = "test-drive"


WANTED = (Interest.BUY, Interest.LEASE, Interest.TEST_DRIVE)
"""Interests by which an enquiry is routed: the other vehicles are the customer's own."""


class Odd(StrEnum):
    """How a document differs from what the format asks for; each was read nevertheless."""

    ENCODING = "encoding"
    MAIL_ENCODING = "mail_encoding"
    QUOTED = "quoted"
    ESCAPED = "escaped"
    TEXT_AROUND = "text_around"
    NO_ROOT = "no_root"
    SEVERAL_ROOTS = "several_roots"
    NAMESPACE = "namespace"
    WRONG_CASE = "wrong_case"
    OTHER_NAME = "other_name"
    UNKNOWN_ELEMENT = "unknown_element"
    MARKUP = "markup"
    NOT_CLOSED = "not_closed"
    STRAY_END = "stray_end"
    STRAY_SIGN = "stray_sign"
    BROKEN_TAG = "broken_tag"
    TWICE = "twice"
    MISPLACED = "misplaced"
    EMPTY = "empty"
    WRONG_VALUE = "wrong_value"
    WRONG_DATE = "wrong_date"
    MISSING = "missing"


class Refusal(StrEnum):
    """Why a document was not read: a person must look at it."""

    TOO_LARGE = "too_large"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_DEEP = "too_deep"
    ENTITIES = "entities"
    NO_PROSPECT = "no_prospect"
    NOTHING_IN_IT = "nothing_in_it"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the document as it was read, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that is not as the format says, and where."""

    kind: Odd
    spot: Spot
    message: str

    def __str__(self) -> str:
        return f"{self.spot}: {self.message} [{self.kind.value}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdfId:
    """By what a sender knows something: ``source`` tells whose number it is."""

    value: str
    source: str = ""
    sequence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as it was written, and what it means: ``at`` is aware (UTC) where its offset was given.

    ``day`` is its ISO date; both are None where the text is no date.
    """

    text: str
    at: datetime | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount; ``figure`` is None where the text is no number. ``about`` holds the attributes."""

    text: str
    figure: float | None = None
    currency: str = ""
    about: tuple[tuple[str, str], ...] = ()

    def word(self, name: str) -> str:
        """An attribute by its name, such as ``type``."""
        return dict(self.about).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    exterior: str = ""
    interior: str = ""
    preference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    name: str
    code: str = ""
    stock: str = ""
    weighting: str = ""
    price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finance:
    method: str = ""
    amounts: tuple[Money, ...] = ()
    balance: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle that is wanted, or given. ``odometer`` is a number of ``units`` (km, mi or "")."""

    interest: Interest = Interest.BUY
    status: str = "new"
    ids: tuple[AdfId, ...] = ()
    year: str = ""
    make: str = ""
    model: str = ""
    vin: str = ""
    stock: str = ""
    trim: str = ""
    doors: str = ""
    body_style: str = ""
    transmission: str = ""
    odometer: float | None = None
    units: str = ""
    condition: str = ""
    colors: tuple[Colors, ...] = ()
    image: str = ""
    price: Money | None = None
    price_comments: str = ""
    options: tuple[Option, ...] = ()
    finance: Finance | None = None
    comments: str = ""

    @property
    def is_blank(self) -> bool:
        said = (self.year, self.make, self.model, self.vin, self.stock, self.comments)
        return not any(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    number: str
    type: str = "voice"
    time: str = ""
    preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    streets: tuple[str, ...] = ()
    apartment: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or a business. ``full`` is the whole name, as written or joined from its parts."""

    full: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    business: bool = False
    email: str = ""
    email_preferred: bool = False
    phones: tuple[Phone, ...] = ()
    address: Address | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.full or self.email or self.phones or self.address)

    def phone(self, *types: str) -> str:
        """The number of the first of these types, the preferred one first; "" where there is none."""
        ordered = sorted(self.phones, key=lambda each: not each.preferred)
        return next((each.number for each in ordered if each.type in types), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeframe:
    description: str = ""
    earliest: Moment | None = None
    latest: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    contact: Contact = field(default_factory=Contact)
    ids: tuple[AdfId, ...] = ()
    timeframe: Timeframe | None = None
    comments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """The dealer for whom the enquiry is."""

    ids: tuple[AdfId, ...] = ()
    name: str = ""
    url: str = ""
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who sends the enquiry."""

    ids: tuple[AdfId, ...] = ()
    name: str = ""
    service: str = ""
    url: str = ""
    email: str = ""
    phone: str = ""
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One enquiry. ``resend``: it was sent before, and is no second one."""

    resend: bool = False
    ids: tuple[AdfId, ...] = ()
    requested: Moment | None = None
    vehicles: tuple[Vehicle, ...] = ()
    customer: Customer = field(default_factory=Customer)
    vendor: Vendor = field(default_factory=Vendor)
    provider: Provider = field(default_factory=Provider)

    @property
    def wanted(self) -> tuple[Vehicle, ...]:
        """By interest, whatever the order of elements."""
        return tuple(each for each in self.vehicles if each.interest in WANTED)

    @property
    def offered(self) -> tuple[Vehicle, ...]:
        """Vehicles that the customer trades in or sells."""
        return tuple(each for each in self.vehicles if each.interest not in WANTED)

    @property
    def is_blank(self) -> bool:
        return self.customer.contact.is_blank and all(each.is_blank for each in self.vehicles)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdfReading:
    """What came of reading: prospects, or the ``refusal`` with a sentence on it.

    ``found`` is False where there is no ADF at all, which is nothing wrong. ``left_out`` counts oddities
    beyond those that are kept.
    """

    found: bool
    prospects: tuple[Prospect, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    left_out: int = 0
    refusal: Refusal | None = None
    message: str = ""
