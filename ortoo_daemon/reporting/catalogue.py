"""Which figures does a report have, and by which formula is each worked out?

The formula stands beside every number that is shown, so it is written here once, for people. Shares name
the counts of `tallies.Count` they are made of; lengths of time name what `stories` measures. Pure.
"""

from ortoo_daemon.reporting.measure import Better, Measure, Quantile, Topic, Unit
from ortoo_daemon.reporting.stories import Length
from ortoo_daemon.reporting.tallies import Count

HOW_SUMMED_UP = (
    "Median: the middle value, of an even number the mean of the two in the middle. 90 % within: the "
    "smallest value that at least 90 % of the records do not exceed (nearest rank)."
)
"""What the formulas of lengths of time mean by their first words."""

_IN_WORDS = {Quantile.MEDIAN: "median", Quantile.P90: "90 % within"}

_LENGTHS = (
    (
        Length.ROUTING,
        "routing",
        "Time to an owner",
        "to owner",
        Topic.ROUTING,
        "decision that gave the record its first owner (of records from before the daemon: the first change "
        "of the owner by a person) − creation of the record",
    ),
    (
        Length.RESPONSE,
        "response",
        "Response time, 24 × 7",
        "response",
        Topic.ANSWERING,
        "first response (Ortoo_First_Response_At__c) − creation of the record; answered records only",
    ),
    (
        Length.OPEN,
        "open_response",
        "Response time in open hours",
        "open resp.",
        Topic.ANSWERING,
        "time within the rooftop's opening hours (as they are today) from creation to first response; "
        "answered records that have a rooftop",
    ),
)


def _quantiles() -> list[Measure]:
    return [
        Measure(
            key=f"{key}_{quantile.value}",
            title=f"{title}, {_IN_WORDS[quantile]}",
            short=f"{short} {quantile}",
            topic=topic,
            unit=Unit.SECONDS,
            better=Better.LESS,
            formula=f"{_IN_WORDS[quantile]} of: {formula}",
            length=(length, quantile),
        )
        for length, key, title, short, topic, formula in _LENGTHS
        for quantile in Quantile
    ]


def _share(
    key: str,
    title: str,
    short: str,
    topic: Topic,
    formula: str,
    *,
    of: tuple[Count, Count],
    better: Better,
) -> Measure:
    return Measure(
        key=key,
        title=title,
        short=short,
        topic=topic,
        unit=Unit.SHARE,
        formula=formula,
        better=better,
        share=of,
    )


_TO_OWNER, _P90_TO_OWNER, *_ANSWERS = _quantiles()

