"""Was a decision record changed, taken away or put in later? Each bears the hash of the one before it.

The hash is over a fixed envelope: who decided what about which record, when, by which policy, and the hash of
trace, facts and written values. So these may be erased (`forget`) without breaking the chain. A hash has no
secret: whoever may write decision records can make a whole chain anew. It shows every other change, and every
change of a row whose hash was noted elsewhere. Pure.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ortoo_daemon.audit.record import ERASED_AT, KEY, OUTLINE, PERSONAL
from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue

HASH = "Envelope_Hash__c"
PREVIOUS = "Previous_Hash__c"
TRACE_HASH = "Trace_Hash__c"

_DECIDED_AT = "Decided_At__c"
ENVELOPE = (
    KEY,
    *OUTLINE,
    _DECIDED_AT,
    TRACE_HASH,
    PREVIOUS,
)
"""What the hash of a row is over, in this order."""

Row = Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What is wrong with the chain of one record, at the decision of that key."""

    record: str
    key: str
    what: str


def sealed(row: Row, previous: str | None) -> dict[str, FieldValue]:
    """The row with its seals; ``previous`` is the hash of the decision before it, None for the first."""
    whole = {**row, TRACE_HASH: trace_hash(row), PREVIOUS: previous}
    whole[HASH] = envelope_hash(whole)
    return whole


def trace_hash(row: Row) -> str:
    """Over trace, facts and written values as they stand in the row."""
    return _digest([_plain(row.get(name)) for name in PERSONAL])


def envelope_hash(row: Row) -> str:
    """Over the fields of ENVELOPE as the org keeps them: blanks trimmed, moments to the second."""
    moment = str(_seconds(row))
    return _digest([moment if name == _DECIDED_AT else _plain(row.get(name)) for name in ENVELOPE])


def head_of(rows: Sequence[Row], key: str) -> str | None:
    """The hash that a decision of that key has to follow. ``rows`` are all decisions about its record."""
    links = [link_of(row) for row in rows if row.get(HASH)]
    own = next((link for link in links if link.key == key), None)
    if own is not None:  # written before, and now once more: its place stays
        return own.previous
    followed = {link.previous for link in links}
    ends = [link for link in links if link.hash not in followed]
    return max(ends, key=lambda link: (link.decided_at, link.key)).hash if ends else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a chain needs to know of a row, without its long texts.

    ``decided_at`` in whole seconds since 1970. ``wrong`` is what the row alone shows. ``put_away_at`` is when
    it left the org for the archive, with all others of its record; what follows is a chain of its own.
    """

    record: str
    key: str
    decided_at: int
    hash: str | None
    previous: str | None
    wrong: tuple[str, ...] = ()
    put_away_at: str | None = None


def link_of(row: Row) -> Link:
    """The link that a row is, not yet looked into: see `examined`."""
    return Link(
        record=str(row["Record_Id__c"]),
        key=str(row[KEY]),
        decided_at=_seconds(row),
        hash=_text_or_none(row.get(HASH)),
        previous=_text_or_none(row.get(PREVIOUS)),
    )


def examined(row: Row) -> Link:
    """The link that a whole row is, with what is wrong about the row itself."""
    link = link_of(row)
    if link.hash is None:
        return link
    wrong = []
    if envelope_hash(row) != link.hash:
        wrong.append("was changed: its envelope has another hash")
    if not row.get(ERASED_AT) and trace_hash(row) != row.get(TRACE_HASH):
        wrong.append("was changed: trace, facts or written values have another hash")
    return replace(link, wrong=tuple(wrong))


def broken(links: Iterable[Link]) -> Iterator[Broken]:
    """What is wrong with the chains of these links; all links of each record must be there.

    Rows that were never sealed (by a version before) are none of it, as long as they come first.
    """
    chains: dict[tuple[str, str | None], list[Link]] = defaultdict(list)
    for link in links:
        chains[link.record, link.put_away_at].append(link)
    for found in chains.values():
        yield from _broken_of(found)


def _broken_of(links: Sequence[Link]) -> Iterator[Broken]:
    chained = [link for link in links if link.hash]
    hashes = {link.hash for link in chained}
    follows = Counter(link.previous for link in chained)
    first = min((link.decided_at for link in chained), default=None)
    for link in links:
        for what in (*link.wrong, *_out_of_place(link, hashes, follows, first)):
            yield Broken(record=link.record, key=link.key, what=what)


def _out_of_place(
    link: Link, hashes: Set[str | None], follows: Mapping[str | None, int], first: int | None
) -> Iterator[str]:
    if link.hash is None:
        if first is not None and link.decided_at > first:
            yield "bears no hash, and one before it does: it was put in, or its hash was taken away"
        return
    if link.previous and link.previous not in hashes:
        yield "follows a decision that is not there: it was deleted, or its hash was changed"
    elif follows[link.previous] > 1:
        rank = "one that follows its predecessor" if link.previous else "first one"
        yield f"is not the only {rank}: one of them was put in"


def _seconds(row: Row) -> int:
    found = instant(row.get(_DECIDED_AT))
    return 0 if found is None else int(found.timestamp())


def _plain(value: FieldValue) -> str:
    return "" if value is None else str(value).strip()


def _text_or_none(value: FieldValue) -> str | None:
    return str(value) if value else None


def _digest(parts: Sequence[str]) -> str:
    """Over each part behind its length, so that none can lend a letter to its neighbour."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join([b"%d:%b" % (len(each), each) for each in encoded])).hexdigest()
