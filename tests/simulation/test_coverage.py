"""The proof of coverage: held against `decide` on small networks, and quick on large ones."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.coverage.ends import Why, walk
from ortoo_daemon.policy.coverage.sites import Sites
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.variables import Known
from ortoo_daemon.policy.load import load
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.simulation.coverage import World, may_pass, prove
from ortoo_daemon.simulation.deciding import made_up, settled
from tests.policy.files import HEAD
from tests.world import directory, person, rooftop

SITES = (
    rooftop(1, "One", code="R1", brands=("Kia",), region="North"),
    rooftop(2, "Two", code="R2", brands=("Kia", "Seat"), region="South"),
    rooftop(3, "Three", code="R3", brands=("Opel",), tags={"EV": True}),
)
PEOPLE = tuple(person(number, at=site) for number, site in enumerate(SITES, start=1))
NETWORK = directory(SITES, PEOPLE)
TODAY = date(2026, 11, 23)
RULES = """\
ownership:
  rules:
    - name: network
      assign:
        rooftop: {brand: Brand__c, territory: PostalCode, territories: tables/t.csv}
        team: {role: sales_adviser}
  otherwise: {queue: Last}
"""
COLUMNS = "country,postal_code,prefix,first,last,city,brand,rooftop,region,valid_from,valid_to"


def loaded(rules, rows=()):
    table = "\n".join([COLUMNS, *dict.fromkeys(rows)]) + "\n"
    files = {"p.yaml": (HEAD + rules).encode(), "tables/t.csv": table.encode()}
    return load({name: data for name, data in files.items() if name in rules or name == "p.yaml"})


digits = st.sampled_from("0123")
codes = st.tuples(digits, digits).map("".join)
spans = st.tuples(codes, codes).map(sorted)
places = st.one_of(
    codes.map(lambda code: f"{code},,,,"),
    st.one_of(digits, codes).map(lambda prefix: f",{prefix},,,"),
    spans.map(lambda ends: f",,{ends[0]},{ends[1]},"),
    st.sampled_from([",,,,Lyon", ",,,,Metz", ",*,,,"]),
)
owners = st.sampled_from(["R1,", "R2,", "R3,", ",North", ",South", "gone,"])
periods = st.sampled_from([",", "2026-11-25,", ",2026-11-24", "2026-11-24,2026-11-26"])
rows = st.lists(
    st.tuples(
        st.sampled_from(["FR", "DE"]), places, st.sampled_from(["", "Kia", "Seat"]), owners, periods
    ).map(",".join),
    max_size=6,
    unique_by=lambda row: row.rsplit(",", 2)[0],
)
BRANDS = ["Kia", "Seat", "Opel", "Fiat", None]
COUNTRIES = ["France", "Germany", "Spain", None]
CODES = [*map("".join, product("0123", "0123")), "99", None]
CITIES = ["Lyon", "Metz", "Ulm", None]
DAYS = [TODAY + timedelta(days=days) for days in range(5)]


@settings(max_examples=25, deadline=None)
@given(rows=rows, seed=st.randoms(use_true_random=False), known=st.booleans())
def test_a_record_without_rooftop_by_decide_is_one_by_the_proof(rows, seed, known):
    policies = loaded(RULES, rows)
    (policy,) = policies.policies
    table = sorted(filter(None, CODES)) if known else []
    brands = ["Kia", "Seat", "Opel"]
    space = Space(policy, [], Known(since=TODAY, brands=brands, codes=lambda country: table))
    ends = walk(space, [], Sites(space, NETWORK, may_pass)).ends
    lacking = next((end.lacking for end in ends if end.why is Why.NO_ROOFTOP), False)
    world = list(product(BRANDS, COUNTRIES, CODES, CITIES, DAYS))
    for brand, country, code, city, day in seed.sample(world, 150):
        fields = {"Brand__c": brand, "Country": country, "PostalCode": code, "City": city}
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        given_ = made_up(policy, fields, now=now, directory=NETWORK, postal=PostalIndex.empty())
        _, decision = settled(policies, given_)
        fields["PostalCode"] = like(space, rows, fields)
        told = belongs_there(space, lacking, fields, day)
        assert told is (decision.reason is ReasonCode.OTHERWISE), (fields, day)


def like(space, rows, fields):
    """The code as the proof lists it: itself, one in the same rows, or any other."""
    (places,) = space.variables.places.values()
    code, country = fields["PostalCode"], country_in(places, fields["Country"])
    if code is None or code in country.codes:
        return code
    wide = [row.split(",") for row in rows if row.startswith(f"{country.iso},")]
    wide = [(row[2], row[3], row[4]) for row in wide if row[2] or row[3]]
    exact = {row.split(",")[1] for row in rows}

    def spans(code):
        return [
            code.startswith(prefix) if prefix else first <= code.rjust(2, "0") <= last
            for prefix, first, last in wide
        ]

    same = [each for each in country.codes if each not in exact and spans(each) == spans(code)]
    return same[0] if same else "?"


def country_in(places, name):
    return next((c for c in places.countries if c.cell == name), places.countries[-1])


def belongs_there(space, lacking, fields, day):
    (places,) = space.variables.places.values()
    pair = {
        "Country": country_in(places, fields["Country"]).cell,
        "PostalCode": fields["PostalCode"],
    }
    at = next(index for index in range(places.size) if dict(places.cells(index)) == pair)
    found = lacking
    while not isinstance(found, bool):
        domain = space.variables.domains[found.level]
        if found.level == space.variables.day_level:
            index = space.variables.days.within(None, day).bit_length() - 1
        else:
            index = at if domain is places else one_of(domain, fields)
        found = next(child for mask, child in found.edges if mask >> index & 1)
    return found


def one_of(domain, values):
    (name,) = domain.fields
    found = [i for i in range(domain.size) if domain.cells(i)[name] == values[name]]
    return found[0] if found else domain.size - 1


def proven(rules, rows=(), **given):
    given.setdefault("directory", NETWORK)
    world = World(today=TODAY, postal=given.pop("postal", PostalIndex.empty()), **given)
    (found,) = prove(loaded(rules, rows), world)
    return found


def test_a_gap_is_told_in_words_with_a_record_that_ends_there():
    rows = ["FR,,5,,,,Kia,R1,,,", "FR,5700,,,,,Seat,R2,,,2026-12-31"]
    found = proven(RULES, rows)
    told = {gap.text: gap for gap in found.gaps}
    assert set(told) == {
        "Brand__c any but Kia, Seat",
        "Brand__c Kia · Country no country, any other country or PostalCode FR 4999, 6000; "
        "no code or any other in FR",
        "Brand__c Seat · until 2026-12-31 · Country no country, any other country or PostalCode "
        "FR 4999, 5000, 5999, 6000; no code or any other in FR",
        "Brand__c Seat · from 2027-01-01",
    }
    gap = told["Brand__c Seat · from 2027-01-01"]
    assert (gap.why, gap.rule, gap.target) == (Why.NO_ROOFTOP, "network", "Last")
    assert gap.fields["Brand__c"] == "Seat"
    assert gap.now.date() == date(2027, 1, 1)


CASES = """\
enter: {Status: New}
ownership:
  rules:
    - {name: cheap, when: {Price__c: {below: 100}}, assign: {queue: Desk}}
    - {name: old, when: {Brand__c: [Kia, Seat], CreatedDate: {older_than: 2d}}, assign: {queue: Desk}}
    - {name: launch, when: {Brand__c: Kia}, during: 2026-11-25 .. 2026-11-30, assign: {queue: Desk}}
  otherwise: {queue: Last}
