"""Who else wants to see what is decided, without a say in it?"""

from typing import Protocol

from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Facts

NO_FIELDS: frozenset[str] = frozenset()


class Onlooker(Protocol):
    """Sees each decision as it is made. None of its methods may raise, wait or change anything of ours."""

    def fields(self, object_name: str) -> frozenset[str]:
        """What is to be read of records beside what the live policies read."""
        ...

    def unreadable(self, object_name: str, error: PermanentOrgError) -> None:
        """The org refused to read with these fields; the record is read without them."""
        ...

    def decided(self, facts: Facts, decision: Decision) -> None:
        """A decision and its facts, with the counters as they stood and still stand: live ones."""
        ...


class Nobody:
    """Nobody looks on."""

    def fields(self, object_name: str) -> frozenset[str]:
        return NO_FIELDS

    def unreadable(self, object_name: str, error: PermanentOrgError) -> None: ...

    def decided(self, facts: Facts, decision: Decision) -> None: ...
