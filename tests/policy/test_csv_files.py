"""Tables are text, whoever has written them."""

from ortoo_daemon.policy.csv_files import read_csv
from ortoo_daemon.policy.nodes import Problems


def test_a_file_with_nul_characters_is_no_table():
    problems = Problems()
    assert read_csv("t.csv", b"name,brand\na,b\nc\0,d\n", problems) is None
    assert [(str(each.place), each.rule) for each in problems.found] == [("t.csv:3:1", "wrong_row")]
