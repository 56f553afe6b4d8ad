"""The stories of many records come to what a plain look at each of them comes to."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.daemon.asking.reports.spool import ReportSpool
from ortoo_daemon.daemon.asking.reports.stories_told import tell
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.stories import Happening, Kind, Length, story_of
from ortoo_daemon.reporting.tallies import Tallies
from tests.world import an_id, directory, person, rooftop

BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
SITE, OTHER = rooftop(1, "Site"), rooftop(2, "Other")
PEOPLE = [person(n, at=SITE) for n in (1, 2, 3)] + [person(n, at=OTHER) for n in (4, 5)]
PLACING = Placing(directory=directory((SITE, OTHER), tuple(PEOPLE)))
DIMENSIONS = (Dimension.SOURCE, Dimension.REGION)
WITHIN = timedelta(hours=24)

happenings = st.lists(
    st.tuples(
        st.integers(0, 5_000),
        st.sampled_from(Kind),
        st.sampled_from([*(each.id for each in PEOPLE), an_id("00G", 1), ""]),
    ),
    min_size=1,
    max_size=5,
)
records = st.lists(
    st.tuples(st.integers(0, 20_000), st.sampled_from(["web", "fair"]), happenings), max_size=12
)

Made = tuple[str, datetime, str, list[Happening]]


def made(found: Sequence[tuple[int, str, list[tuple[int, Kind, str]]]]) -> list[Made]:
    """Each record: its id, creation, source, and its happenings in the order of time."""
    told = []
    for number, (minute, source, of_record) in enumerate(found):
        created = BEGAN + timedelta(minutes=minute)
        events = [
            Happening(created + timedelta(minutes=m), kind, who) for m, kind, who in of_record
        ]
        told.append((f"00Q{number}", created, source, events))
    return told


@settings(max_examples=60)
@given(records)
def test_counts_medians_and_ranks_are_those_of_a_plain_look_at_each_record(found):
    tallies, everything = Tallies(DIMENSIONS), made(found)
    with ReportSpool([str(each) for each in DIMENSIONS]) as spool:
        for id, created, source, events in everything:
            spool.add_record(id, created, SITE.id, 0, (source, "north"))
            for event in reversed(events):  # in whatever order they are read
                spool.add(id, event)
        told = tell(spool, tallies, PLACING, misroute_within=WITHIN)

    counts: dict[str, Counter] = defaultdict(Counter)
    lengths: dict[str, dict[Length, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, created, source, events in everything:
        ordered = sorted(events, key=lambda each: (each.at, each.kind))
        story = story_of(created, ordered, misroute_within=WITHIN, hours=None, placed=True)
        for key in (source, "everything"):
            counts[key].update(story.counts)
            for name, seconds in story.lengths.items():
                lengths[key][name].append(seconds)

    assert tallies.whole == counts["everything"]
    for key in ("web", "fair"):
        assert tallies.groups[Dimension.SOURCE].get(key, Counter()) == counts[key]
    assert {name: each.number for name, each in told.whole.items()} == {
        name: len(values) for name, values in lengths["everything"].items()
    }
    for key, spreads in told.groups[Dimension.SOURCE].items():
        for name, spread in spreads.items():
            values = sorted(lengths[key][name])
            assert math.isclose(spread.median, statistics.median(values), abs_tol=1e-3)
            within = [v for v in values if 10 * sum(w <= v for w in values) >= 9 * len(values)]
            assert math.isclose(spread.p90, within[0], abs_tol=1e-3)


def test_a_team_has_its_members_who_got_nothing_and_those_who_left():
    gone = an_id("005", 99)
    with ReportSpool([]) as spool:
        for number, who in enumerate([PEOPLE[0].id, PEOPLE[0].id, gone]):
            spool.add_record(str(number), BEGAN, SITE.id, 0, ())
            spool.add(str(number), Happening(BEGAN, Kind.GIVEN, who))
        told = tell(spool, Tallies(()), PLACING, misroute_within=WITHIN)
    share = told.teams[SITE.id]
    assert share.given == 3
    # two, none, none, and one of somebody who left: four members
    assert math.isclose(share.most_to_mean, 2 / (3 / 4))
    assert OTHER.id not in told.teams


def test_the_spool_leaves_nothing_behind():
    with ReportSpool(["source"]) as spool:
        folder = spool._folder.name
        spool.add_record("00Q", BEGAN, "", 0, ("web",))

    assert not Path(folder).exists()
