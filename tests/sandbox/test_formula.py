from datetime import UTC, datetime
from typing import Any

import pytest

from ortoo_daemon.sandbox.formula import Formula, Write
from ortoo_daemon.sandbox.schema import Schema

LEAD = Schema.load().object("Lead")
OWNER = "0057Q0000000001QAA"
BEFORE = {"OwnerId": OWNER, "Status": "New", "City": None, "AnnualRevenue": 5.0}
BEFORE |= {"IsConverted": False, "Company": "Durand"}


def holds(source: str, before: dict[str, Any] | None = BEFORE, **after: Any) -> bool:
    formula = Formula.parse(source, known_field=lambda name: LEAD.by_lower.get(name.lower()))
    row = (before or BEFORE) | after
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    return formula.holds(Write(before=before, after=row, user={"Id": OWNER}, now=moment))


@pytest.mark.parametrize(
    ("source", "after", "expected"),
    [
        ("ISCHANGED(Status)", {"Status": "Working"}, True),
        ("ISCHANGED(Status)", {}, False),
        ("ISPICKVAL(PRIORVALUE(Status), 'New') && ISCHANGED(Status)", {"Status": "Open"}, True),
        ("ISBLANK(City)", {}, True),
        ("ISBLANK(City)", {"City": "Lyon"}, False),
        ("City = ''", {}, True),
        ("NOT(IsConverted) && !ISNEW()", {}, True),
        ("AnnualRevenue > 4 || FALSE", {}, True),
        ("AnnualRevenue + 1 * 2 = 7", {}, True),
        ("AnnualRevenue > 4", {"AnnualRevenue": None}, False),
        ("AnnualRevenue < 4", {"AnnualRevenue": None}, False),
        ("Company = 'durand'", {}, False),
        ("LEFT(Company, 3) & '!' = \"Dur!\"", {}, True),
        ("IF(ISBLANK(City), LEN(Company) = 6, FALSE)", {}, True),
        (f"OwnerId = '{OWNER}'", {}, False),
        (f"OwnerId = '{OWNER[:15]}'", {}, True),
        (f"CASESAFEID(OwnerId) = '{OWNER}' /* 18 signs */", {}, True),
        ("OwnerId = $User.Id", {}, True),
    ],
)
def test_formulas_mean_what_the_platform_makes_of_them(
    source: str, after: dict[str, Any], expected: bool
) -> None:
    assert holds(source, **after) is expected


def test_on_create_everything_is_new_and_nothing_changed() -> None:
    assert holds("ISNEW()", None)
    assert not holds("ISCHANGED(Status)", None)
    assert holds("ISPICKVAL(PRIORVALUE(Status), 'New')", None)
