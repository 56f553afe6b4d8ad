"""Of a wrong detail that stands somewhere, does a sentence only say whose it is?

*The number that is shown belongs to Leeds*, *il codice che usate è quello di Modena*: Leeds and Modena tell
what is wrong, and the request is not theirs. Without words for what somebody wrote or shows (group
``shown``) nothing is told: *what is missing is the invoice of Leeds* concerns Leeds. And does a sentence
speak of what is the writer's, beside somebody else's rooftop?
"""

from collections.abc import Sequence

from ortoo_daemon.intake.triage.ordinary_words import OURS, WHERE
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.site_words import SiteWords, parted

THEIRS = "theirs"

_SHOWN = "shown"
_IS_THEIRS = "is_theirs"
_NEAR = 5
_OF = 2


def is_whose(first: int, hits: Sequence[Hit]) -> bool:
    """Whether the word ``first`` begins the name of somebody whose the detail is that stands there."""
    shown = min((hit.first for hit in hits if hit.name == _SHOWN), default=None)
    return shown is not None and any(
        hit.name == _IS_THEIRS and hit.first > shown and 0 < first - hit.last <= _NEAR
        for hit in hits
    )


def speaks_of_ours(first: int, said: SiteWords) -> bool:
    """``Our bill shows Leeds's address``, ``Leeds has its parts, ours are missing``: whose is the matter?

    Not ``our technician at Leeds``: what is ours there stands right before it; nor ``the branch of Leeds``,
    where a word for a site says what is meant.
    """
    if any(hit.name == "site" and 0 < first - hit.last <= _OF for hit in said.groups):
        return False
    ours = OURS - {"nos"} if said.language == "es" else OURS
    return any(
        word.text in ours and not _is_there(at, first, said) for at, word in enumerate(said.words)
    )


def _is_there(at: int, first: int, said: SiteWords) -> bool:
    placed = said.words[first - 1].text in WHERE if first else False
    placed = placed or any(
        hit.name == "colleague" and at < hit.first < first for hit in said.groups
    )
    return placed and 0 < first - at <= _NEAR and not parted(said.words, at, first)
