"""For which rooftops may this writer speak, and from which do they write?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ortoo_daemon.intake.mail.model import MailPart, MailReading, PartKind
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.mailboxes import known_domain, site_of_mailbox
from ortoo_daemon.intake.triage.model import Basis, Evidence
from ortoo_daemon.intake.triage.namesakes import told_apart
from ortoo_daemon.intake.triage.outsiders import (
    ADDRESS,
    addresses_said,
    group_said,
    of_brand_in_town,
    of_the_question,
    phone_numbers,
    speaks_of,
    words_said,
)
from ortoo_daemon.intake.triage.people import person_of_address
from ortoo_daemon.intake.triage.sites import SiteMention, sites_in
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.words import Word, words_of

_POINTER_WORDS = 6
_PRIVATELY = 0.86


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """``pool`` are the rooftops that they may mean, None where nobody knows; ``account`` is their own."""

    pool: frozenset[str] | None = None
    account: str | None = None
    basis: Basis = Basis.NONE
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()

    @property
    def by_address(self) -> bool:
        """Whether the address tells the group, so that a rooftop named by the way is not the writer's."""
        return any(said.what == "sender" for said in self.evidence)


def writer_of(reading: MailReading, index: DealerIndex, taxonomy: Taxonomy) -> Writer:
    """Who writes: by address, then by what the signature and the text say of them."""
    if reading.forward_speaks:
        passed_on = _forwarded(reading, index)
        if passed_on is not None:
            return passed_on
    known = _by_address(reading.sender, index, 0, 0, name=reading.sender_name)
    if known.account:
        return known
    return _by_signature(reading, index, taxonomy, known)


def _by_address(
    address: str, index: DealerIndex, start: int, end: int, *, name: str = ""
) -> Writer:
    address = address.casefold()
    evidence = (Evidence(what="sender", text=address, start=start, end=end),)
    contacts = index.by_email.get(address, frozenset())
    if len(contacts) == 1:
        account = next(iter(contacts))
        return Writer(
            pool=index.pool_of(account),
            account=account,
            basis=Basis.SENDER_CONTACT,
            confidence=0.97,
            evidence=evidence,
        )
    domain = known_domain(address.rpartition("@")[2], index)
    rooftops = contacts or index.by_domain.get(domain, frozenset())
    if not rooftops:
        return Writer()
    pool = frozenset().union(*(index.pool_of(account) for account in rooftops))
    if len(rooftops) == 1:
        account = next(iter(rooftops))
        return Writer(
            pool=pool,
            account=account,
            basis=Basis.DOMAIN_SINGLE,
            confidence=0.96,
            evidence=evidence,
        )
    named = site_of_mailbox(address, domain, pool, index, name=name) if domain else None
    if named is not None:
        return Writer(
            pool=pool,
            account=named,
            basis=Basis.SENDER_MAILBOX,
            confidence=0.9,
            evidence=evidence,
        )
    return Writer(pool=pool, evidence=evidence)


def _as_forwarded(known: Writer) -> Writer:
    return Writer(
        pool=known.pool,
        account=known.account,
        basis=Basis.FORWARDED_PARTY,
        confidence=0.93,
        evidence=known.evidence,
    )


def _forwarded(reading: MailReading, index: DealerIndex) -> Writer | None:
    """Whoever wrote the message that is passed on: the latest that says more than that it is passed on.

    Their address or, where mail programs write the name alone, a person of the sender's group.
    """
    sender = _by_address(reading.sender, index, 0, 0)
    headers = sorted(
        (part for part in reading.parts if part.kind is PartKind.HEADER and part.message),
        key=lambda part: (not _says_something(reading, part.message), part.message),
    )
    for part in headers:
        for found in ADDRESS.finditer(part.text):
            start = part.start + found.start()
            known = _by_address(found[0], index, start, start + len(found[0]))
            if known.account:
                return _as_forwarded(known)
            if known.pool is not None:
                break
        named = _by_name(part, index, sender.pool)
        if named is not None:
            return _as_forwarded(named)
    return None


def _says_something(reading: MailReading, message: int) -> bool:
    said = (
        part.text
        for part in reading.parts
        if part.message == message and part.kind in {PartKind.FORWARDED, PartKind.QUOTED}
    )
    return sum(len(text.split()) for text in said) > _POINTER_WORDS


def _by_name(part: MailPart, index: DealerIndex, pool: frozenset[str] | None) -> Writer | None:
    """The first person whom a header names, if they work at one rooftop of the group."""
    words = words_of(part.text)
    people = [hit for hit in index.book.find(words) if hit.name.startswith("person:")]
    first = min(people, key=lambda hit: (hit.first, -hit.last), default=None)
    if first is None or pool is None:
        return None
    accounts = index.meanings[first.name] & pool
    if len(accounts) != 1:
        return None
    account = next(iter(accounts))
    start, end = words[first.first].start, words[first.last].end
    said = Evidence(
        what="sender",
        text=part.text[start:end],
        start=part.start + start,
        end=part.start + end,
    )
    return Writer(pool=index.pool_of(account), account=account, evidence=(said,))


