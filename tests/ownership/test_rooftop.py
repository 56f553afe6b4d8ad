"""Claims about which rooftops come into question, and in which order."""

from datetime import date

from ortoo_daemon.directory import Point
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership.geography import distance_km
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.postal import PostalIndex
from tests.world import (
    LAST,
    PLACE,
    decided,
    directory,
    facts,
    is_,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
)

LYON = rooftop(1, "Peugeot Lyon", at=(45.76, 4.84), region="FR-East", code="L1")
VAISE = rooftop(
    2, "Peugeot Vaise", at=(45.78, 4.80), region="FR-East", code="V1", tags={"EV": True}
)
PARIS = rooftop(3, "Peugeot Paris", at=(48.86, 2.35), region="FR-North", code="P1")
OPEL = rooftop(4, "Opel Lyon", at=(45.76, 4.84), brands=("Opel",), region="FR-East")
SITES = (LYON, VAISE, PARIS, OPEL)
POSTAL = PostalIndex.of([("FR", "69003", 45.76, 4.85), ("FR", "75001", 48.86, 2.34)])


class Rows:
    """A territory file of few rows: gives those of the postal code, in the order they stand."""

    path = "tables/territories.csv"
    has_areas = False

    def __init__(self, *rows: TerritoryRow) -> None:
        self.rows = rows
        self.asked: list[dict] = []

    def find(self, **place):
        self.asked.append(place)
        code, on = place["postal_code"], place["on"]
        return tuple(
            row
            for row in self.rows
            if (row.postal_code == code or (row.prefix and code.startswith(row.prefix)))
            and (row.valid_from is None or row.valid_from <= on)
            and (row.valid_to is None or on <= row.valid_to)
        )


def row(line: int = 2, **given) -> TerritoryRow:
    place = type(PLACE)("tables/territories.csv", line, 1)
    return TerritoryRow(country="FR", place=place, **given)


def site_of(choice: dict, *, signals=None, staffed=SITES, postal=POSTAL, **fields):
    """The decision for a Peugeot lead from Lyon 3, with one adviser at each of the staffed rooftops."""
    given = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "69003"} | fields
    asked = policies(
        policy(
            rule("network", assign=to_people(rooftop=RooftopChoice(place=PLACE, **choice))),
        ),
        signals=signals,
    )
    people = tuple(person(n, at=site) for n, site in enumerate(staffed, start=1))
    return decided(asked, facts(lead(**given), directory(SITES, people), postal=postal))


BY_BRAND = {"brand": "Brand__c", "territory": "PostalCode"}


def removed(found, gate: str) -> set[str]:
    return {step.name for step in found.trace.candidates if step.removed_by == gate}


def test_only_rooftops_of_the_brand_come_into_question_whatever_its_case():
    found = site_of(BY_BRAND, Brand__c=" opel ")
    assert found.rooftop == OPEL.id
    (brand,) = [gate for gate in found.trace.gates if gate.gate == "brand"]
    assert (brand.removed, brand.detail) == (3, "Brand__c is opel")


def test_a_record_without_a_brand_finds_no_rooftop_of_a_brand():
    assert site_of(BY_BRAND, Brand__c=None).owner.id == LAST.id


def test_the_nearest_rooftop_to_the_postal_code_is_first():
    found = site_of(BY_BRAND)
    assert found.rooftop == LYON.id
    ranked = [s.name for s in found.trace.candidates if s.kind == "rooftop"]
    assert ranked == ["Peugeot Lyon", "Peugeot Vaise", "Peugeot Paris"]


def test_the_records_own_coordinates_go_before_its_postal_code():
    assert site_of(BY_BRAND, Latitude=48.8, Longitude=2.3).rooftop == PARIS.id


def test_coordinates_outside_the_globe_are_none():
    for latitude in (float("inf"), float("nan"), 91, "48.8"):
        assert site_of(BY_BRAND, Latitude=latitude, Longitude=2.3).rooftop == LYON.id


def test_a_rooftop_outside_the_distance_is_removed_with_both_numbers():
    found = site_of(BY_BRAND | {"within_km": 80})
    assert removed(found, "within") == {"Peugeot Paris"}
    (step,) = [s for s in found.trace.candidates if s.removed_by == "within"]
    assert step.detail.endswith("km away, at most 80")


def test_nothing_is_within_a_distance_of_an_unknown_place():
    found = site_of(BY_BRAND | {"within_km": 80}, PostalCode="00000")
    assert (found.owner.id, found.reason) == (LAST.id, ReasonCode.OTHERWISE)


def test_where_is_read_against_the_rooftops_tags():
    found = site_of(BY_BRAND | {"where": is_("EV", "true")})
    assert found.rooftop == VAISE.id
    assert removed(found, "where") == {"Peugeot Lyon", "Peugeot Paris"}


