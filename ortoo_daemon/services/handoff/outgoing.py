"""What is sent to a dealer's system, and what may come of it?"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One document. ``id`` is the same over all tries, so that the receiver takes it once.

    ``to`` is an e-mail or web address, or the name of a folder.
    """

    id: str
    to: str
    title: str
    document: str


class HandoffError(Exception):
    """It was not taken; the message holds no secret and nothing of the document.

    ``permanent``: another try would end the same way.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Sender(Protocol):
    """One way out."""

    async def send(self, outgoing: Outgoing) -> str:
        """Returns the receiver's receipt once it has certainly taken the document. Raises HandoffError."""
