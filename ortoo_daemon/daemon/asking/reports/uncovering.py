"""Which records of a period came to no rooftop, by postal code, and what do the territory files say of these?

By the fields and files that the object's rules go by; nothing where no rule goes by territories.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ortoo_daemon.action.stamps import ROOFTOP
from ortoo_daemon.countries import country_code
from ortoo_daemon.daemon.asking.reports.counting import Counting, Question
from ortoo_daemon.daemon.asking.reports.subject import CREATED, Subject
from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.territory_model import Territories
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.reporting.uncovered import (
    Owners,
    Uncovered,
    Unplaced,
    areas_of,
    ownerless_of,
)
from ortoo_daemon.salesforce import soql


@dataclass(frozen=True, slots=True, kw_only=True)
class ByTerritory:
    """What rules go by. Fields are names of the record's; ``brand`` is "" where no rule asks for one."""

    country: str
    postal_code: str
    brand: str
    files: tuple[Territories, ...]


def by_territory(policies: PolicySet, subject: Subject) -> ByTerritory | None:
    """Of the first rule that has territories, with the files of all of them; None where there is none."""
    choices: list[RooftopChoice] = [
        rule.assign.rooftop
        for policy in policies.for_object(subject.object)
        for rule in rules_of(policy)
        if rule.assign.rooftop is not None and rule.assign.rooftop.territories is not None
    ]
    first = next((each for each in choices if each.territory in subject.fields), None)
    if first is None or first.territory is None or ROOFTOP not in subject.fields:
        return None
    files = {each.territories.path: each.territories for each in choices if each.territories}
    return ByTerritory(
        country=first.country if first.country in subject.fields else "",
        postal_code=first.territory,
        brand=first.brand if first.brand in subject.fields else "",
        files=tuple(files.values()),
    )


async def find_uncovered(
    counting: Counting,
    by: ByTerritory,
    subject: Subject,
    period: Period,
    *,
    directory: Directory,
    now: datetime,
    zone: str,
) -> Uncovered:
    """Raises OrgError."""
    owners = Owners(by.files, directory, now.astimezone(ZoneInfo(zone)).date())
    unplaced, too_many = await _unplaced(counting, by, subject, period)
    gap = ""
    if too_many:
        gap = "records without a rooftop have more postal codes than the org counts: take a shorter time"
    return Uncovered(
        areas=[] if too_many else areas_of(unplaced, owners),
        ownerless=ownerless_of(owners),
        gap=gap,
    )


async def _unplaced(
    counting: Counting, by: ByTerritory, subject: Subject, period: Period
) -> tuple[Sequence[Unplaced], bool]:
    question = Question(
        object=subject.object,
        at=CREATED,
        period=period,
        columns=("COUNT(Id)",),
        group_by=tuple(filter(None, (by.country, by.postal_code, by.brand))),
        where=(soql.equals(ROOFTOP, None),),
        about="unplaced",
    )
    given_up: list[Question] = []
    found = []
    async for each in counting.ask([question], give_up=given_up):
        country = str(each.values.get(by.country) or "")
        found.append(
            Unplaced(
                country=country_code(country) or country,
                postal_code=str(each.values.get(by.postal_code) or ""),
                brand=str(each.values.get(by.brand) or ""),
                records=each.numbers[0],
            )
        )
    return found, bool(given_up)
