"""Who and what is there while the day goes on? The org's people and clock, the daemon and what it says."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from ortoo_daemon.cli.launch_day.display import Watching
from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.org_time import OrgTime
from ortoo_daemon.cli.launch_day.overheard import DaemonLog
from ortoo_daemon.cli.launch_day.people import ANSWERED, People
from ortoo_daemon.cli.launch_day.processes import Child
from ortoo_daemon.cli.launch_day.tally import Handled, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The day and the time after it are played on one of these; ``tally`` grows meanwhile.

    ``address`` is where the daemon says how it stands.
    """

    people: People
    org_time: OrgTime
    daemon: Child
    log: DaemonLog
    address: str
    names: Names
    tally: Tally
    watching: Watching
    began: float = field(default_factory=time.monotonic)

    @property
    def after(self) -> float:
        """Seconds since the day began."""
        return time.monotonic() - self.began

    def answer(self, owner: str, records: Iterable[Handled]) -> None:
        """Who has these records answers them now."""
        at = self.org_time.now()
        statuses = {each.id: ANSWERED[each.object] for each in records}
        for record in self.people.change(owner, statuses):
            self.tally.answered[record] = at

    def look(self) -> None:
        """Take in what the daemon said, and show how far the day is."""
        self.tally.hear(self.log.new_lines())
        self.watching.show(self.tally, after=self.after, at=self.org_time.told())
