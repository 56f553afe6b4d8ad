"""Who sees the record by the customer's consent, and who waits for it? As the record itself says.

``Ortoo_Sharing__c`` holds ``Held: no consent: NAME, NAME; Shared: NAME``, in the names of the policy; what
is shared without asking for consent stands nowhere. So a consent that comes later, or is taken back, is known
by the record alone, whatever the daemon has forgotten.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ortoo_daemon.consequences import RecordShare, ShareState
from ortoo_daemon.records import FieldValue

HELD = "Held: no consent"
_HELD, _SHARED = f"{HELD}: ", "Shared: "
_BETWEEN_PARTS, _BETWEEN_NAMES = "; ", ", "


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Names of those who see the record by consent, and of those who wait for it."""

    shared: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()

    def changes(self, asked: "Standing") -> bool:
        """Whether somebody may see it now who waited, or saw it and may no more."""
        return bool(asked.shared & self.held or asked.held & self.shared)


def standing_of(shares: Iterable[RecordShare]) -> Standing:
    """Of those that ask for consent."""
    given = frozenset(each.name for each in shares if each.state is ShareState.GIVEN)
    held = frozenset(each.name for each in shares if each.state is not ShareState.GIVEN)
    return Standing(shared=given, held=held - given)


def sharing_text(standing: Standing) -> str | None:
    """What the field says; None where nobody's consent is asked."""
    parts = [
        f"{word}{_BETWEEN_NAMES.join(sorted(names))}"
        for word, names in ((_HELD, standing.held), (_SHARED, standing.shared))
        if names
    ]
    return _BETWEEN_PARTS.join(parts) or None


def read_sharing(value: FieldValue) -> Standing:
    """What the field says; nobody where it is empty or somebody else's text."""
    found = {_HELD: frozenset[str](), _SHARED: frozenset[str]()}
    for part in str(value or "").split(_BETWEEN_PARTS):
        for word in found:
            if part.startswith(word):
                found[word] = frozenset(part.removeprefix(word).split(_BETWEEN_NAMES))
    return Standing(shared=found[_SHARED], held=found[_HELD])
