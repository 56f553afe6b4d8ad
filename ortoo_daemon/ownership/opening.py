"""Who is open now? Rooftops by their own hours, people by theirs, else by their rooftop's.

Where no hours are known nothing says that somebody is not at work.
"""

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.person import Person


class _Opening:
    """What is known of hours at this moment, each asked once."""

    __slots__ = ("handling", "known")

    def __init__(self, handling: Handling) -> None:
        self.handling = handling
        self.known: dict[str, str] = {}

    def closed_by(self, key: str | None) -> str:
        """Why these hours are not open now; empty when they are, or are not known."""
        if not key:
            return ""
        if key not in self.known:
            self.known[key] = self._closed(key)
        return self.known[key]

    def _closed(self, key: str) -> str:
        hours = self.handling.facts.directory.hours.get(key)
        if hours is None:
            note = f"the directory has no hours {key!r}; taken as open"
            self.handling.trace.notes.append(note)
            return ""
        return "" if hours.is_open(self.handling.facts.now) else f"{hours.name} is closed now"


class SiteOpening(_Opening):
    """Whether rooftops are open now."""

    __slots__ = ()

    def closed(self, rooftop: Rooftop) -> str:
        """Why the rooftop is closed; empty when it is open."""
        return self.closed_by(rooftop.hours)


class TeamOpening(_Opening):
    """Whether people of one rooftop (or of desks) are at work now."""

    __slots__ = ("rooftop",)

    def __init__(self, handling: Handling, rooftop: Rooftop | None) -> None:
        super().__init__(handling)
        self.rooftop = rooftop

    def closed_for(self, person: Person) -> str:
        """Why the person is not at work now; empty when at work."""
        return self.closed_by(person.hours or (self.rooftop.hours if self.rooftop else None))
