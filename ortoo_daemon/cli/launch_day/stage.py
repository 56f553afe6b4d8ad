"""What happens in which order? Org up, daemon up, the day, the time after it, daemon down, the proof."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, TypeVar

from rich.console import Console

from ortoo_daemon.cli.launch_day import overheard
from ortoo_daemon.cli.launch_day.commands import commands
from ortoo_daemon.cli.launch_day.display import watching
from ortoo_daemon.cli.launch_day.editing import Editing
from ortoo_daemon.cli.launch_day.evidence import gather
from ortoo_daemon.cli.launch_day.figures import figures
from ortoo_daemon.cli.launch_day.late import Late
from ortoo_daemon.cli.launch_day.names import Names, read_names
from ortoo_daemon.cli.launch_day.org_time import OrgTime
from ortoo_daemon.cli.launch_day.overheard import DaemonLog, said_at
from ortoo_daemon.cli.launch_day.people import People
from ortoo_daemon.cli.launch_day.place import DemoPlace
from ortoo_daemon.cli.launch_day.play import Play
from ortoo_daemon.cli.launch_day.processes import Child, start_daemon, start_sandbox
from ortoo_daemon.cli.launch_day.proof import Ending, checks
from ortoo_daemon.cli.launch_day.proof_of_leave import LeaveRule, leave_rule
from ortoo_daemon.cli.launch_day.scene import Scene
from ortoo_daemon.cli.launch_day.summary import Summary
from ortoo_daemon.cli.launch_day.tally import Tally
from ortoo_daemon.cli.launch_day.traffic import Day, plan
from ortoo_daemon.daemon.loading.policy_files import read_policy_files
from ortoo_daemon.policy.load import load
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials

_Answer = TypeVar("_Answer")

_READY_WITHIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """What is known once the daemon is gone. ``calls`` are its own; ``ahead`` is the org's clock. Steps that
    were due ``until`` then should have been taken."""

    calls: list[dict[str, Any]]
    ending: Ending
    editing: Editing
    ahead: float
    until: datetime
    subscribed_after: float
    peak_memory: int | None


def play_day(place: DemoPlace, day: Day, *, console: Console, keep: bool) -> Summary:
    """Play the whole demo. ``keep`` leaves the sandbox running. Raises DemoError and OrgError.

    Plain calls, no event loop around them: a Ctrl-C is felt at once, and both processes are ended.
    """
    began = time.monotonic()
    console.print(f"demo in {place.folder}")
    sandbox, about = start_sandbox(place)
    with sandbox:
        place.remember(about, kept=sandbox.pid if keep else None)
        console.print(f"org     {about['url']} (process {sandbox.pid})")
        names = asyncio.run(_asked(about, read_names))
        tally = Tally(planned=day.leads + day.cases)
        leave = leave_rule(load(read_policy_files(place.policies)))
        show = _Show(
            place=place,
            about=about,
            names=names,
            day=day,
            console=console,
            leave=leave,
        )
        ended = show.run(tally)
        gathering = partial(
            gather,
            calls=ended.calls,
            daemon_user=about["user_id"],
            until=ended.until,
            of_leads=leave.fields if leave else (),
        )
        evidence = asyncio.run(_asked(about, gathering))
        place.remember(about, kept=sandbox.pid if keep else None, ahead=ended.ahead)
        sandbox.keep = keep
        return Summary(
            tally=tally,
            names=names,
            figures=figures(tally, ended.calls),
            checks=checks(evidence, tally, ended.editing, ended.ending, leave=leave),
            editing=ended.editing,
            subscribed_after=ended.subscribed_after,
            peak_memory=ended.peak_memory,
            lasted_for=time.monotonic() - began,
            folder=str(place.folder),
            kept_at=about["url"] if keep else None,
            commands=commands(place, tally, names.people, sandbox.pid if keep else None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Show:
    """What is there when the daemon comes on: the org as it calls itself, and the day to play. ``leave``:
    what the policies let go of people who are away."""

    place: DemoPlace
    about: Mapping[str, Any]
    names: Names
    day: Day
    console: Console
    leave: LeaveRule | None

    def run(self, tally: Tally) -> _Ended:
        """The daemon's whole life, and the day within it."""
        people = People(self.about["url"])
        try:
            org_time, editing = OrgTime(people.shift_clock), Editing(folder=self.place.policies)
            org_time.begin()
            before = max((call["index"] for call in people.calls()), default=-1)
            with start_daemon(self.place, self.about) as daemon:
                log = DaemonLog(self.place.daemon_log)
                subscribed_at, address = _until_ready(daemon, log)
                self.console.print(f"daemon  subscribed (process {daemon.pid})")
                with watching(self.console, self.names) as seen:
                    scene = Scene(
                        people=people,
                        org_time=org_time,
                        daemon=daemon,
                        log=log,
                        address=address,
                        names=self.names,
                        tally=tally,
                        watching=seen,
                    )
                    until = self._play(scene, editing)
                peak = daemon.peak_memory()
                exit_code = daemon.stop()
            tally.hear(log.new_lines())
            return _Ended(
                calls=people.calls(after=before),
                ending=Ending(exit_code=exit_code, troubles=log.troubles),
                editing=editing,
                ahead=org_time.ahead,
                until=until,
                subscribed_after=subscribed_at - daemon.started_at,
                peak_memory=peak,
            )
        finally:
            people.close()

    def _play(self, scene: Scene, editing: Editing) -> datetime:
        """The day, and the time after it; until when."""
        advisers = [each for team in self.names.advisers.values() for each in team]
        dice = Random(f"people {self.day.seed}")
        Play(scene=scene, editing=editing, dice=dice).run(plan(self.day, advisers))
        late = Late(scene=scene, dice=dice, leap_for=self.day.leap_for, leave=self.leave)
        return late.run()


def _until_ready(daemon: Child, log: DaemonLog) -> tuple[float, str]:
    """Wait until the daemon listens and decides; when it was subscribed, in seconds since 1970, and where it
    says how it stands."""
    heard: dict[str, Mapping[str, Any]] = {}

    def look() -> tuple[float, str] | None:
        for line in log.new_lines():
            heard.setdefault(str(line.get("event")), line)
        if not heard.keys() >= {overheard.READY, overheard.SUBSCRIBED, overheard.LISTENING}:
            return None
        return said_at(heard[overheard.SUBSCRIBED]), str(heard[overheard.LISTENING]["address"])

    return daemon.until(look, within=_READY_WITHIN)


async def _asked(about: Mapping[str, Any], ask: Callable[[Org], Awaitable[_Answer]]) -> _Answer:
    """The org's answer to a question of the demo's own, under the daemon's user."""
    auth = ClientCredentials(client_id=about["client_id"], client_secret=about["client_secret"])
    org = Org.of(auth=auth, login_url=about["url"])
    try:
        return await ask(org)
    finally:
        await org.close()
