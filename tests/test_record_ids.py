"""Claims about record ids: letter case makes them different, and the last three characters keep it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.records import record_id

_CHECKSUM = string.ascii_uppercase + "012345"

shorts = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("0015000000Gv7qJ", "0015000000Gv7qJAAR"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("500000000000001", "500000000000001AAA"),
        ("ZZZZZZZZZZZZZZZ", "ZZZZZZZZZZZZZZZ555"),
    ],
)
def test_an_id_of_15_characters_gets_the_checksum_of_the_platform(short, whole):
    assert record_id(short) == whole


@given(shorts)
def test_each_character_tells_which_of_five_are_capitals(short):
    whole = record_id(short)
    kept = [_CHECKSUM.index(letter) >> bit & 1 for letter in whole[15:] for bit in range(5)]
    assert kept == [char in string.ascii_uppercase for char in short]
    assert record_id(whole) == whole


@pytest.mark.parametrize("text", ["", "00Q", "00Q00000000000é", "00Q000000000 01", "0" * 16])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="is not a Salesforce record id"):
        record_id(text)
