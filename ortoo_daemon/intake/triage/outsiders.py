"""Of which rooftops does a writer speak whom no address tells: by number, address, name, brand and town?"""

import re
from collections.abc import Iterator

from ortoo_daemon.intake.mail.model import IdentifierKind, MailReading, PartKind
from ortoo_daemon.intake.triage.brand_in_town import rooftop_of_brand
from ortoo_daemon.intake.triage.brands import brands_in
from ortoo_daemon.intake.triage.dealer_index import DealerIndex, code_key, phone_key
from ortoo_daemon.intake.triage.model import Evidence
from ortoo_daemon.intake.triage.namesakes import told_apart
from ortoo_daemon.intake.triage.site_words import SiteWords, is_name
from ortoo_daemon.intake.triage.sites import groups_in, sites_in
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.words import Word, words_of

ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")

_PHONE = re.compile(r"(?<![\w])\+?\(?\d[\d\s()./\u00a0-]{6,17}\d(?!\w)")
_SPEAKING = {PartKind.NEW, PartKind.GREETING, PartKind.FORWARDED}
_NOT_THE_WRITERS = {PartKind.DISCLAIMER, PartKind.QUOTED, PartKind.HEADER}
_SHORT_ANSWER = 25


def phone_numbers(
    reading: MailReading, index: DealerIndex, pool: frozenset[str] | None
) -> Iterator[tuple[str, Evidence]]:
    """The rooftop of each phone number that belongs to one alone, with where it stands."""
    for part in reading.parts:
        if part.message or part.kind in _NOT_THE_WRITERS:
            continue
        for found in _PHONE.finditer(part.text):
            accounts = index.by_phone.get(phone_key(found[0]), frozenset())
            accounts = accounts & pool if pool is not None else accounts
            if len(accounts) == 1:
                start = part.start + found.start()
                end = part.start + found.end()
                yield (
                    next(iter(accounts)),
                    Evidence(what="phone", text=found[0], start=start, end=end),
                )


def group_said(
    reading: MailReading,
    index: DealerIndex,
    taxonomy: Taxonomy,
    numbers: list[tuple[str, Evidence]],
) -> frozenset[str] | None:
    """The one group that an unknown writer names, by number, code or word."""
    if numbers:
        return index.pool_of(numbers[0][0])
    for start, end, text in _said(reading):
        words = words_of(text, start, end)
        said = words_said(words, taxonomy, reading.language)
        named = _groups_of(groups_in(said, index), index)
        named |= {
            index.group_of(account)
            for word in (*text[start:end].split(), *_codes(reading, start, end, text))
            if (account := index.by_code.get(code_key(word))) and not word.isdigit()
        }
        if len(named) == 1:
            return index.groups[named.pop()]
        if named:
            return None
        namesakes = _namesakes(said, index)
        if namesakes:
            return namesakes
    return None


def _codes(reading: MailReading, start: int, end: int, text: str) -> Iterator[str]:
    """The dealer codes that reading found there, those in pieces too."""
    for found in reading.identifiers:
        here = (found.part is None) == (text is reading.subject)
        if here and found.kind is IdentifierKind.DEALER_CODE and start <= found.start < end:
            yield found.value


def _namesakes(said: SiteWords, index: DealerIndex) -> frozenset[str]:
    """The rooftops of the name that is written; those of a like name where a place beside it says so."""
    found: frozenset[str] = frozenset()
    for hit in index.book.find(said.words):
        if hit.name.partition(":")[0] in {"name", "old"}:
            found |= index.meanings[hit.name]
    family = found.union(*(index.namesakes[account] for account in found))
    if family == found:
        return found
    sites = told_apart(sites_in(said, index, family), index.namesakes, said)
    named = (site.accounts for site in sites if site.kind in {"name", "old"})
    return family if frozenset().union(*named) - found else found


def _groups_of(accounts: frozenset[str], index: DealerIndex) -> set[str]:
    return {index.group_of(account) for account in accounts}


def _said(reading: MailReading) -> Iterator[tuple[int, int, str]]:
    """The writer's words, the subject, then the signature: what names a group first counts."""
    for part in reading.parts:
        if part.kind in _SPEAKING and (not part.message or reading.forward_speaks):
            yield part.start, part.end, reading.text
    yield 0, len(reading.subject), reading.subject
    for part in reading.parts:
        if part.kind is PartKind.SIGNATURE and not part.message:
            yield part.start, part.end, reading.text


def addresses_said(
    reading: MailReading, index: DealerIndex, pool: frozenset[str] | None
) -> Iterator[tuple[str, Evidence]]:
    """The rooftop of each mail address in the writer's text that belongs to one alone."""
    for part in reading.parts:
        if part.message or part.kind in _NOT_THE_WRITERS:
            continue
        for found in ADDRESS.finditer(part.text):
            address = found[0].casefold().rstrip(".")
            domain = address.rpartition("@")[2]
            accounts = index.by_email.get(address) or index.by_domain.get(domain, frozenset())
            accounts = accounts & pool if pool is not None else accounts
            if len(accounts) == 1:
                start, end = part.start + found.start(), part.start + found.end()
                said = Evidence(what="address", text=found[0], start=start, end=end)
                yield next(iter(accounts)), said


def of_brand_in_town(reading: MailReading, index: DealerIndex, taxonomy: Taxonomy) -> str | None:
    """The one rooftop whose brand and town an outsider names."""
    for start, end, text in _said(reading):
        words = words_of(text, start, end)
        account = rooftop_of_brand(words_said(words, taxonomy, reading.language), index)
        if account is not None:
            return account
    return None


def of_the_question(reading: MailReading, index: DealerIndex, taxonomy: Taxonomy) -> str | None:
    """The one rooftop of which the quoted mail speaks that a short answer only renews."""
    answer = (p.text for p in reading.parts if p.kind in _SPEAKING and not p.message)
    if sum(len(text.split()) for text in answer) > _SHORT_ANSWER:
        return None
    meant: set[str] = set()
    for part in reading.parts:
        if part.kind is not PartKind.QUOTED:
            continue
        words = words_of(reading.text, part.start, part.end)
        said = words_said(words, taxonomy, reading.language)
        found = sites_in(said, index, _namesakes(said, index))
        for site in told_apart(found, index.namesakes, said):
            meant |= site.accounts
    return meant.pop() if len(meant) == 1 else None


def speaks_of(account: str, reading: MailReading, index: DealerIndex, taxonomy: Taxonomy) -> bool:
    """Whether the mail names the rooftop, its group, town or street, a word of its name, or its brand."""
    brands = set(index.dealers[account].brands)
    for start, end, text in _said(reading):
        said = words_said(words_of(text, start, end), taxonomy, reading.language)
        if any(brand.brand in brands for brand in said.brands):
            return True
        hits = index.book.find(said.words)
        named = (hit for hit in hits if not hit.name.startswith("person:"))
        if any(account in index.meanings[h.name] and is_name(said, h, hits) for h in named):
            return True
    return False


def words_said(words: tuple[Word, ...], taxonomy: Taxonomy, language: str) -> SiteWords:
    hits = taxonomy.book("").find(words)
    return SiteWords(
        words=words, groups=hits, brands=brands_in(words, taxonomy), lower=False, language=language
    )
