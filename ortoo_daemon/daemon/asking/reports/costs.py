"""What did the campaigns cost that the records came from? By the org's Campaign Members, where it has them.

A campaign's cost is shared evenly by all its members of the object, whenever they joined; a record bears a
share for each campaign it is a member of.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ortoo_daemon.daemon.asking.reports.counting import Counting, Question
from ortoo_daemon.daemon.asking.reports.cuts import Cut, cuts
from ortoo_daemon.daemon.asking.reports.subject import CREATED, Subject
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

MEMBERS, CAMPAIGNS = "CampaignMember", "Campaign"
COST = "ActualCost"

_EVERYTHING = Cut(paths=(), where=(), dimensions=())


@dataclass(slots=True)
class Costs:
    """``whole``, and by dimension and group, in the org's currency; ``gap`` says why nothing is known."""

    whole: float = 0.0
    groups: dict[Dimension, dict[str, float]] = field(default_factory=dict)
    gap: str | None = None


async def read_costs(
    org: Org, subject: Subject, period: Period, placing: Placing, dimensions: Sequence[Dimension]
) -> Costs:
    """Raises OrgError; an org without campaigns, or a user who may not see them, is a gap."""
    if subject.object != "Lead":
        return Costs(gap=f"campaigns have no members of {subject.object}")
    try:
        return await _read(org, subject, period, placing, dimensions)
    except PermanentOrgError as error:
        return Costs(gap=f"campaigns can't be read ({error.code})")


async def _read(
    org: Org, subject: Subject, period: Period, placing: Placing, dimensions: Sequence[Dimension]
) -> Costs:
    counting, found = Counting(org), Costs()
    members: Counter[str] = Counter()
    async for each in counting.ask([_question(period, _EVERYTHING)]):
        members[each.values["CampaignId"]] += each.numbers[0]
    shares = await _shares(org, sorted(members))
    if not shares:
        return Costs(gap="no campaign of these records has a cost (ActualCost)")
    found.whole = sum(number * shares.get(campaign, 0.0) for campaign, number in members.items())
    found.groups = {each: defaultdict(float) for each in dimensions}
    asked = [_question(period, cut) for cut in cuts(subject, dimensions, beyond="Lead")]
    async for each in counting.ask(asked):
        cost = each.numbers[0] * shares.get(each.values["CampaignId"], 0.0)
        facets = subject.facets(each.values, "Lead")
        for dimension in each.question.about:
            found.groups[dimension][placing.key(dimension, facets)] += cost
    return found


def _question(period: Period, cut: Cut) -> Question:
    return Question(
        object=MEMBERS,
        at=f"Lead.{CREATED}",
        period=period,
        columns=("COUNT(Id)",),
        group_by=("CampaignId", *cut.paths),
        where=cut.where,
        about=cut.dimensions,
    )


async def _shares(org: Org, campaigns: Sequence[str]) -> dict[str, float]:
    """What one membership of each campaign costs; without those that cost nothing."""
    costs: dict[str, float] = {}
    members: Counter[str] = Counter()
    for part in soql.chunks(campaigns):
        listed = soql.one_of("Id", part)
        for row in await org.query(soql.select(CAMPAIGNS, ["Id", COST], where=[listed])):
            if row[COST]:
                costs[row["Id"]] = float(row[COST])
    for part in soql.chunks(sorted(costs)):
        where = [soql.one_of("CampaignId", part), soql.differs("LeadId", None)]
        text = soql.select(
            MEMBERS, ["CampaignId", "COUNT(Id)"], where=where, group_by=["CampaignId"]
        )
        for row in await org.query(text):
            members[row["CampaignId"]] = int(row["expr0"])
    return {id: cost / members[id] for id, cost in costs.items() if members[id]}
