"""What does each sentence of an e-mail say: word groups, brands, rooftops, and what is settled in it?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ortoo_daemon.intake.triage.brands import BrandMention, brands_in
from ortoo_daemon.intake.triage.contrast import DENIED, set_apart
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.figures import (
    amount_groups,
    brand_groups,
    names_a_campaign,
    number_groups,
)
from ortoo_daemon.intake.triage.house_numbers import with_house_numbers
from ortoo_daemon.intake.triage.namesakes import stands_for_a_site, told_apart
from ortoo_daemon.intake.triage.near_days import names_a_near_day
from ortoo_daemon.intake.triage.numbers_said import numbers_in
from ortoo_daemon.intake.triage.ordinary_words import JOINING_WORDS
from ortoo_daemon.intake.triage.passing import is_hedged, judged, weighed
from ortoo_daemon.intake.triage.people import works_at
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.requests import HINTS, best_of, request_scores
from ortoo_daemon.intake.triage.rivals import COMPARED, are_listed, unsure
from ortoo_daemon.intake.triage.sentences import Sentence, clauses_of
from ortoo_daemon.intake.triage.settled import out_of_the_request
from ortoo_daemon.intake.triage.site_words import SiteWords, parted
from ortoo_daemon.intake.triage.sites import SiteMention, sites_in
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.whose import is_whose
from ortoo_daemon.intake.triage.words import Word, words_of

ASKS = 1.0
"""From so many points on a half of a sentence asks for something by itself."""

_FACTS = frozenset(
    {"amount", "claim_number", "invoice_number", "listing_number", "order_number", "vin"}
)
_AT_THE_START = 6
_THOSE_OF = 3
_SAYS = 2.0
_LIVES = frozenset({"comes_from", "lives_there"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one sentence says. ``groups`` leaves out what is settled or said not to be the matter.

    ``several``: it tells that there are several matters; ``colon``: it ends with one.
    """

    sentence: Sentence
    words: Sequence[Word]
    hits: Sequence[Hit]
    groups: frozenset[str]
    scores: dict[str, float]
    brands: tuple[BrandMention, ...]
    sites: tuple[SiteMention, ...]
    settled: bool
    another: bool
    several: bool
    colon: bool

    @property
    def best(self) -> tuple[str | None, float, float]:
        return best_of(self.scores)

    @property
    def meant(self) -> tuple[SiteMention, ...]:
        """The rooftops that are not spoken of in passing."""
        return tuple(site for site in self.sites if not site.passing)


