"""Who goes away while leads wait for an answer, and comes back within the hour?

Some leads are left unanswered from the beginning, so that they are late, handed on, and with somebody who
goes away then. These advisers mark themselves away until a time, as the shipped directory reads it. Of what
is moved meanwhile every third lead is answered by who has it now and should not go back; the others wait.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ortoo_daemon.cli.launch_day.pace import Pace
from ortoo_daemon.cli.launch_day.scene import Scene
from ortoo_daemon.cli.launch_day.standing import ABSENCE
from ortoo_daemon.cli.launch_day.tally import Gone, Handled
from ortoo_daemon.instants import instant_text

AWAY_FOR = 9.0
"""Minutes: shorter than the leaps that are made meanwhile."""

_PEOPLE = 12
_LEFT_LYING = 24
_ANSWERED_EVERY = 3


@dataclass(slots=True, kw_only=True)
class Leave:
    """One absence of a few advisers, each of another site. ``open_limit``: most leads that the policy lets
    one person hold."""

    scene: Scene
    pace: Pace
    open_limit: int | None
    _waiting: set[str] = field(default_factory=set)
    _urgent: set[str] = field(default_factory=set)

    def keeps_waiting(self, record: str) -> bool:
        """Whether nobody answers it for now."""
        return record in self._waiting

    def prepare(self) -> None:
        """One lead at each of some sites with several colleagues is left lying."""
        sites: dict[str, str] = {}
        for each in self._leads():
            site = self.scene.names.site_of.get(each.owner)
            if site and site not in sites and len(list(self._colleagues(each))) > 1:
                sites[site] = each.id
        self._waiting = set(list(sites.values())[:_LEFT_LYING])

    def leave_out_urgent(self) -> None:
        """What is late after minutes will be with a manager before anybody is back."""
        self._urgent = set(self.scene.tally.late)
        self._waiting -= self._urgent

    def begin(self) -> None:
        """They go, the daemon hears of it, and does what it does."""
        scene, chosen = self.scene, self._chosen()
        self._waiting = {record for held in chosen.values() for record in held}
        at = scene.org_time.now()
        until = at + 60 * AWAY_FOR
        for person in chosen:
            scene.people.update(
                person,
                person,
                Ortoo_Availability__c="Away",
                Ortoo_Away_Until__c=instant_text(datetime.fromtimestamp(until, UTC)),
            )
        self.pace.until(lambda: self._waiting <= scene.tally.moved_away.keys())
        known_at = scene.org_time.now()
        for person, held in chosen.items():
            scene.tally.gone[person] = Gone(
                at=at, until=until, held=frozenset(held), known_at=known_at
            )
        for record in sorted(scene.tally.moved_away)[_ANSWERED_EVERY - 1 :: _ANSWERED_EVERY]:
            scene.answer(scene.tally.holder(record), [scene.tally.handled[record]])

    def end(self) -> None:
        """Their time is over: nobody writes anything, the daemon finds them back by the clock."""
        if self.scene.tally.gone:
            self.pace.settle_again(ABSENCE)
            self.scene.tally.back_by = self.scene.org_time.now()
        self._waiting = set(self.scene.tally.whole_stories(self.scene.names.people)[:1])

    def _chosen(self) -> Mapping[str, list[str]]:
        """Advisers and what each holds that a colleague can surely take, those first who hold most that has
        just become late."""
        tally, names = self.scene.tally, self.scene.names
        held: dict[str, list[str]] = defaultdict(list)
        for each in self._leads():
            if each.id not in self._urgent and self._can_be_taken(each):
                held[tally.holder(each.id)].append(each.id)
        late = tally.steps["reassigned"]
        found: dict[str, list[str]] = {}
        for person in sorted(held, key=lambda each: (-len(late.intersection(held[each])), each)):
            sites = {names.site_of[each] for each in found}
            if len(found) < _PEOPLE and names.site_of[person] not in sites:
                found[person] = held[person]
        return found

    def _leads(self) -> Iterator[Handled]:
        return (each for each in self.scene.tally.unanswered() if each.object == "Lead")

    def _can_be_taken(self, lead: Handled) -> bool:
        """Whether somebody is there who knows what its holder knows."""
        skills = self.scene.names.skills
        needed = skills[self.scene.tally.holder(lead.id)]
        return any(skills[person] >= needed for person in self._colleagues(lead))

    def _colleagues(self, lead: Handled) -> Iterator[str]:
        """At its holder's site, who never had it and have room."""
        names, tally = self.scene.names, self.scene.tally
        holder = tally.holder(lead.id)
        site = names.site_of.get(holder)
        holding = Counter(map(tally.holder, tally.handled))
        for person in names.advisers[site] if site else ():
            limits = (self.open_limit, names.open_limits.get(person))
            room = min((each for each in limits if each is not None), default=None)
            if person not in (holder, lead.owner) and (room is None or holding[person] < room):
                yield person