def test_the_territorys_rooftop_gets_the_record_even_when_another_is_nearer():
    rows = Rows(row(postal_code="69003", rooftop="V1"))
    found = site_of(BY_BRAND | {"territories": rows})
    assert found.rooftop == VAISE.id
    assert rows.asked[0]["country"] == "FR"


def test_a_general_row_takes_nothing_from_the_rooftop_that_owns_the_very_code():
    rows = Rows(row(postal_code="69003", rooftop="V1"), row(3, prefix="69", region="FR-East"))
    found = site_of(BY_BRAND | {"territories": rows, "prefer": ("nearest",)})
    assert found.rooftop == VAISE.id
    assert "Peugeot Lyon" in removed(found, "territory")


def test_a_general_row_counts_when_the_exact_one_names_no_rooftop_in_question():
    rows = Rows(row(postal_code="69003", rooftop="closed"), row(3, prefix="69", region="fr-east"))
    assert site_of(BY_BRAND | {"territories": rows}).rooftop == LYON.id


def test_territories_are_read_as_of_the_day_of_receipt_in_the_policys_zone():
    rows = Rows(
        row(postal_code="69003", rooftop="V1", valid_to=date(2026, 11, 22)),
        row(3, postal_code="69003", rooftop="P1", valid_from=date(2026, 11, 23)),
    )
    late_evening = "2026-11-22T23:30:00.000+0000"
    assert site_of(BY_BRAND | {"territories": rows}, CreatedDate=late_evening).rooftop == PARIS.id
    before = "2026-11-22T22:30:00.000+0000"
    assert site_of(BY_BRAND | {"territories": rows}, CreatedDate=before).rooftop == VAISE.id


def test_a_place_no_row_covers_is_said_to_be_uncovered():
    found = site_of(BY_BRAND | {"territories": Rows()})
    assert found.owner.id == LAST.id
    assert any("has no row for FR 69003 on 2026-11-23" in note for note in found.trace.notes)


def test_a_rooftop_the_customer_chose_beats_the_territory_by_id_code_or_name():
    rows = Rows(row(postal_code="69003", rooftop="V1"))
    choice = BY_BRAND | {"territories": rows, "prefer": ("customer_choice", "nearest")}
    for text in (PARIS.id, PARIS.id[:15], "p1", "Peugeot Paris"):
        found = site_of(choice, signals={"customer_choice": "Wish__c"}, Wish__c=text)
        assert found.rooftop == PARIS.id


def test_a_chosen_rooftop_of_another_brand_is_not_eligible():
    choice = BY_BRAND | {"prefer": ("customer_choice", "nearest")}
    found = site_of(choice, signals={"customer_choice": "Wish__c"}, Wish__c=OPEL.id)
    assert found.rooftop == LYON.id


def test_wishes_count_in_the_order_they_are_written():
    signals = {"known_dealer": "Known__c", "in_stock": "Stock__c"}
    choice = BY_BRAND | {"prefer": ("known_dealer", "in_stock", "nearest")}
    both = site_of(choice, signals=signals, Known__c="P1", Stock__c="V1;X9")
    assert both.rooftop == PARIS.id
    assert site_of(choice, signals=signals, Stock__c="X9; V1").rooftop == VAISE.id


def test_where_nobody_is_the_next_rooftop_in_order_is_tried_and_the_trace_says_so():
    found = site_of(BY_BRAND, staffed=(PARIS, VAISE))
    assert found.rooftop == VAISE.id
    assert "Peugeot Lyon: nobody there can take it" in found.trace.notes


def test_equally_good_rooftops_stand_in_id_order():
    assert site_of({"prefer": ("known_dealer",)}, postal=PostalIndex.empty()).rooftop == LYON.id


def test_a_rooftop_without_coordinates_is_measured_from_its_postal_code():
    bare = rooftop(9, "Bare", country="FR", postal_code="75001")
    asked = policy(
        rule("n", assign=to_people(rooftop=RooftopChoice(place=PLACE, within_km=5, **BY_BRAND)))
    )
    given = lead(Brand__c="Peugeot", Country="FR", PostalCode="75001")
    network = directory((bare,), (person(1, at=bare),))
    assert decided(asked, facts(given, network, postal=POSTAL)).rooftop == bare.id


def test_lyon_to_paris_is_392_km():
    assert LYON.point is not None
    assert PARIS.point is not None
    assert abs(distance_km(LYON.point, PARIS.point) - 392) < 2
    assert distance_km(LYON.point, LYON.point) == 0
    assert distance_km(Point(latitude=0, longitude=179.9), Point(latitude=0, longitude=-179.9)) < 23
