"""Claims about the index of postal codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.postal import PostalIndex

INDEX = PostalIndex.of(
    [
        ("FR", "69003", 45.75, 4.85),
        ("DE", "69003", 49.5, 8.5),
        ("GB", "LS12", 53.8, -1.6),
        ("GB", "G5", 55.85, -4.25),
        ("NL", "2627", 52.0, 4.375),
        ("IE", "D02", 53.25, -6.25),
        ("CA", "K1A", 45.5, -75.75),
        ("PL", "00-950", 52.25, 21.0),
        ("SE", "114 55", 59.25, 18.0),
    ]
)


@pytest.mark.parametrize(
    ("country", "code", "latitude"),
    [
        ("FR", "69003", 45.75),
        ("de", "69003", 49.5),
        ("FR", "69 003", 45.75),
        ("PL", "00950", 52.25),
        ("SE", "11455", 59.25),
        ("GB", "LS12 6NG", 53.8),
        ("GB", "ls126ng", 53.8),
        ("GB", "LS12", 53.8),
        ("GB", "G5 3HR", 55.85),
        ("NL", "2627 AN", 52.0),
        ("IE", "D02 AF30", 53.25),
        ("CA", "K1A 0B1", 45.5),
    ],
)
def test_a_code_is_found_however_it_is_spaced_or_by_its_published_first_part(
    country, code, latitude
):
    found = INDEX.find(country, code)
    assert found is not None
    assert found.latitude == pytest.approx(latitude, abs=1e-5)


@pytest.mark.parametrize(
    ("country", "code"),
    [(None, "69003"), ("FR", None), ("FR", ""), ("", "69003"), ("IT", "69003"), ("FR", "69")],
)
def test_what_is_not_there_is_not_found(country, code):
    assert INDEX.find(country, code) is None


def test_an_empty_index_finds_nothing():
    assert PostalIndex.empty().find("FR", "69003") is None
    assert len(PostalIndex.empty()) == 0


@given(country=st.text(max_size=4), code=st.text(max_size=14))
def test_any_text_may_be_asked_for(country, code):
    INDEX.find(country, code)


@given(
    rows=st.dictionaries(
        st.integers(0, 99999).map(lambda n: f"{n:05d}"),
        st.tuples(st.integers(-90, 90), st.integers(-180, 180)),
        max_size=50,
    )
)
def test_every_row_that_was_packed_is_found_again(rows):
    index = PostalIndex.of(("US", code, lat, lon) for code, (lat, lon) in rows.items())
    for code, (latitude, longitude) in rows.items():
        found = index.find("US", code)
        assert found is not None
        assert (found.latitude, found.longitude) == (latitude, longitude)


def test_rows_may_come_in_any_order():
    rows = [("FR", f"{number:05d}", number % 90, number % 180) for number in range(200)]
    in_order, reversed_ = PostalIndex.of(rows), PostalIndex.of(reversed(rows))
    for country, code, latitude, longitude in rows:
        for index in (in_order, reversed_):
            found = index.find(country, code)
            assert found is not None
            assert (found.latitude, found.longitude) == (latitude, longitude)
    assert in_order.codes("FR") == reversed_.codes("FR")


def test_places_are_found_however_many_were_asked_for_before():
    rows = [("US", f"{number:05d}", number % 90, 1.0) for number in range(9_000)]
    index = PostalIndex.of(rows)
    for _ in range(2):
        for country, code, latitude, _longitude in rows:
            found = index.find(country, code)
            assert found is not None
            assert found.latitude == latitude
        assert index.find("CH", "1000") is None
