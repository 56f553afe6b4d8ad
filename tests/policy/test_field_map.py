import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.field_map import FieldMap
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.mapped import mapped_value
from tests.policy.files import HEAD, OTHERWISE

TRIAGE = f"{HEAD}intake:\n  triage:\n    map: tables/m.csv\nownership:\n{OTHERWISE}"


def map_of(*rows: str, header: str = "field,from,type,length,longer,values,only_empty") -> FieldMap:
    files = {
        "config/policies/leads.yaml": TRIAGE.encode(),
        "config/tables/m.csv": "\n".join((header, *rows)).encode(),
    }
    triage = load(files).policies[0].triage
    assert triage is not None
    return FieldMap(triage.map)


def written(row: str, found: object) -> tuple[object, str]:
    (mapped,) = map_of(row)
    return mapped_value(mapped, found, zone="Europe/Paris")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "found", "value"),
    [
        ("A__c,brand,,,,,", "Peugeot", "Peugeot"),
        ("A__c,confidence,,,,,", 0.97, 0.97),
        ("A__c,confidence,text,,,,", 0.97, "0.97"),
        ("A__c,needs_person,,,,,", True, True),
        ("A__c,model_year,text,,,,", 2019, "2019"),
        ("A__c,received_at,date,,,,", "2026-11-22T23:30:00.000Z", "2026-11-23"),
        ("A__c,received_at,,,,,", "2026-11-22T23:30:00Z", "2026-11-22T23:30:00.000Z"),
        ("A__c,vins,list,,,,", "AAA; BBB;AAA", "AAA;BBB"),
        ("A__c,urgency,,,,critical=High; *=Low,", "Critical", "High"),
        ("A__c,urgency,,,,critical=High; *=Low,", "normal", "Low"),
        ("A__c,needs_person,checkbox,,,true=false; false=true,", True, False),
        ("A__c,subject,text,5,,,", "123456", "1234…"),
        ("A__c,subject,text,6,,,", "123456", "123456"),
        ("A__c,brand,,,,,", None, None),
    ],
)
def test_a_finding_is_written_as_its_row_says(row, found, value):
    mapped = written(row, found)
    assert mapped[0] == value
    assert type(mapped[0]) is type(value)


@pytest.mark.parametrize(
    ("row", "found", "trouble"),
    [
        ("A__c,subject,text,5,leave_out,,", "123456", "6 characters, 5 fit: left out"),
        ("A__c,urgency,,,,critical=High,", "low", "nothing is written for 'low'"),
        ("A__c,brand,number,,,,", "Peugeot", "$triage.brand is no number"),
        ("A__c,brand,date,,,,", "Peugeot", "$triage.brand is no date"),
        ("A__c,brand,checkbox,,,,", "Peugeot", "$triage.brand is no checkbox"),
    ],
)
def test_what_does_not_fit_leaves_the_field_alone_and_is_told(row, found, trouble):
    assert written(row, found) == (None, trouble)


def test_a_cut_text_is_told():
    assert written("A__c,subject,text,5,cut,,", "123456")[1] == "6 characters, 5 fit: cut"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A.B,brand,,,,,", "'A.B' is not the API name"),
        ("A__c,brnd,,,,,", "$triage has no 'brnd'"),
        ("A__c,brand,txt,,,,", "'txt' is not one of text"),
        ("A__c,brand,,ten,,,", "length is not a number"),
        ("A__c,brand,,,shorten,,", "'shorten' is not one of cut"),
        ("A__c,brand,,,,critical,", "'critical' translates nothing"),
        ("A__c,brand,,,,a=b; A=c,", "'A' is translated twice"),
        ("A__c,brand,,,,,maybe", "only_empty is true or false"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(row, told):
    with pytest.raises(ConfigError) as error:
        map_of("B__c,type,,,,,", row)
    (problem,) = error.value.problems
    assert told in problem.message
    assert problem.place.line == 3


def test_a_field_is_mapped_once():
    with pytest.raises(ConfigError, match="mapped already in line 2"):
        map_of("A__c,brand,,,,,", "A__c,type,,,,,")


def test_a_map_needs_its_first_two_columns_and_knows_no_others():
    with pytest.raises(ConfigError, match="needs the column 'from'"):
        map_of("A__c", header="field")
    with pytest.raises(ConfigError, match="no column 'kind'"):
        map_of("A__c,brand,x", header="field,from,kind")


def test_a_hundred_fields_and_more_can_be_filled_at_once():
    from ortoo_daemon.mail_findings import NAMES

    rows = [f"F{number}__c,{name},,,,," for number, name in enumerate(NAMES)]
    assert len(map_of(*rows)) == len(NAMES) > 100
