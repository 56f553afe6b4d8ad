"""Where in this org do rooftops, people and open work live? The shape of config/directory.yaml.

Field names on the right are the org's API names. Reading the file is the caller's: this module only says
what may stand in it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ortoo_daemon.salesforce import soql

Scalar = bool | int | float | str | None
Criteria = dict[str, Scalar | list[Scalar]]
"""Field: value, or a list of which one must hold. All entries must hold."""


def _api_name(text: str) -> str:
    return soql.name(text)


ApiName = Annotated[str, AfterValidator(_api_name)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RooftopMapping(_Model):
    """Accounts that are dealer sites. ``at`` are latitude and longitude; ``hours`` a Business Hours lookup.

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
        )
        yield from (field for field in single if field)
        yield from self.away or ()
        yield from self.fields


class DirectoryMapping(_Model):
    """The whole file.

    ``signals`` bind the wishes of ``prefer`` to fields of the routed record. ``holidays`` are closed days
    by country (``FR``) or region (the rooftop's own region name). ``workload`` says which records of an
    object are open work.
    """

    rooftops: RooftopMapping = RooftopMapping()
    people: PersonMapping = PersonMapping()
    signals: dict[str, str] = {}
    holidays: dict[str, frozenset[date]] = {}
    workload: dict[ApiName, Criteria] = {
        "Lead": {"IsConverted": False},
        "Case": {"IsClosed": False},
    }


def conditions(criteria: Mapping[str, Scalar | list[Scalar]]) -> list[soql.Condition]:
    """The criteria as conditions of a query."""
    return [
        soql.one_of(field, value) if isinstance(value, list) else soql.equals(field, value)
        for field, value in criteria.items()
    ]
