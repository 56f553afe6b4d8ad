"""Does an address say which of a group's rooftops writes? ``vannes@…``, ``info@vannes.…``, ``sales-leeds@…``

Only where all the rest of it is what mailboxes are called: ``austin.reed@…`` is somebody of that name.
"""

import re

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.ordinary_words import MAILBOX_WORDS
from ortoo_daemon.intake.triage.words import plain, plain_words

_SEPARATOR = re.compile(r"[._+-]+")
_SHORTEST = 4


def known_domain(domain: str, index: DealerIndex) -> str:
    """The domain of the directory that this one is, or lies below; "" for none."""
    while domain.count("."):
        if domain in index.by_domain:
            return domain
        domain = domain.partition(".")[2]
    return ""


def site_of_mailbox(
    address: str, domain: str, pool: frozenset[str], index: DealerIndex, *, name: str = ""
) -> str | None:
    """The one rooftop of ``pool`` that the address names, if it says nothing else.

    ``domain`` is the directory's, so that what stands before it counts too; ``name`` is the sender's.
    """
    local, _, host = address.partition("@")
    below = host[: -len(domain)].rstrip(".") if host != domain else ""
    words = [word for word in _SEPARATOR.split(plain(f"{local}.{below}")) if word]
    rest, accounts = _named(words, pool, index)
    if not accounts or _is_somebody(name, words):
        return None
    brands = {a: {w for b in index.dealers[a].brands for w in plain_words(b)} for a in accounts}
    said = [word for word in rest if word not in MAILBOX_WORDS and not word.isdigit()]
    if len(accounts) > 1:
        accounts = {a for a in accounts if brands[a] & set(said)}
    if len(accounts) != 1:
        return None
    account = accounts.pop()
    known = brands[account] | index.words_of(account) | set(plain_words(index.group_of(account)))
    return account if all(word in known for word in said) else None


def _named(
    words: list[str], pool: frozenset[str], index: DealerIndex
) -> tuple[list[str], set[str]]:
    """What of the words names no rooftop, and the rooftops that the longest town or mark in them means."""
    for length in range(len(words), 0, -1):
        for at in range(len(words) - length + 1):
            joined = "".join(words[at : at + length])
            if len(joined) < _SHORTEST:
                continue
            found = {account for account in pool if joined in index.mailbox_names[account]}
            if found:
                return words[:at] + words[at + length :], found
    return words, set()


def _is_somebody(name: str, words: list[str]) -> bool:
    """Whether the sender's name is a person's who bears the name of the town."""
    said = plain_words(name)
    return len(said) > 1 and said[0] in words and not set(said[1:]) & MAILBOX_WORDS