"""


def test_what_no_rule_takes_is_told_by_the_fields_the_rules_look_at():
    found = proven(CASES)
    assert [gap.text for gap in found.gaps] == [
        "Price__c any but below 100 · Brand__c any but Kia, Seat",
        "Price__c any but below 100 · Brand__c Seat · CreatedDate any but older than 2d",
        "Price__c any but below 100 · Brand__c Kia · "
        "CreatedDate any but older than 2d · until 2026-11-24, from 2026-12-01",
    ]
    assert all(gap.fields is not None for gap in found.gaps)
    assert found.unproven == ""


PROGRAMMES = """\
programmes:
  launch: {from: 2026-11-25, until: 2026-11-30, rooftops: [R1]}
  late: {from: 2026-12-10}
  shelved: {off: true}
ownership:
  rules:
    - {name: launch, when: {Brand__c: Kia}, programme: launch, assign: {queue: Desk}}
    - {name: seat, when: {Brand__c: Seat, not: {programme: late}}, assign: {queue: Desk}}
    - {name: shelved, programme: shelved, assign: {queue: Desk}}
    - name: sites
      when: {Brand__c: Opel}
      programme: launch
      assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}
  otherwise: {queue: Last}
"""


def test_days_of_programmes_are_told_apart_and_one_that_is_off_takes_nothing():
    found = proven(PROGRAMMES)
    assert {(gap.why, gap.text) for gap in found.gaps} == {
        (Why.NO_RULE, "Brand__c any but Kia, Seat, Opel"),
        (Why.NO_RULE, "Brand__c Kia, Opel · until 2026-11-24, from 2026-12-01"),
        (Why.NO_RULE, "Brand__c Seat · from 2026-12-10"),
        (Why.NO_ROOFTOP, "every record"),  # the only site of the brand takes no part
    }


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["Kia", "Seat", "Opel", "Fiat", None]),
    st.integers(0, 30),
)
def test_decide_takes_by_programmes_what_the_proof_says(brand, days):
    policies = loaded(PROGRAMMES)
    (policy,) = policies.policies
    space = Space(policy, [], Known(since=TODAY, brands=["Opel"]))
    (end,) = [each for each in walk(space, [], None).ends if each.why is Why.NO_RULE]
    day = TODAY + timedelta(days=days)
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    postal = PostalIndex.empty()
    asked = made_up(policy, {"Brand__c": brand}, now=now, directory=NETWORK, postal=postal)
    _, decision = settled(policies, asked)
    found = end.lacking
    while not isinstance(found, bool):
        domain = space.variables.domains[found.level]
        index = space.variables.days.within(None, day).bit_length() - 1
        if found.level != space.variables.day_level:
            index = one_of(domain, {"Brand__c": brand})
        found = next(child for mask, child in found.edges if mask >> index & 1)
    assert found is (decision.rule is None), (brand, day)


def test_what_an_earlier_policy_takes_is_no_gap_of_a_later_one():
    early = (
        HEAD.replace("leads", "early")
        + "enter: {Brand__c: Kia}\n"
        + CASES.removeprefix("enter: {Status: New}\n")
    ).encode()
    late = (HEAD.replace("leads", "late") + CASES).encode()
    proofs = prove(
        load({"a.yaml": early, "b.yaml": late}), World(today=TODAY, postal=PostalIndex.empty())
    )
    assert [gap.text for gap in proofs[1].gaps] == [
        "Brand__c any but Kia, Seat · Price__c any but below 100",
        "Brand__c Seat · Price__c any but below 100 · CreatedDate any but older than 2d",
    ]


def test_a_set_without_any_record_to_be_built_is_one_that_may_be():
    rules = (
        "ownership:\n  rules:\n    - {name: one, when: {not: {all: [{Name: {matches: '*a*'}}, "
        "{Name: {matches: '[!a]'}}]}}, assign: {queue: Desk}}\n  otherwise: {queue: Last}\n"
    )
    (gap,) = proven(rules).gaps
    assert gap.fields is None


def test_what_a_table_sets_over_a_field_is_not_taken_for_what_came_in():
    rules = (
        "enrichment:\n  - set: {Brand__c: Kia}\nownership:\n  rules:\n"
        "    - {name: one, when: {Brand__c: Kia}, assign: {queue: Desk}}\n"
        "    - {name: two, when: {Brand__c: Seat}, assign: {queue: Desk}}\n  otherwise: {queue: Last}\n"
    )
    found = proven(rules)
    assert found.gaps == ()
    assert [rule.name for rule in found.unreached] == ["two"]


def test_ten_thousand_rows_of_fifteen_brands_are_proven_in_seconds():
    brands = [f"Brand {number}" for number in range(15)]
    sites = tuple(
        rooftop(number + 10, f"Site {number}", code=f"S{number}", brands=(brands[number % 15],))
        for number in range(600)
    )
    rows = [
        f"FR,{code:05d},,,,,{brands[number]},S{number + 15 * (code % 40)},,,{end}"
        for number in range(15)
        for code, end in zip(
            range(number * 7, 100_000, 147), [""] * 600 + ["2027-05-01"] * 400, strict=False
        )
    ]
    assert len(rows) > 10_000
    began = time.monotonic()
    found = proven(RULES, rows, directory=directory(sites, PEOPLE))
    assert time.monotonic() - began < 10
    assert len(found.gaps) >= 15
    assert all(gap.fields is not None for gap in found.gaps)


def test_an_area_code_may_cover_any_record_of_its_country_and_no_other():
    table = "country,prefix,area_code,brand,rooftop\nFR,5,,Kia,R1\nFR,,0299,Kia,R1\nDE,5,,Kia,R1\n"
    files = {"p.yaml": (HEAD + RULES).encode(), "tables/t.csv": table.encode()}
    world = World(today=TODAY, postal=PostalIndex.empty(), directory=NETWORK)
    (found,) = prove(load(files), world)
    (text,) = [gap.text for gap in found.gaps if gap.text.startswith("Brand__c Kia")]
    assert "DE" in text
    assert "FR" not in text
    assert "no country" not in text


def hours_of(name, *windows, zone="Europe/Paris", closed=()):
    week = tuple(tuple(day) for day in windows)
    return BusinessHours(name=name, zone=zone, windows=week, closed=frozenset(closed))


DAILY = ((8 * 60, 19 * 60),)
OFFICE = hours_of("office", *[DAILY] * 5, ((9 * 60, 12 * 60),), ())
NIGHT = hours_of("night", *[((22 * 60, 26 * 60),)] * 7, zone="Europe/London")
OPEN = """\
zone: Europe/Paris
ownership:
  rules:
    - name: network
      assign:
        rooftop: {brand: Brand__c, open_now: true}
        team: {role: sales_adviser}
  otherwise: {queue: Last}
