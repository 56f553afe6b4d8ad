"""Which clauses of a sentence say that something is settled, or not the matter? *Celle is fine.*

Not where the words for it are denied: *the feed of Celle is not working fine*.
"""

from collections.abc import Sequence

from ortoo_daemon.intake.triage.ordinary_words import NEVER, NOTHING
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.sentences import Sentence, clauses_of, resumed
from ortoo_daemon.intake.triage.site_words import parted
from ortoo_daemon.intake.triage.words import Word

OUT_OF_THE_REQUEST = ("settled", "not_about")

_THERE = "there"
_DENIED_BEFORE = 2
"""So many words may stand between *not* and *works fine*."""
_DENIES = NEVER | frozenset({"aren", "doesn", "don", "isn", "n", "ne", "wasn", "weren"})
_SAYS_NO = _DENIES | NOTHING


def out_of_the_request(
    text: str, sentence: Sentence, words: Sequence[Word], hits: Sequence[Hit]
) -> list[tuple[int, int]]:
    """The clauses of what is settled; *no change there* takes along what it points back to."""
    telling = (hit for hit in hits if hit.name in OUT_OF_THE_REQUEST)
    places = [words[hit.first].start for hit in telling if not _is_denied(hit, words)]
    if not places:
        return []
    there = [words[hit.first].start for hit in hits if hit.name == _THERE]
    out: list[tuple[int, int]] = []
    before = sentence.start
    for start, end in resumed(text, clauses_of(text, sentence.start, sentence.end)):
        if any(start <= place < end for place in places):
            back = any(start <= place < end for place in there)
            out.append((before if back else start, end))
        before = start
    return out


def _is_denied(hit: Hit, words: Sequence[Word]) -> bool:
    """Whether *not* stands right before the words, and no *nothing* within them (*nothing to do*)."""
    if any(word.text in _SAYS_NO for word in words[hit.first : hit.last + 1]):
        return False
    near = range(max(0, hit.first - _DENIED_BEFORE - 1), hit.first)
    return any(words[at].text in _DENIES and not parted(words, at, hit.first) for at in near)
