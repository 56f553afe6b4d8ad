"""Of a wrong detail that stands somewhere, does a sentence only say whose it is?

*The number that is shown belongs to Leeds*, *il codice che usate è quello di Modena*: Leeds and Modena tell
what is wrong, and the request is not theirs. Without words for what somebody wrote or shows (group
``shown``) nothing is told: *what is missing is the invoice of Leeds* concerns Leeds.
"""

from collections.abc import Sequence

from ortoo_daemon.intake.triage.phrases import Hit

THEIRS = "theirs"

_SHOWN = "shown"
_IS_THEIRS = "is_theirs"
_NEAR = 5


def is_whose(first: int, hits: Sequence[Hit]) -> bool:
    """Whether the word ``first`` begins the name of somebody whose the detail is that stands there."""
    shown = min((hit.first for hit in hits if hit.name == _SHOWN), default=None)
    return shown is not None and any(
        hit.name == _IS_THEIRS and hit.first > shown and 0 < first - hit.last <= _NEAR
        for hit in hits
    )