@dataclass(frozen=True, kw_only=True)
class Observer:
    """Looks at sentences with one taxonomy, one directory, and what is known of the mail."""

    taxonomy: Taxonomy
    index: DealerIndex
    text: str
    pool: frozenset[str] | None
    lower: bool
    language: str = ""
    stranger: bool = False
    at_home: bool = False
    vins: tuple[tuple[int, int], ...] = ()
    codes: tuple[tuple[int, int, str], ...] = ()
    numbers: tuple[tuple[int, str], ...] = ()
    today: date | None = None

    def finding(self, sentence: Sentence) -> Finding:
        """What the sentence says."""
        words = words_of(self.text, sentence.start, sentence.end)
        hits = self.taxonomy.book(self.language).find(words)
        brands = [b for b in brands_in(words, self.taxonomy) if not is_whose(b.first, hits)]
        said = SiteWords(
            words=words, groups=hits, brands=brands, lower=self.lower, language=self.language
        )
        out = out_of_the_request(self.text, sentence, words, hits)
        spoken = [hit for hit in hits if not _is_out(words[hit.first], out)]
        kept = tuple(b for b in brands if not _is_out(words[b.first], out))
        groups = frozenset(hit.name for hit in spoken) | self._read(
            sentence, words, spoken, kept, out
        )
        sites = set_apart(tuple(self._sites(said, sentence, out)), said)
        contrast = any(site.passing == DENIED for site in sites)
        sites = self._first_named(sites, sentence, words, spoken)
        scores = dict(request_scores(groups, self.taxonomy.request_types, _places(spoken)))
        return Finding(
            sentence=sentence,
            words=words,
            hits=spoken,
            groups=groups,
            scores=scores,
            brands=kept,
            sites=weighed(
                sites, said, best_of(scores)[1], facts=sentence.item or bool(groups & _FACTS)
            ),
            settled=bool(out)
            and best_of(scores)[1] < 1.5
            and not (contrast or _hints(scores, sites)),
            another=any(h.name == "another" and h.first < _AT_THE_START for h in hits),
            several=any(h.name == "several" for h in hits),
            colon=self.text[sentence.start : sentence.end].rstrip().endswith(":"),
        )

    def findings(self, sentence: Sentence) -> list[Finding]:
        """What the sentence says; of one that asks two things of two rooftops, what each half says."""
        whole = self.finding(sentence)
        cut = self._cut(whole)
        if cut is None:
            return [whole]
        first = self.finding(replace(sentence, end=cut))
        second = self.finding(replace(sentence, start=cut, first=False))
        asked = first.best[1] >= ASKS and second.best[1] >= ASKS
        return [first, *self.findings(second.sentence)] if asked else [whole]

    def _cut(self, whole: Finding) -> int | None:
        """Where the clause of the second rooftop begins."""
        sites = [site for site in whole.meant if site.kind != "number"]
        if len({site.accounts for site in sites}) < 2:
            return None
        if are_listed(sites[0], sites[1], whole.words):
            return None
        at = whole.words[sites[1].first].start
        for start, end in clauses_of(self.text, whole.sentence.start, whole.sentence.end):
            if start <= at < end:
                return start if start > whole.words[sites[0].last].start else None
        return None

    def _first_named(
        self,
        sites: tuple[SiteMention, ...],
        sentence: Sentence,
        words: Sequence[Word],
        hits: Sequence[Hit],
    ) -> tuple[SiteMention, ...]:
        """Of several rooftops in a sentence the first, those listed with it, and those of whom more is said.

        ``Lille and Arras get no leads, Nice does``: Nice is a comparison, its clause asks for nothing.
        """
        kept: list[SiteMention] = []
        leading: SiteMention | None = None
        own = any(site.own and not site.passing for site in sites)
        ends = [*(words[site.first].start for site in sites[1:]), sentence.end]
        for site, end in zip(sites, ends, strict=False):
            if own and not (site.own or site.passing or site.kind == "number"):
                kept.append(replace(site, passing="compared"))
                continue
            if site.passing or site.kind == "number":
                kept.append(site)
                continue
            listed = leading is not None and are_listed(leading, site, words)
            asked = leading is not None and self._is_apart(leading, site, sentence, words)
            asked = asked and self._is_asked_for(site, sentence, words, hits, end)
            if leading is None or listed or asked or site.own:
                leading = site
                kept.append(replace(site, labels=self._is_label(site, sentence, words)))
            else:
                kept.append(replace(site, passing=_compared(site, words, hits)))
        return unsure(kept, words)

    def _is_label(self, site: SiteMention, sentence: Sentence, words: Sequence[Word]) -> bool:
        after = self.text[words[site.last].end : sentence.end].lstrip()
        return (
            sentence.first and site.first < _AT_THE_START and after[:1] in {":", "|", "–", "—", "-"}
        )

    def _is_apart(
        self, first: SiteMention, site: SiteMention, sentence: Sentence, words: Sequence[Word]
    ) -> bool:
        """Whether the site stands in another clause than the first, or in one joined by *and*."""
        start, end = words[first.last].end, words[site.first].start
        joining = JOINING_WORDS | ({"en"} if self.language == "nl" else set())
        between = words[first.last + 1 : site.first]
        joined = any(self.text[word.start : word.end].lower() in joining for word in between)
        return joined or any(
            start <= at <= end for at, _ in clauses_of(self.text, start, end + 1) if at > start
        )

    def _is_asked_for(
        self,
        site: SiteMention,
        sentence: Sentence,
        words: Sequence[Word],
        hits: Sequence[Hit],
        end: int,
    ) -> bool:
        """Whether something is asked from the site's clause on, up to the next site."""
        at = words[site.first].start
        clauses = clauses_of(self.text, sentence.start, sentence.end)
        start = next((first for first, last in clauses if first <= at < last), at)
        groups = frozenset(h.name for h in hits if start <= words[h.first].start < end)
        return best_of(request_scores(groups, self.taxonomy.request_types))[1] >= _SAYS

    def _read(
        self,
        sentence: Sentence,
        words: Sequence[Word],
        hits: Sequence[Hit],
        brands: Iterable[BrandMention],
        out: Sequence[tuple[int, int]],
    ) -> frozenset[str]:
        """The groups that no list of phrases defines."""
        kept = [word for word in words if not _is_out(word, out)]
        groups = brand_groups(brands) | number_groups(self.numbers, sentence, out)
        groups |= amount_groups(self.text, sentence, out)
        if any(sentence.start <= start < sentence.end for start, _ in self.vins):
            groups.add("vin")
        if names_a_near_day(self.text, kept, self.today):
            groups.add("near_day")
        if names_a_campaign(self.text, words, hits):
            groups.add("campaign_code")
        return frozenset(groups)

    def _sites(
        self, said: SiteWords, sentence: Sentence, out: Sequence[tuple[int, int]]
    ) -> Iterator[SiteMention]:
        found = sites_in(said, self.index, self.pool)
        spoken_of = [
            replace(site, passing="settled")
            if _is_out(said.words[site.first], out)
            else judged(site, said, stranger=self.stranger, at_home=self.at_home)
            for site in with_house_numbers(found, said, self.index, self.pool)
        ]
        spoken_of = [self._of_its_people(site, said) for site in spoken_of]
        for site in told_apart(spoken_of, self.index.namesakes, said):
            if site.kind != "state" or stands_for_a_site(site, said):
                yield site
        numbers = numbers_in(
            self.text, (sentence.start, sentence.end), said, self.index, self.pool, self.codes
        )
        for number in numbers:
            yield replace(number, hedged=is_hedged(number, said))

    def _of_its_people(self, site: SiteMention, said: SiteWords) -> SiteMention:
        """``Sven from Leeds`` who works there does not live there, and no customer does."""
        here = works_at(site.first, said.words, site.accounts, self.index, self.pool)
        return replace(site, passing="") if here and site.passing in _LIVES else site


def _compared(site: SiteMention, words: Sequence[Word], hits: Sequence[Hit]) -> str:
    """Why a site is passed over: ``those of Leeds run`` sets it apart, so that nobody doubts."""
    apart = any(
        hit.name == "those_of"
        and 0 < site.first - hit.last <= _THOSE_OF
        and hit.first > 0
        and parted(words, hit.first - 1, hit.first)
        for hit in hits
    )
    return "those_of" if apart else COMPARED


def _places(hits: Iterable[Hit]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for hit in hits:
        found.setdefault(hit.name, set()).add(hit.first)
    return found


def _hints(scores: Mapping[str, float], sites: Iterable[SiteMention]) -> bool:
    """Whether beside what is settled something is said of a rooftop."""
    return best_of(scores)[1] >= HINTS and any(not site.passing for site in sites)


def _is_out(word: Word, out: Sequence[tuple[int, int]]) -> bool:
    return any(start <= word.start < end for start, end in out)