MEASURES: tuple[Measure, ...] = (
    Measure(
        key="volume",
        title="Records received",
        short="received",
        topic=Topic.INTAKE,
        unit=Unit.COUNT,
        formula="records created in the period that are not deleted",
    ),
    _share(
        "blank",
        "A required field is blank",
        "blank",
        Topic.INTAKE,
        "records with at least one of the required fields blank today ÷ records received",
        of=(Count.BLANK, Count.RECORDS),
        better=Better.LESS,
    ),
    _share(
        "flagged",
        "Flagged at intake",
        "flagged",
        Topic.INTAKE,
        "records of whose values intake reported at least one ÷ decided records whose trace was read",
        of=(Count.FLAGGED, Count.TRACED),
        better=Better.LESS,
    ),
    _share(
        "duplicates",
        "Asked before (duplicates)",
        "duplicates",
        Topic.INTAKE,
        "records linked to an earlier one (Ortoo_Duplicate_Of__c) ÷ records received",
        of=(Count.DUPLICATES, Count.RECORDS),
        better=Better.NEITHER,
    ),
    _TO_OWNER,
    _P90_TO_OWNER,
    _share(
        "unrouted",
        "Unrouted",
        "unrouted",
        Topic.ROUTING,
        "records whose last routing ended in `otherwise`, a rule's `else` or parked ÷ records the daemon "
        "routed or parked",
        of=(Count.UNROUTED, Count.DECIDED),
        better=Better.LESS,
    ),
    _share(
        "reroutes",
        "Rerouted by the daemon",
        "rerouted",
        Topic.ROUTING,
        "records that a clock, an absence or a return moved to another owner after the first ÷ records that "
        "got an owner from the daemon",
        of=(Count.REROUTED, Count.ASSIGNED),
        better=Better.LESS,
    ),
    _share(
        "misroutes",
        "Misrouted",
        "misrouted",
        Topic.ROUTING,
        "records whose owner a person changed within the time of `misroute_within` of an assignment by the "
        "daemon (taking a record out of its queue does not count) ÷ records that got an owner from the "
        "daemon",
        of=(Count.MISROUTED, Count.ASSIGNED),
        better=Better.LESS,
    ),
    _share(
        "answered",
        "Answered",
        "answered",
        Topic.ANSWERING,
        "records with a first response (Ortoo_First_Response_At__c; of records from before the daemon: the "
        "first change of the status by a person) ÷ records received",
        of=(Count.ANSWERED, Count.RECORDS),
        better=Better.MORE,
    ),
    *_ANSWERS,
    _share(
        "sla",
        "SLA met",
        "SLA met",
        Topic.ANSWERING,
        "records with SLA status Met ÷ those with Met, One-way, Missed or Violated; clocks that still run in "
        "time are not counted",
        of=(Count.SLA_MET, Count.SLA_ENDED),
        better=Better.MORE,
    ),
    _share(
        "contacted",
        "Contact rate",
        "contacted",
        Topic.SELLING,
        "valid records that meet `contacted` ÷ records that meet `valid`",
        of=(Count.CONTACTED, Count.VALID),
        better=Better.MORE,
    ),
    _share(
        "appointments",
        "Appointment rate",
        "appointm.",
        Topic.SELLING,
        "valid records that meet `appointment` ÷ records that meet `valid`",
        of=(Count.APPOINTMENTS, Count.VALID),
        better=Better.MORE,
    ),
    _share(
        "won",
        "Close rate",
        "closed",
        Topic.SELLING,
        "valid records that meet `won` ÷ records that meet `valid`",
        of=(Count.WON, Count.VALID),
        better=Better.MORE,
    ),
    Measure(
        key="lift",
        title="Conversion lift",
        short="lift",
        topic=Topic.SELLING,
        unit=Unit.CHANGE,
        better=Better.MORE,
        formula="close rate of the group ÷ close rate of the baseline − 1",
    ),
    Measure(
        key="cost_per_lead",
        title="Cost per lead",
        short="cost/lead",
        topic=Topic.SELLING,
        unit=Unit.MONEY,
        better=Better.LESS,
        formula="cost of campaigns that falls to the records (a campaign's ActualCost ÷ its members of this "
        "object, for each membership) ÷ records received",
    ),
    Measure(
        key="cost_per_won",
        title="Cost per closed lead",
        short="cost/closed",
        topic=Topic.SELLING,
        unit=Unit.MONEY,
        better=Better.LESS,
        formula="cost of campaigns that falls to the records ÷ valid records that meet `won`",
    ),
    Measure(
        key="gini",
        title="Unevenness within teams (Gini)",
        short="Gini",
        topic=Topic.FAIRNESS,
        unit=Unit.INDEX,
        better=Better.LESS,
        formula="Gini index of first assignments per person, each divided by the person's weight, within "
        "each team of at least two (0: all alike, 1: one has all); mean over teams, weighted by their "
        "assignments",
    ),
    Measure(
        key="most_loaded",
        title="Most loaded person of a team",
        short="most/mean",
        topic=Topic.FAIRNESS,
        unit=Unit.TIMES,
        better=Better.LESS,
        formula="most first assignments of one person ÷ mean of the team, each divided by the person's "
        "weight; mean over teams of at least two, weighted by their assignments",
    ),
    _share(
        "placed",
        "Placed at a rooftop",
        "placed",
        Topic.FAIRNESS,
        "records that were given to a rooftop (Ortoo_Rooftop__c) ÷ records received",
        of=(Count.PLACED, Count.RECORDS),
        better=Better.MORE,
    ),
    _share(
        "served",
        "Rooftops that received anything",
        "rooftops",
        Topic.FAIRNESS,
        "rooftops of the directory that received at least one record ÷ rooftops of the directory",
        of=(Count.ROOFTOPS_SERVED, Count.ROOFTOPS),
        better=Better.MORE,
    ),
)

BY_KEY = {measure.key: measure for measure in MEASURES}
