"""How much open work may a person hold? The policy's open_limit and the person's own; the smaller holds."""

from ortoo_daemon.directory import Person
from ortoo_daemon.handling import Handling


class OpenLimit:
    """The open_limit gate for one record. Records that meet the policy's ``unless`` pass it."""

    __slots__ = ("lifted", "open_work", "policy_limit")

    def __init__(self, handling: Handling) -> None:
        limits = handling.policy.limits
        self.open_work = handling.facts.workload.open_work
        self.policy_limit = limits.open_per_person
        self.lifted = limits.unless is not None and limits.unless.holds(handling.scope)

    def reached_by(self, person: Person) -> str:
        """Why the person can take no more, empty when there is room."""
        if self.lifted:
            return ""
        limits = [n for n in (person.open_limit, self.policy_limit) if n is not None]
        if not limits:
            return ""
        held, limit = self.open_work.get(person.id, 0), min(limits)
        return f"holds {held} of {limit}" if held >= limit else ""
