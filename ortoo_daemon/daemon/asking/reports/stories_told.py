"""What do the stories of all records come to? Counts, sorted lengths and the shares of each team.

Goes through the spool once for the stories and once for each kind of length and dimension. Memory grows with
the number of groups, and with the lengths of the largest one.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.daemon.asking.reports.spool import ReportSpool, SpooledRecord
from ortoo_daemon.records import RecordId
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import Placing, is_person
from ortoo_daemon.reporting.figures import Spread
from ortoo_daemon.reporting.statistics import TeamShare, median, nearest_rank, team_share
from ortoo_daemon.reporting.stories import Length, story_of
from ortoo_daemon.reporting.tallies import Tallies

Spreads = dict[Length, Spread]


@dataclass(slots=True)
class Told:
    """``teams`` are by rooftop."""

    whole: Spreads = field(default_factory=dict)
    groups: dict[Dimension, dict[str, Spreads]] = field(default_factory=dict)
    stretches: dict[int, Spreads] = field(default_factory=dict)
    teams: dict[str, TeamShare] = field(default_factory=dict)


def tell(
    spool: ReportSpool, tallies: Tallies, placing: Placing, *, misroute_within: timedelta
) -> Told:
    """Add the stories' counts to the tallies, and sum up the rest."""
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for record, happenings in spool.records():
        story = story_of(
            record.created_at,
            happenings,
            misroute_within=misroute_within,
            hours=_hours(placing, record),
            placed=bool(record.site),
        )
        counts = dict.fromkeys(story.counts, 1)
        tallies.add(record.keys, record.stretch, counts)
        spool.add_lengths(record, story.lengths.items())
        if is_person(story.first):
            given[_team(placing, story.first, record.site)][story.first] += 1
    told = Told(teams=_teams(placing, given))
    for length in Length:
        _sum_up(told, spool, length, tallies.dimensions)
    return told


def _hours(placing: Placing, record: SpooledRecord) -> BusinessHours | None:
    site = placing.rooftop(record.site) if record.site else None
    return placing.directory.hours.get(site.hours) if site and site.hours else None


def _team(placing: Placing, person: str, site: str) -> str:
    """Whom the directory still has is of its rooftop; who left was of the record's."""
    found = placing.directory.people.get(RecordId(person))
    return str(found.rooftop or "") if found else site


def _teams(placing: Placing, given: Mapping[str, Counter[str]]) -> dict[str, TeamShare]:
    """Members of a team are those who got something, and their colleagues of the same roles who did not."""
    found: dict[str, TeamShare] = {}
    for site, counts in given.items():
        if not site:
            continue
        there = placing.directory.people_by_rooftop.get(RecordId(site), ())
        roles = {each.role for each in there if each.id in counts}
        members = {str(each.id): 0 for each in there if each.role in roles} | dict(counts)
        weights = {str(each.id): each.weight for each in there}
        share = team_share(members, weights)
        if share is not None:
            found[site] = share
    return found


def _sum_up(
    told: Told, spool: ReportSpool, length: Length, dimensions: Sequence[Dimension]
) -> None:
    for _, values in spool.lengths(length, None):
        told.whole[length] = _spread(values)
    for dimension in dimensions:
        groups = told.groups.setdefault(dimension, {})
        for key, values in spool.lengths(length, dimension):
            groups.setdefault(key, {})[length] = _spread(values)
    for number, values in spool.lengths_by_stretch(length):
        told.stretches.setdefault(number, {})[length] = _spread(values)


def _spread(values: "array[float]") -> Spread:
    middle, p90 = median(values), nearest_rank(values, 90)
    assert middle is not None  # groups come out of the spool with their values
    assert p90 is not None
    return Spread(number=len(values), median=middle, p90=p90)
