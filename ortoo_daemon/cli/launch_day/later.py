"""How is a verb asked about a demo that is over? Its org comes up again from the rows that were kept."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ortoo_daemon.cli.launch_day.people import People
from ortoo_daemon.cli.launch_day.place import DemoPlace
from ortoo_daemon.cli.launch_day.processes import serves, start_sandbox, told


def run_verb(place: DemoPlace, verb: Sequence[str]) -> int:
    """Run ``ortoo-daemon VERB…`` against the demo's org; its exit code. Raises DemoError."""
    about = _still_up(place)
    if about is not None:
        return _run(place, about, verb)
    sandbox, about = start_sandbox(place)
    with sandbox:
        people = People(about["url"])
        people.shift_clock(place.ahead)
        people.close()
        return _run(place, about, verb)


def _run(place: DemoPlace, about: Mapping[str, Any], verb: Sequence[str]) -> int:
    command = [sys.executable, "-m", "ortoo_daemon", *verb]
    return subprocess.run(command, env=place.environment(about), check=False).returncode


def _still_up(place: DemoPlace) -> Mapping[str, Any] | None:
    """What the org said of itself, if its process still serves these rows."""
    if place.kept is None or not serves(place.kept, place):
        return None
    return told(place.about_file)