def _by_signature(
    reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, known: Writer
) -> Writer:
    """The rooftop whose number, address or name the writer signs with; the group that the text names."""
    numbers = list(phone_numbers(reading, index, known.pool))
    pool = known.pool or group_said(reading, index, taxonomy, numbers)
    accounts = {account for account, _ in numbers if pool is None or account in pool}
    if len(accounts) == 1:
        account = accounts.pop()
        return Writer(
            pool=pool or index.pool_of(account),
            account=account,
            basis=Basis.PHONE,
            confidence=0.93,
            evidence=tuple(evidence for found, evidence in numbers if found == account),
        )
    signed = _signed(reading, index, taxonomy, pool)
    if signed is None and known.pool is None:
        signed = _outsider(reading, index, taxonomy, pool)
    if signed is None and known.pool is None:
        signed = _privately(reading, index, taxonomy, pool)
    return signed or Writer(pool=pool, evidence=known.evidence)


def _privately(
    reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, pool: frozenset[str] | None
) -> Writer | None:
    """Somebody of the directory who writes from a private address, and names their rooftop in some way."""
    account = person_of_address(reading.sender, reading.sender_name, index, pool)
    if account is None or not (pool or speaks_of(account, reading, index, taxonomy)):
        return None
    said = Evidence(what="person", text=reading.sender)
    return Writer(
        pool=index.pool_of(account) | (pool or frozenset()),
        account=account,
        basis=Basis.SENDER_CONTACT,
        confidence=_PRIVATELY,
        evidence=(said,),
    )


def _outsider(
    reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, pool: frozenset[str] | None
) -> Writer | None:
    """Of which rooftop an outsider speaks: its mail address, its brand and town, the question answered."""
    family = pool and pool.union(*(index.namesakes[account] for account in pool))
    addresses = list(addresses_said(reading, index, family))
    named = {account for account, _ in addresses}
    if len(named) == 1:
        said = tuple(evidence for _, evidence in addresses)
        return _speaking_of(index, named.pop(), Basis.FORWARDED_PARTY, 0.9, said)
    if pool is not None:
        return None
    account = of_brand_in_town(reading, index, taxonomy)
    if account is not None:
        return _speaking_of(index, account, Basis.BRAND_IN_CITY, 0.85)
    account = of_the_question(reading, index, taxonomy)
    if account is not None:
        return _speaking_of(index, account, Basis.FORWARDED_PARTY, 0.82)
    return None


def _speaking_of(
    index: DealerIndex,
    account: str,
    basis: Basis,
    confidence: float,
    evidence: tuple[Evidence, ...] = (),
) -> Writer:
    return Writer(
        pool=index.pool_of(account),
        account=account,
        basis=basis,
        confidence=confidence,
        evidence=evidence,
    )


def _signed(
    reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, pool: frozenset[str] | None
) -> Writer | None:
    for part in reading.parts:
        if part.kind is not PartKind.SIGNATURE or part.message:
            continue
        words = words_of(reading.text, part.start, part.end)
        said = words_said(words, taxonomy, reading.language)
        sites = [
            _with_namesakes(site, index, pool)
            for site in _not_of_a_list(
                told_apart(sites_in(said, index, pool), index.namesakes, said), words, reading.text
            )
        ]
        for kinds in ({"address"}, {"name", "street", "old"}, {"place", "mark", "brand"}):
            meant = {a for s in sites if s.kind in kinds for a in s.accounts}
            single = {
                a for s in sites if s.kind in kinds and len(s.accounts) == 1 for a in s.accounts
            }
            if len(meant) == 1 and len(single) == 1:
                account = single.pop()
                site = next(s for s in sites if account in s.accounts)
                first, last = words[site.first].start, words[site.last].end
                return Writer(
                    pool=pool or index.pool_of(account),
                    account=account,
                    basis=Basis.SIGNATURE_SITE,
                    confidence=0.9,
                    evidence=(
                        Evidence(
                            what="signature", text=reading.text[first:last], start=first, end=last
                        ),
                    ),
                )
            if len(meant) > 1:
                break
    return None


def _with_namesakes(
    site: SiteMention, index: DealerIndex, pool: frozenset[str] | None
) -> SiteMention:
    """A name alone, without a place that tells it apart, may be that of each who is called so."""
    if site.kind != "name" or site.basis is not Basis.NAME:
        return site
    family = frozenset().union(*(index.namesakes[account] for account in site.accounts))
    return replace(site, accounts=family & pool if pool is not None else family)


def _not_of_a_list(
    sites: Sequence[SiteMention], words: Sequence[Word], text: str
) -> list[SiteMention]:
    """The sites; the group's name above or before a list of towns makes no name with the first of them."""

    def on_a_line(first: SiteMention, last: SiteMention) -> bool:
        return "\n" not in text[words[first.first].start : words[last.last].end]

    def lists(site: SiteMention) -> bool:
        return any(
            other.first > site.last
            and not other.accounts & site.accounts
            and on_a_line(site, other)
            for other in sites
        )

    return [
        replace(site, kind="place")
        if site.kind in {"name", "old"} and (lists(site) or not on_a_line(site, site))
        else site
        for site in sites
    ]
