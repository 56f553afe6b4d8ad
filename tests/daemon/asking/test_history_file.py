"""Claims about histories on their way through files."""

from datetime import timedelta

import pytest

from ortoo_daemon.daemon.asking.history_file import read_history, write_history
from ortoo_daemon.daemon.asking.history_spool import HistorySpool
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.simulation.backtest.history import heading_text
from tests.simulation.backtest.past import history, past
from tests.world import NOW, directory

HEADING = history(directory())


def silent(what, done, total):
    pass


def read(file, spool, *, since=None, until=None, objects=None):
    return read_history(file, spool, since=since, until=until, objects=objects, progress=silent)


def test_decisions_come_out_in_the_order_of_time_however_they_went_in():
    pasts = [past(n, after=after) for n, after in enumerate((30, 10, 20))]
    with HistorySpool() as spool:
        for each in pasts:
            spool.add(each)
        assert list(spool) == [pasts[1], pasts[2], pasts[0]]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_one_record_the_last_decision_stays(order):
    with HistorySpool() as spool:
        for after in order:
            spool.add(past(7, after=after))
        assert list(spool) == [past(7, after=2)]
        assert (spool.added, len(spool)) == (2, 1)


def test_nothing_of_a_spool_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with HistorySpool() as spool:
        spool.add(past(1))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "history.jsonl"
    with HistorySpool() as spool:
        for n in range(5):
            spool.add(past(n, after=n))
        write_history(HEADING, spool, path)
    return path


def test_a_file_gives_back_what_was_written(file):
    with HistorySpool() as spool:
        assert read(file, spool) == HEADING
        assert list(spool) == [past(n, after=n) for n in range(5)]


def test_of_a_file_only_the_time_and_objects_asked_for_are_taken(file):
    since, until = NOW + timedelta(minutes=1), NOW + timedelta(minutes=3)
    with HistorySpool() as spool:
        found = read(file, spool, since=since, until=until)
        assert (found.since, found.until) == (since, until)
        assert list(spool) == [past(n, after=n) for n in (1, 2)]
    with HistorySpool() as spool:
        read(file, spool, objects=("Case",))
        assert len(spool) == 0


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ":1:1: "),
        ("{}\n", ":1:1: not the heading"),
        (heading_text(HEADING) + "\n\n", ":2:1: "),
        (heading_text(HEADING) + '\n{"key": 1}\n', ":2:1: not a decision"),
    ],
)
def test_what_is_no_history_is_told_with_its_line(tmp_path, text, where):
    path = tmp_path / "wrong.jsonl"
    path.write_text(text)
    with HistorySpool() as spool, pytest.raises(ConfigError) as error:
        read(path, spool)
    assert f"{path}{where}" in str(error.value)
    assert "simulate --export" in str(error.value)


def test_a_file_that_can_not_be_written_or_read_is_told(tmp_path):
    gone = tmp_path / "gone" / "history.jsonl"
    with HistorySpool() as spool:
        with pytest.raises(ConfigError, match="can't be written"):
            write_history(HEADING, spool, gone)
        with pytest.raises(ConfigError, match="can't be read"):
            read(gone, spool)


@pytest.mark.parametrize(
    ("line", "said"),
    [('{"a": "' + "x" * 4_000_001 + '"}', "longer than 4,000,000"), ("[" * 200_000, "nested")],
)
def test_a_line_made_to_fill_the_memory_is_refused_where_it_stands(file, line, said):
    file.write_text(file.read_text() + line + "\n")
    with HistorySpool() as spool, pytest.raises(ConfigError, match=said) as error:
        read(file, spool)
    assert error.value.problems[0].place.line == 7
