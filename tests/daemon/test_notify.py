"""The service manager hears what the protocol says it should."""

import socket
import time

import pytest

from ortoo_daemon.daemon.notify import Notifier


@pytest.fixture
def manager(tmp_path):
    path = tmp_path / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        listening.bind(str(path))
        yield listening, str(path)


def test_ready_carries_a_status_of_one_line(manager):
    listening, path = manager
    Notifier(path).ready("2 policies\nLead")
    assert listening.recv(4096) == b"READY=1\nSTATUS=2 policies Lead"


def test_reloading_carries_the_moment_at_which_it_began(manager):
    listening, path = manager
    began = time.monotonic_ns() // 1000
    Notifier(path).reloading()
    state, moment, status = listening.recv(4096).decode().split("\n")
    assert (state, status) == ("RELOADING=1", "STATUS=checking edited policies")
    name, _, microseconds = moment.partition("=")
    assert name == "MONOTONIC_USEC"
    assert began <= int(microseconds) <= time.monotonic_ns() // 1000


def test_stopping_is_told(manager):
    listening, path = manager
    Notifier(path).stopping()
    assert listening.recv(4096).startswith(b"STOPPING=1")


def test_an_abstract_socket_is_reached():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        listening.bind("\0ortoo-notify-test")
        Notifier("@ortoo-notify-test").status("well")
        assert listening.recv(4096) == b"STATUS=well"


def test_children_do_not_inherit_the_socket(monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    Notifier.from_environment()
    import os

    assert "NOTIFY_SOCKET" not in os.environ


def test_a_manager_that_is_gone_stops_nobody(tmp_path):
    Notifier(str(tmp_path / "gone.sock")).ready("still here")
    Notifier(None).ready("no manager at all")


def test_a_note_stands_beside_every_status_until_it_is_empty(manager):
    listening, path = manager
    notifier = Notifier(path)
    notifier.ready("routing by revision r1")
    notifier.note("budget", "API calls short: 91% used")
    notifier.status("routing by revision r2")
    notifier.note("budget", "")
    said = [listening.recv(4096).decode().partition("STATUS=")[2] for _ in range(4)]
    assert said == [
        "routing by revision r1",
        "routing by revision r1; API calls short: 91% used",
        "routing by revision r2; API calls short: 91% used",
        "routing by revision r2",
    ]
