from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.salesforce import soql


def test_a_query_is_put_together_from_its_parts():
    text = soql.select(
        "Lead",
        ["Id", "Account.Region__c"],
        where=[soql.equals("IsConverted", False), soql.one_of("Status", ["New", "O'Neil"])],
        order_by=["CreatedDate"],
        limit=5,
    )
    assert text == (
        "SELECT Id,Account.Region__c FROM Lead WHERE (IsConverted = false) AND "
        "(Status IN ('New','O\\'Neil')) ORDER BY CreatedDate LIMIT 5"
    )


def test_a_record_is_looked_for_among_those_that_others_meet():
    people = soql.among("OwnerId", "User", [soql.equals("Name", "O'Neil"), soql.above("Id", "005")])
    assert soql.select("Lead", ["Id"], where=[people]) == (
        "SELECT Id FROM Lead WHERE OwnerId IN "
        "(SELECT Id FROM User WHERE (Name = 'O\\'Neil') AND (Id > '005'))"
    )


def test_and_and_or_never_stand_side_by_side():
    either = soql.any_of([soql.equals("A", 1), soql.equals("B", None)])
    text = soql.select("Lead", ["Id"], where=[either, soql.differs("C", "x")])
    assert text.endswith("WHERE ((A = 1) OR (B = null)) AND (C != 'x')")


def test_instants_are_asked_for_in_utc_and_days_as_days():
    at = datetime(2026, 11, 23, 10, 15, 0, 999, timezone(timedelta(hours=1)))
    assert soql.literal(at) == "2026-11-23T09:15:00Z"
    assert soql.literal(date(2026, 11, 23)) == "2026-11-23"
    with pytest.raises(ValueError, match="time zone"):
        soql.literal(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "name", ["", "a b", "Id FROM User", "Name'", "A..B", ".A", "1A", "Ä", "A.", "COUNT(Id)"]
)
def test_only_api_names_can_be_names(name):
    with pytest.raises(ValueError, match="API name"):
        soql.equals(name, 1)


@pytest.mark.parametrize("field", ["COUNT(Id) FROM User", "COUNT(a b)", "DELETE(Id)", "COUNT(())"])
def test_only_known_aggregates_can_be_selected(field):
    with pytest.raises(ValueError, match="API name"):
        soql.select("Lead", [field])


@given(st.text())
def test_no_text_can_leave_its_quotes(text):
    quoted = soql.literal(text)
    assert quoted[0] == quoted[-1] == "'"
    inner, position = quoted[1:-1], 0
    while position < len(inner):
        assert inner[position] not in "'\n\r"
        position += 2 if inner[position] == "\\" else 1
    assert position == len(inner)


def test_an_empty_list_is_refused_instead_of_asking_for_everything():
    with pytest.raises(ValueError, match="no values"):
        soql.one_of("Id", [])


@given(st.lists(st.text(max_size=300), max_size=400), st.integers(1, 200))
def test_every_part_fits_the_request_line_and_no_value_is_lost(values, at_most):
    beside = soql.select("Lead", ["Id"] * 50, where=[soql.one_of("Email", [""])])
    parts = list(soql.chunks(values, beside=beside, at_most=at_most))
    assert [value for part in parts for value in part] == values
    for part in parts:
        text = soql.select("Lead", ["Id"] * 50, where=[soql.one_of("Email", part)])
        assert len(quote_plus(text)) < 8_000
        assert len(part) <= at_most


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_query_stands_in_an_address_as_the_standard_library_would_write_it(text):
    written = quote_plus(text, safe=soql.PLAIN_IN_URI)
    assert soql.in_uri(text) == written
    assert soql.uri_length(text) == len(written)


def test_microseconds_of_an_instant_do_not_change_the_question():
    assert soql.literal(datetime(2026, 1, 1, 0, 0, 0, 1, UTC)) == "2026-01-01T00:00:00Z"
