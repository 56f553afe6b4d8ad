"""Does a body that goes piece by piece say the same as one that is written at once?"""

import json

import pytest

from ortoo_daemon.json_text import compact_bytes
from ortoo_daemon.salesforce.row_bodies import RowsBody


def rows(count: int) -> list[dict[str, str]]:
    return [{"Ortoo_Key__c": f"k:{number}", "Trace__c": "Škoda " * 40} for number in range(count)]


@pytest.mark.parametrize("count", [1, 15, 16, 17, 32, 200])
def test_the_pieces_are_the_whole_and_its_length_is_known_before(count: int) -> None:
    body = RowsBody([compact_bytes(row) for row in rows(count)])
    whole = b"".join(body)
    assert json.loads(whole) == {"allOrNone": False, "records": rows(count)}
    assert len(body) == len(whole)
    assert b"".join(body) == whole, "a call that is repeated sends the same once more"


def test_no_piece_of_a_long_body_is_nearly_the_whole() -> None:
    body = RowsBody([compact_bytes(row) for row in rows(2000)])
    assert body.is_long
    assert max(map(len, body)) * 50 < len(body)


def test_a_few_rows_are_one_piece() -> None:
    assert not RowsBody([compact_bytes(row) for row in rows(25)]).is_long
