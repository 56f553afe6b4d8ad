"""Where in this org do rooftops, people and open work live? The shape of config/directory.yaml.

Field names on the right are the org's API names. Reading the file is the caller's: this module only says
what may stand in it.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ortoo_daemon.person import Sign
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.hours_mapping import ClosedDaysOfPlace, HoursMapping
from ortoo_daemon.salesforce.shifts import Shift, ShiftTable

Scalar = bool | int | float | str | None
Criteria = dict[str, Scalar | list[Scalar]]
"""Field: value, or a list of which one must hold. All entries must hold."""


def _api_name(text: str) -> str:
    return soql.name(text)


ApiName = Annotated[str, AfterValidator(_api_name)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RooftopMapping(_Model):
    """Accounts that are dealer sites. ``at`` are latitude and longitude; ``hours`` a Business Hours lookup,
    or a text that names hours of the file.

    ``tags`` are names policies use for fields; ``fields`` are further ones policies may read
    (``$rooftop.Phone``).
    """

    source: ApiName = Field(default="Account", alias="from")
    where: Criteria = {}
    name: ApiName = "Name"
    code: ApiName | None = None
    brand: ApiName | None = None
    region: ApiName | None = None
    group: ApiName | None = "ParentId"
    country: ApiName | None = "BillingCountry"
    postal_code: ApiName | None = "BillingPostalCode"
    at: tuple[ApiName, ApiName] | None = ("BillingLatitude", "BillingLongitude")
    hours: ApiName | None = None
    tags: dict[str, ApiName] = {}
    fields: list[ApiName] = []

    def api_names(self) -> Iterator[str]:
        """Every field to be read."""
        single = (
            self.name,
            self.code,
            self.brand,
            self.region,
            self.group,
            self.country,
            self.postal_code,
            self.hours,
        )
        yield from (field for field in single if field)
        yield from self.at or ()
        yield from self.tags.values()
        yield from self.fields


class PersonMapping(_Model):
    """Users who can take work. ``away`` are the availability and the time of return.

    ``language`` is the one they are written to in.
    ``rooftop`` and ``hours`` hold ids as text or lookup; ``weight`` is a share in percent, empty is 100.
    """

    source: ApiName = Field(default="User", alias="from")
    where: Criteria = {"IsActive": True}
    name: ApiName = "Name"
    username: ApiName = "Username"
    active: ApiName = "IsActive"
    rooftop: ApiName | None = None
    role: ApiName | None = None
    skills: ApiName | None = None
    languages: ApiName | None = None
    zone: ApiName | None = "TimeZoneSidKey"
    open_limit: ApiName | None = None
    weight: ApiName | None = None
    manager: ApiName | None = "ManagerId"
    hours: ApiName | None = None
    language: ApiName | None = None
    away: tuple[ApiName, ApiName] | None = None
    fields: list[ApiName] = []

    def api_names(self) -> Iterator[str]:
        """Every field to be read."""
        single = (
            self.name,
            self.username,
            self.active,
            self.rooftop,
            self.role,
            self.skills,
            self.languages,
            self.zone,
            self.open_limit,
            self.weight,
            self.manager,
            self.hours,
            self.language,
        )
        yield from (field for field in single if field)
        yield from self.away or ()
        yield from self.fields


class LoginMapping(_Model):
    """A login that is older than so many working days."""

    working_days: Annotated[int, Field(ge=1, le=60)]


class MissedMapping(_Model):
    """So many records in a row whose SLA targets passed with their owner, without a sign of life."""

    in_a_row: Annotated[int, Field(ge=2, le=50)]


class AbsenceMapping(_Model):
    """Further signs that somebody is away; none is asked for unless it is named.

    ``frozen`` logins count as inactive, before all else. ``presence``: Omni-Channel's "away", and these
    statuses (their DeveloperNames); every other status shows that they are there. ``calendar``: entries of
    calendars shown as out of office. ``shifts``: rows, or the name of a table with such rows. ``order`` is
    the one in which signs are believed; those it does not name come last, in the order of `Sign`.
    """

    order: list[Sign] = []
    frozen: bool = False
    presence: list[str] | None = None
    calendar: bool = False
    shifts: ShiftTable | list[Shift] | None = None
    login: LoginMapping | None = None
    missed: MissedMapping | None = None

    @property
    def is_asked(self) -> bool:
        """Whether any sign beside people's own fields is named."""
        return self.frozen or bool(self.signs)

    @property
    def signs(self) -> frozenset[Sign]:
        """Signs that are looked at, beside people's own fields."""
        named = {
            Sign.CALENDAR: self.calendar,
            Sign.PRESENCE: self.presence is not None,
            Sign.SHIFTS: self.shifts is not None,
            Sign.LOGIN: self.login is not None,
            Sign.MISSED: self.missed is not None,
        }
        return frozenset(sign for sign, is_named in named.items() if is_named)

    @property
    def ranking(self) -> tuple[Sign, ...]:
        """Every sign in the order in which it is believed; empty for the usual one."""
        order = dict.fromkeys((*self.order, *Sign))
        return () if tuple(order) == tuple(Sign) else tuple(order)

    @field_validator("order")
    @classmethod
    def _names_each_once(cls, order: list[Sign]) -> list[Sign]:
        if len(set(order)) < len(order):
            raise ValueError("a sign is named twice")
        return order

    @model_validator(mode="after")
    def _order_is_of_signs_that_are_looked_at(self) -> Self:
        for sign in self.order:
            if sign is not Sign.FIELDS and sign not in self.signs:
                raise ValueError(
                    f"'order' names {sign}, but nothing says to look at it: add {sign}:"
                )
        return self


