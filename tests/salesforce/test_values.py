import pytest

from ortoo_daemon.salesforce.values import http_date, same_value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-23T09:15:00.000Z", "2026-11-23T09:15:00.000+0000"),
        ("2026-11-23T10:15:00+01:00", "2026-11-23T09:15:00.000+0000"),
        ("2026-11-23T09:15:00.737Z", "2026-11-23T09:15:00.000+0000"),  # the org keeps whole seconds
        ("", None),
        ("  ", None),
        ("Roy ", "Roy"),
        (1, 1.0),
        ("a;b", "b;a"),
        ("one\r\ntwo", "one\ntwo"),
        (None, None),
        ("005Fk00000000Ab", "005Fk00000000AbIAI"),
    ],
)
def test_spellings_of_one_value_are_the_same(one, other):
    assert same_value(one, other)
    assert same_value(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-23T09:15:00.000Z", "2026-11-23T09:15:01.000+0000"),
        ("Roy", "roy"),
        ("a;b", "a"),
        (None, False),
        (0, None),
        ("1", 1),
        ("Tea", "Tee"),
        ("005Fk00000000Ab", "005Fk00000000aBIAI"),
        ("fifteen letters", "eighteen letters .."),
    ],
)
def test_different_values_are_not_the_same(one, other):
    assert not same_value(one, other)
    assert not same_value(other, one)


def test_a_stamp_becomes_the_date_http_wants():
    assert http_date("2026-11-23T10:15:00.999+0100") == "Mon, 23 Nov 2026 09:15:00 GMT"
