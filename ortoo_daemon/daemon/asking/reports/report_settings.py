"""What does the section ``report`` of the settings say? Which fields and conditions a report goes by."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from ortoo_daemon.daemon.sections import Duration, Section
from ortoo_daemon.salesforce.soql import name


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{text!r} is no time zone; write one like Europe/Paris") from error
    return text


def _path(text: str) -> str:
    return name(text)


ApiPath = Annotated[str, AfterValidator(_path)]

Written = dict[str, Any]
"""A condition as in a policy."""


class ReportedObject(Section):
    """What is looked at of one object. ``brand`` and ``source`` are its fields; ``required`` those that
    should not be blank. ``valid``: which records count as chances at all (left out: all); ``contacted``,
    ``appointment`` and ``won``: what became of them, where the policies' own conditions say so."""

    brand: ApiPath | None = None
    source: ApiPath | None = None
    required: tuple[ApiPath, ...] = ()
    valid: Written | None = None
    contacted: Written | None = None
    appointment: Written | None = None
    won: Written | None = None


class ReportSettings(Section):
    """``zone`` is that of days, weeks and months. ``misroute_within``: a person's change of owner so soon is
    taken for the mending of a misroute. ``few``: figures of fewer records are marked."""

    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    misroute_within: Duration = timedelta(hours=24)
    few: int = Field(default=30, ge=1)
    objects: Mapping[str, ReportedObject] = {}
