"""What does a VIN tell, and what is wrong with one that is none?"""

import pytest

from ortoo_daemon.intake.makers import maker_of
from ortoo_daemon.intake.vin import check_digit, read_vin


def test_the_check_digit_of_the_standards_own_example_is_x():
    assert check_digit("1M8GDM9AXKP042788") == "X"


def test_a_mistyped_character_is_noticed_where_check_digits_apply():
    assert read_vin("1FT8W2BT3PEC22999", latest_year=2026).problem == ""
    assert "check digit is 3" in read_vin("1FT8W2BT3PEC22998", latest_year=2026).problem


def test_makers_in_europe_put_what_they_like_where_the_check_digit_would_be():
    assert read_vin("VF3MCYHZUKS488279", latest_year=2026).problem == ""


@pytest.mark.parametrize(
    ("vin", "problem"),
    [
        ("VF3MCYHZUKS48827", "has 16 characters"),
        ("VF3MCYHZUKS4882790", "has 18 characters"),
        ("VF3MCYHZOKS488279", "has O"),
        ("VF3MCYHZIKQ488279", "has I, Q"),
    ],
)
def test_what_is_no_vin_is_said(vin, problem):
    assert problem in read_vin(vin, latest_year=2026).problem


@pytest.mark.parametrize(
    ("vin", "year"),
    [
        ("1FT8W2BT3PEC22999", 2023),  # seventh a letter: 2010 to 2039
        ("WVGZZZE2ZMP041877", 2021),
        ("WVWZZZ1JZ3W386752", 2003),
        ("VF3MCYHZUKS488279", None),  # no year in the tenth place at this maker in Europe
        ("W1N2539451G331325", None),
    ],
)
def test_the_model_year_is_told_where_the_maker_tells_it(vin, year):
    assert read_vin(vin, latest_year=2026).model_year == year


def test_the_same_letter_is_read_as_the_last_year_it_can_mean():
    assert read_vin("WVGZZZE2ZMP041877", latest_year=2020).model_year == 1991


def test_spaces_and_small_letters_are_no_part_of_a_vin():
    assert read_vin("vf3 mcyhz-ukS488279", latest_year=2026).value == "VF3MCYHZUKS488279"


def test_the_first_characters_tell_the_maker():
    assert [maker_of(code) for code in ("TMB", "vr1", "VXK", "5UX", "QQQ")] == [
        "Škoda", "DS", "Opel", "BMW", "",
    ]  # fmt: skip
