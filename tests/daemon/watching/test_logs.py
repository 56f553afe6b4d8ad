"""What a log line may show, and what it must not."""

import json
import logging

import pytest
import structlog

from ortoo_daemon.daemon.watching.logs import configure_logs


@pytest.fixture(autouse=True)
def logging_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail_with(address: str) -> None:
    length = len(address)
    raise RuntimeError(f"no room for {length} characters")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_names_code_and_no_values(capsys, as_json):
    configure_logs(as_json=as_json)
    try:
        fail_with("anna.martin@mail.example")
    except RuntimeError:
        structlog.get_logger("test").exception("work.handle_failed")
    shown = capsys.readouterr().err
    assert "work.handle_failed" in shown
    assert "fail_with" in shown
    assert "no room for 24 characters" in shown
    assert "anna.martin" not in shown.replace('fail_with("anna.martin@mail.example")', "")


def test_a_line_is_one_json_object_with_time_and_level(capsys):
    configure_logs(as_json=True)
    structlog.get_logger("test").info("service.ready", objects=["Lead"])
    logging.getLogger("asyncio").warning("from a library")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert ours["event"] == "service.ready"
    assert {"timestamp", "level", "logger", "objects"} <= ours.keys()
    assert theirs["event"] == "from a library"


def test_no_value_costs_the_line_it_stands_in(capsys):
    configure_logs(as_json=True)
    structlog.get_logger("test").warning("stream.gap", reason=RuntimeError("odd"), object="a\ud83d")
    line = json.loads(capsys.readouterr().err)
    assert (line["reason"], line["object"]) == ("RuntimeError('odd')", "a\ud83d")


def test_what_lies_below_the_level_is_not_written(capsys):
    configure_logs(level="WARNING", as_json=True)
    structlog.get_logger("test").info("service.ready")
    logging.getLogger("test").info("from a library")
    assert capsys.readouterr().err == ""
