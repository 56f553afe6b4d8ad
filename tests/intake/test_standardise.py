"""Claims about intake as a stage: what is changed, what is reported, what stays."""

from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind
from tests.world import PLACE, decided, directory, facts, lead, policy, rule


def cleansed(*steps: tuple[str, CleanseKind], **fields):
    cleanse = tuple(
        Cleanse(field=name, kind=kind, country="Country", place=PLACE) for name, kind in steps
    )
    return decided(policy(rule("all"), cleanse=cleanse), facts(lead(**fields), directory()))


def test_only_fields_whose_value_changes_are_written():
    found = cleansed(
        ("Email", CleanseKind.EMAIL),
        ("Phone", CleanseKind.PHONE),
        Email="a@EXAMPLE.com",
        Phone="+33612345678",
    )
    assert found.fields == {"Email": "a@example.com"}
    (change,) = found.trace.changes
    assert (change.stage, change.before, change.place) == ("intake", "a@EXAMPLE.com", PLACE)


def test_a_value_that_cannot_be_standardised_stays_and_is_reported_and_the_record_is_routed():
    found = cleansed(("Phone", CleanseKind.PHONE), Phone="ask me", Country="FR")
    assert found.outcome is Outcome.ASSIGNED
    assert found.fields == {}
    (report,) = found.trace.reports
    assert (report.field, report.code, report.place) == ("Phone", "not_a_phone", PLACE)
    assert "ask me" not in report.message


def test_later_fields_see_what_earlier_ones_became():
    found = cleansed(
        ("Country", CleanseKind.COUNTRY),
        ("PostalCode", CleanseKind.POSTAL_CODE),
        Country="Deutschland",
        PostalCode="1067",
    )
    assert found.fields == {"Country": "Germany", "PostalCode": "01067"}


def test_a_number_from_a_spreadsheet_is_a_postal_code():
    found = cleansed(("PostalCode", CleanseKind.POSTAL_CODE), PostalCode=1067.0, Country="DE")
    assert found.fields == {"PostalCode": "01067"}


def test_nothing_but_blanks_becomes_empty():
    assert cleansed(("City", CleanseKind.TRIM), City="  ").fields == {"City": None}


def test_empty_fields_are_left_alone_without_a_report():
    found = cleansed(("Phone", CleanseKind.PHONE), ("Email", CleanseKind.EMAIL), Email="")
    assert (found.fields, found.trace.reports) == ({}, ())