class CustomerMapping(_Model):
    """What the keys of customers are made from on one object: see `KeySources`."""

    email: ApiName | list[ApiName] = []
    phone: ApiName | list[ApiName] = []
    country: ApiName | None = None
    number: ApiName | None = None
    first_name: ApiName | None = None
    last_name: ApiName | None = None
    company: ApiName | None = None
    postal_code: ApiName | None = None
    rooftop: ApiName | None = None
    source: ApiName | None = None
    duplicate_of: ApiName | None = None
    brand: ApiName | None = None
    through: ApiName | None = None

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.through and (self.email or self.phone or self.last_name or self.company):
            raise ValueError("an object known 'through' another has no keys of its own")
        if not (self.email or self.phone or self.number or self.through or self.sources.has_names):
            raise ValueError("name a field under 'email' or 'phone'")
        return self

    @property
    def sources(self) -> KeySources:
        """The same, as decisions read it."""
        own = self.model_dump(exclude={"email", "phone"})
        return KeySources(email=_several(self.email), phone=_several(self.phone), **own)


def _several(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


class DirectoryMapping(_Model):
    """The whole file.

    ``signals`` bind the wishes of ``prefer`` to fields of the routed record. ``hours`` are opening hours by
    name, beside those of the org. ``holidays`` are closed days by country (``FR``), region (the rooftop's
    own region name) or the rooftop's own code. ``workload`` says which records of an object are open work.
    ``customers`` says by object what keys of customers are made from; others get none.
    """

    rooftops: RooftopMapping = RooftopMapping()
    people: PersonMapping = PersonMapping()
    absences: AbsenceMapping = AbsenceMapping()
    signals: dict[str, str] = {}
    customers: dict[ApiName, CustomerMapping] = {}
    hours: dict[str, HoursMapping] = {}
    holidays: dict[str, ClosedDaysOfPlace] = {}
    workload: dict[ApiName, Criteria] = {
        "Lead": {"IsConverted": False},
        "Case": {"IsClosed": False},
    }

    @model_validator(mode="after")
    def _holidays_are_known(self) -> Self:
        for name, hours in self.hours.items():
            for place in hours.holidays:
                if place not in self.holidays:
                    raise ValueError(f"hours {name!r}: 'holidays' names no place {place!r}")
        return self

    @property
    def key_sources(self) -> dict[str, KeySources]:
        """What keys of customers are made from, by object."""
        return {name: each.sources for name, each in self.customers.items()}

    @property
    def holidays_of_org(self) -> list[str]:
        """Names of the org's Holiday records that some place keeps."""
        return sorted({name for place in self.holidays.values() for name in place.org})


def conditions(criteria: Mapping[str, Scalar | list[Scalar]]) -> list[soql.Condition]:
    """The criteria as conditions of a query."""
    return [
        soql.one_of(field, value) if isinstance(value, list) else soql.equals(field, value)
        for field, value in criteria.items()
    ]