"""


def with_hours(*keys, calendars=(OFFICE, NIGHT)):
    """The sites of the network, each by the hours of that name (None: whose hours nobody knows)."""
    sites = tuple(replace(site, hours=key) for site, key in zip(SITES, keys, strict=True))
    return directory(sites, PEOPLE, {each.name: each for each in calendars})


def test_the_hours_at_which_no_rooftop_is_open_are_told_with_a_record_of_such_an_hour():
    found = proven(OPEN, directory=with_hours("office", "office", None))
    texts = {gap.text: gap for gap in found.gaps}
    assert set(texts) == {
        "Brand__c any but Kia, Opel, Seat",
        "Brand__c Kia, Seat · Mon-Fri 00:00-08:00 19:00-24:00, Sat 00:00-09:00 12:00-24:00, Sun",
    }
    example = texts[max(texts, key=len)]
    assert example.fields is not None
    assert not OFFICE.is_open(example.now)


def test_where_no_rule_asks_for_open_rooftops_no_hour_is_told_apart():
    rules = OPEN.replace(", open_now: true", "")
    assert {
        gap.text for gap in proven(rules, directory=with_hours("office", "night", None)).gaps
    } == {"Brand__c any but Kia, Opel, Seat"}


def test_a_programme_of_a_weekend_has_no_hours_of_working_days():
    programme = "programmes: {fair: {from: 2026-11-28, until: 2026-11-29}}\nownership:"
    rules = OPEN.replace("ownership:", programme).replace(
        "name: network", "name: fair\n      programme: fair"
    )
    working = hours_of("office", *[DAILY] * 5, (), ())
    found = proven(rules, directory=with_hours(*["office"] * 3, calendars=(working,)))
    gaps = [gap for gap in found.gaps if gap.why is Why.NO_ROOFTOP]
    assert {gap.text for gap in gaps} == {"every record"}
    assert {gap.now.date() for gap in gaps} <= {date(2026, 11, 28), date(2026, 11, 29)}


def test_on_a_holiday_the_example_is_of_a_day_that_is_none():
    closed = frozenset(TODAY + timedelta(days=days) for days in range(3))
    calendars = (replace(OFFICE, closed=closed), NIGHT)
    network = with_hours("office", "office", "night", calendars=calendars)
    found = proven(OPEN, directory=network)
    assert len(found.gaps) == 3
    assert all(gap.fields is not None for gap in found.gaps)


@settings(max_examples=60, deadline=None)
@given(
    keys=st.tuples(*[st.sampled_from(["office", "night", None])] * 3),
    brand=st.sampled_from(["Kia", "Seat", "Opel", "Fiat", None]),
    minute=st.integers(0, 7 * 24 * 60 - 1),
)
def test_decide_finds_a_rooftop_at_the_hours_that_the_proof_says(keys, brand, minute):
    network = with_hours(*keys)
    policies = loaded(OPEN)
    (policy,) = policies.policies
    calendars = {key: network.hours[key] for key in keys if key}
    known = Known(since=TODAY, brands=["Kia", "Seat", "Opel"], hours=calendars)
    space = Space(policy, [], known)
    ends = walk(space, [], Sites(space, network, may_pass)).ends
    found = next((end.lacking for end in ends if end.why is Why.NO_ROOFTOP), False)
    now = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(minutes=minute)
    asked = made_up(
        policy, {"Brand__c": brand}, now=now, directory=network, postal=PostalIndex.empty()
    )
    _, decision = settled(policies, asked)
    is_open = {key for key, each in calendars.items() if each.is_open(now)}
    while not isinstance(found, bool):
        if found.level == space.variables.hours_level:
            hours = space.variables.hours
            index = next(
                i
                for i in range(hours.size)
                if {k for k in calendars if hours.open(k) >> i & 1} == is_open
            )
        else:
            index = one_of(space.variables.domains[found.level], {"Brand__c": brand})
        found = next(child for mask, child in found.edges if mask >> index & 1)
    assert found is (decision.reason is ReasonCode.OTHERWISE), (brand, now)
