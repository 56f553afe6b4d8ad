"""What does a territory file say? Its rows, and what can be asked of the whole file."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.dated_rows import DatedRow

WHOLE_COUNTRY = "*"
"""The prefix that every code of a country has, and a record without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryRow(DatedRow):
    """One dated row of a territory file: which rooftop or region owns which postal codes.

    Exactly one of ``postal_code``, ``prefix``, ``first``/``last`` (a range, both included), ``city`` or
    ``area_code`` (of the phone number) is filled; the prefix ``*`` is the whole country, codes or not.
    """

    country: str
    postal_code: str | None = None
    prefix: str | None = None
    first: str | None = None
    last: str | None = None
    city: str | None = None
    area_code: str | None = None
    brand: str | None = None
    rooftop: str | None = None
    region: str | None = None
    source: str = ""
    place: Place

    @property
    def whole_country(self) -> bool:
        """Whether it is for whatever no other row of the country is more exact about."""
        return self.prefix == WHOLE_COUNTRY


class Territories(Protocol):
    """A territory file, indexed (`policy.territories`)."""

    @property
    def path(self) -> str: ...

    @property
    def rows(self) -> tuple[TerritoryRow, ...]: ...

    @property
    def has_areas(self) -> bool:
        """Whether some row goes by the area code of the phone number."""

    def find(
        self, *, country: str, postal_code: str, city: str, brand: str, on: date, phone: str = ""
    ) -> tuple[TerritoryRow, ...]:
        """Rows that cover the place on that date for that brand, most exact first.

        Exact code, then the longest prefix, then range, then city, then the longest area code, then the
        whole country; among equals rows of the brand before rows of any brand, then file order. A phone
        number tells the country where nothing else does.
        """
