"""Claims about directories kept in files."""

from datetime import UTC, date, datetime

import pytest

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.simulation.snapshot import directory_from_json, directory_to_json
from tests.world import directory, person, rooftop

HOURS = BusinessHours(
    name="Shop",
    zone="Europe/Paris",
    windows=(((540, 720), (840, 1140)),) * 6 + ((),),
    closed=frozenset({date(2026, 12, 25)}),
)


def network():
    site = rooftop(
        1,
        "Citroën Lyon",
        at=(45.7, 4.8),
        brands=("Citroën", "Peugeot"),
        hours="Shop",
        code="L1",
        tags={"EV_Certified": True, "Crm": "adf"},
        fields={"Name": "Citroën Lyon"},
    )
    people = (
        person(1, at=site, skills=("ev", "fleet"), languages=("fr",), open_limit=0, weight=0.5),
        person(2, away_until=datetime(2026, 12, 1, 8, tzinfo=UTC), active=False),
    )
    return directory(
        (site, rooftop(2, "Empty", brands=())), people, hours={"Shop": HOURS, "01m1@FR": HOURS}
    )


def test_a_directory_comes_back_from_its_file_as_it_was():
    assert directory_from_json(directory_to_json(network())) == network()


def test_the_same_directory_is_the_same_text():
    again = directory_from_json(directory_to_json(network()))
    assert directory_to_json(again) == directory_to_json(network())


@pytest.mark.parametrize(
    "text", ["", "[]", '{"v": 2}', '{"v": 1, "people": [{"id": 3}]}', '{"v": 1, "hours": [{}]}']
)
def test_a_file_that_is_no_directory_is_a_problem_of_that_file(text):
    with pytest.raises(ConfigError, match=r"saved\.json:1:1: not a saved directory"):
        directory_from_json(text, file="saved.json")
