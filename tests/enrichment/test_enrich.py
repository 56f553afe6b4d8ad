"""Claims about reference tables, constants and templates."""

from datetime import date

from ortoo_daemon.policy.enrichment_model import SetField, SetStep, TableMatch, TableStep
from ortoo_daemon.policy.expressions import Constant, Reference
from tests.world import PLACE, decided, directory, facts, lead, policy, rule


class Models:
    """A table of one row, and what it was asked."""

    path = "tables/models.csv"
    columns = ("model", "brand", "fuel")

    def __init__(self) -> None:
        self.asked = []

    def find(self, matches, on):
        self.asked.append((matches, on))
        if matches[0][1] == "e-208":
            return {"model": "e-208", "brand": "Peugeot", "fuel": ""}
        return None


def table(models: Models, *, only_empty: bool = False) -> TableStep:
    return TableStep(
        table=models,
        matches=(TableMatch(field="Model__c", columns=("model",)),),
        sets=(("Brand__c", "brand"), ("Fuel__c", "fuel")),
        only_empty=only_empty,
        place=PLACE,
    )


def enriched(*steps, **fields):
    return decided(policy(rule("all"), enrichment=steps), facts(lead(**fields), directory()))


def test_columns_of_the_row_found_are_copied_and_an_empty_cell_empties_nothing():
    found = enriched(table(Models()), Model__c="e-208", Fuel__c="EV")
    assert found.fields == {"Brand__c": "Peugeot"}


def test_a_table_is_read_as_of_the_day_of_receipt_in_the_policys_zone():
    models = Models()
    enriched(table(models), Model__c="x", CreatedDate="2026-11-22T23:30:00.000+0000")
    assert models.asked[0][1] == date(2026, 11, 23)


def test_only_empty_leaves_a_filled_field_alone():
    found = enriched(table(Models(), only_empty=True), Model__c="e-208", Brand__c="Opel")
    assert found.fields == {}


def test_a_table_with_nothing_to_fill_is_not_asked_and_misses_nothing():
    models = Models()
    found = enriched(table(models, only_empty=True), Brand__c="Opel", Fuel__c="EV")
    assert (models.asked, found.trace.reports) == ([], ())


def test_a_miss_is_reported_and_stops_nothing():
    found = enriched(table(Models()), Model__c="zeppelin")
    (report,) = found.trace.reports
    assert (report.code, report.field) == ("table_miss", "Model__c")
    assert report.message == "tables/models.csv has no row for Model__c as model"


def test_an_empty_key_asks_no_table():
    models = Models()
    found = enriched(table(models))
    assert models.asked == []
    assert found.trace.reports[0].code == "table_key_empty"


def given(name: str, value, **more) -> SetStep:
    return SetStep(sets=(SetField(field=name, value=value, place=PLACE, **more),), place=PLACE)


def test_later_steps_see_what_earlier_ones_set():
    steps = (
        given("Source__c", Constant(PLACE, "web")),
        given("LeadSource", Reference(PLACE, "Source__c")),
    )
    found = enriched(*steps)
    assert found.fields == {"Source__c": "web", "LeadSource": "web"}


def test_a_value_that_ends_as_it_was_read_is_not_written():
    steps = (given("A__c", Constant(PLACE, "x")), given("A__c", Constant(PLACE, "was")))
    found = enriched(*steps, A__c="was")
    assert found.fields == {}
    assert len(found.trace.changes) == 2


def test_a_set_of_only_empty_leaves_a_filled_field_alone():
    step = given("A__c", Constant(PLACE, "x"), only_empty=True)
    assert enriched(step, A__c="was").fields == {}
    assert enriched(step, A__c=" ").fields == {"A__c": "x"}


def test_setting_what_is_there_already_is_no_change():
    found = enriched(given("A__c", Constant(PLACE, "was")), A__c="was")
    assert (found.fields, found.trace.changes) == ({}, ())
