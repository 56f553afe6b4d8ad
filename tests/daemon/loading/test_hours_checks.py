"""Claims about hours and shifts that nobody keeps."""

from ortoo_daemon.daemon.loading.hours_checks import kept_by_nobody
from ortoo_daemon.daemon.loading.shift_table import directory_mapping
from ortoo_daemon.daemon.yaml_settings import mapping_of
from ortoo_daemon.errors import Level
from tests.world import directory, person, rooftop

SITE, OTHER = rooftop(1, "Lyon Vaise", code="L1"), rooftop(2, "Lyon Part-Dieu", code="L2")
KNOWN = directory(
    (SITE, OTHER),
    (person(1, at=SITE, role="service_agent"), person(2, at=OTHER, role="sales_adviser")),
)
HOURS = """\
hours:
  Night:
    zone: Europe/Paris
    week: {mon-fri: 22:00-06:00}
    for:
      - {rooftop: l1, role: SERVICE_AGENT}
      - {rooftop: Lyon Vaise}
      - {person: P1@example.com}
"""


def told(text: str, **tables: bytes) -> list[str]:
    node = mapping_of("directory.yaml", text.encode())
    files = {f"tables/{name}.csv": data for name, data in tables.items()}
    found = list(kept_by_nobody(directory_mapping(node, files.get), node, KNOWN))
    assert all(each.level is Level.HINT for each in found)
    return [str(each) for each in found]


def test_sites_by_code_or_name_teams_and_people_are_known_without_case():
    assert told(HOURS) == []


def test_each_name_that_there_is_not_is_told_where_it_stands():
    more = """\
      - {rooftop: L3}
      - {role: sales_advisor}
      - {person: p3@example.com}
      - {rooftop: L1, role: sales_adviser}
"""
    found = told(HOURS + more)
    assert [each.split(": the hours")[0] for each in found] == [
        "directory.yaml:9:10",
        "directory.yaml:10:10",
        "directory.yaml:11:10",
        "directory.yaml:12:23",
    ]
    assert "no rooftop has the code, name or id L3" in found[0]
    assert "did you mean sales_adviser?" in found[1]
    assert "no person has the username p3@example.com" in found[2]
    assert "nobody at L1 has the role sales_adviser" in found[3]


def test_people_of_shifts_are_told_once_where_they_stand_first():
    rows = """\
absences:
  shifts:
    - {person: p1@example.com, days: 2026-11-23, hours: "off"}
    - {person: p9@example.com, days: 2026-11-23, hours: "off"}
    - {person: p9@example.com, days: 2026-11-24, hours: "off"}
"""
    (found,) = told(rows)
    assert found.startswith("directory.yaml:4:8: shifts of nobody")


def test_people_of_a_table_of_shifts_are_told_with_its_line():
    table = b"person,days,hours\np1@example.com,2026-11-23,off\np9@example.com,2026-11-23,off\n"
    (found,) = told("absences: {shifts: tables/shifts.csv}\n", shifts=table)
    assert found.startswith("tables/shifts.csv:3:1: shifts of nobody")
