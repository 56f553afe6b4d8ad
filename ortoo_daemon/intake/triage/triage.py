"""What does an e-mail ask for? The whole of understanding, without a model.

Sentences are looked at one by one, joined to requests, and each request gets its rooftop, brand, kind,
skill and urgency with what speaks for them. Pure: same reading, directory and taxonomy, same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from ortoo_daemon.intake.mail.heeding import without_orders
from ortoo_daemon.intake.mail.model import IdentifierKind, MailReading, PartKind
from ortoo_daemon.intake.triage.accounts import BOUND, Chooser
from ortoo_daemon.intake.triage.brand_choice import BrandChoice
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.figures import numbers_of
from ortoo_daemon.intake.triage.findings import Finding, Observer
from ortoo_daemon.intake.triage.kind_choice import KindChoice
from ortoo_daemon.intake.triage.learning import Learned
from ortoo_daemon.intake.triage.meant import about, agreed, forms, only_by_the_way, telling
from ortoo_daemon.intake.triage.merging import merged
from ortoo_daemon.intake.triage.model import (
    AccountCandidate,
    Basis,
    Evidence,
    Segment,
    Triage,
)
from ortoo_daemon.intake.triage.passed_on import customers_sites
from ortoo_daemon.intake.triage.people import rooftops_of_people
from ortoo_daemon.intake.triage.requests import SPEAKS, best_of
from ortoo_daemon.intake.triage.segments import topics_of
from ortoo_daemon.intake.triage.sentences import Sentence, sentences_of
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.topic import Topic, topic_scores
from ortoo_daemon.intake.triage.whose_lead import speak_of_ours
from ortoo_daemon.intake.triage.writers import Writer, writer_of

MOST_CHARACTERS = 16_000
MOST_SENTENCES = 150
"""So much of what the writer says is looked at for requests; the clean body keeps all of it."""

_PLAINLY = 0.8
_NOT_FOR_US = "not_for_us"
_BESIDE = frozenset({"as_well", "beside", "compared_with"})


def triage_mail(
    reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, learned: Learned
) -> Triage:
    """The requests of an e-mail, at least one; where nothing is understood it needs a person."""
    found = _Triage(without_orders(reading), index, taxonomy, learned).result()
    return replace(found, clean_body=reading.clean_body)


class _Triage:
    def __init__(
        self, reading: MailReading, index: DealerIndex, taxonomy: Taxonomy, learned: Learned
    ) -> None:
        self.reading = reading
        self.index = index
        self.taxonomy = taxonomy
        self.writer: Writer = writer_of(reading, index, taxonomy)
        self.vins = tuple(
            sorted(
                (found.start, found.end, found.value)
                for found in reading.identifiers
                if found.kind is IdentifierKind.VIN and found.part is not None
            )
        )
        self.today = reading.received_at.date() if reading.received_at else None
        self.observer = self._observer(reading.text)
        self.subject = self._subject()
        self.elsewhere = False
        self.kinds = KindChoice(
            taxonomy=taxonomy, learned=learned, subject=self.subject, quoted=self._quoted
        )
        self.brands = BrandChoice(
            taxonomy=taxonomy, index=index, pool=self.writer.pool, subject=self.subject
        )

    def result(self) -> Triage:
        findings = list(self._findings())
        topics = topics_of(findings, self.taxonomy, self.writer.account) or [Topic()]
        self.elsewhere = any(_NOT_FOR_US in finding.groups for finding in findings)
        segments: list[Segment] = []
        for topic in topics:
            others = (site for other in topics if other is not topic for site in other.sites)
            said = frozenset().union(*(site.accounts for site in others if not site.weak))
            segments.extend(self._segments(topic, alone=len(topics) == 1, said_of_others=said))
        return Triage(
            segments=tuple(merged(segments)),
            language=self.reading.language,
            clean_body=self.reading.clean_body,
            automatic=self.reading.automatic,
            injection=tuple(
                Evidence(what="injection", text=span.text, start=span.start, end=span.end)
                for span in self.reading.injection
            ),
            settled=tuple(
                self._excerpt("settled", finding.sentence)
                for finding in findings
                if finding.settled
            ),
        )

    def _observer(self, text: str) -> Observer:
        return Observer(
            taxonomy=self.taxonomy,
            index=self.index,
            text=text,
            pool=self.writer.pool,
            lower=not any(char.isupper() for char in self.reading.clean_body),
            language=self.reading.language,
            vins=tuple((start, end) for start, end, _ in self.vins),
            codes=self._codes(subject=False),
            numbers=numbers_of(self.reading, in_subject=False),
            today=self.today,
            stranger=not self.writer.by_address,
            at_home=self.writer.account is not None,
        )

    def _subject(self) -> Finding | None:
        subject = self.reading.subject
        if not subject.strip():
            return None
        whole = Sentence(start=0, end=len(subject), block=0, paragraph=0, first=True, item=False)
        observer = self._observer(subject)
        return Observer(
            taxonomy=observer.taxonomy,
            index=observer.index,
            text=subject,
            pool=observer.pool,
            lower=not any(char.isupper() for char in subject),
            language=observer.language,
            codes=self._codes(subject=True),
            numbers=numbers_of(self.reading, in_subject=True),
            today=self.today,
        ).finding(whole)

    def _codes(self, *, subject: bool) -> tuple[tuple[int, int, str], ...]:
        return tuple(
            (found.start, found.end, found.value)
            for found in self.reading.identifiers
            if found.kind is IdentifierKind.DEALER_CODE
            and found.valid
            and (found.part is None) is subject
        )

    def _findings(self) -> Iterable[Finding]:
        stretches = [(part.start, part.end) for part in self.reading.body]
        for sentence in self._sentences(stretches):
            yield from self.observer.findings(sentence)

    def _sentences(self, stretches: Iterable[tuple[int, int]]) -> Iterable[Sentence]:
        """The first sentences: nobody asks on page twenty, and a hostile mail must not take minutes."""
        room = MOST_CHARACTERS
        near = []
        for start, end in stretches:
            near.append((start, min(end, start + room)))
            room -= near[-1][1] - start
        return islice(sentences_of(self.reading.text, near), MOST_SENTENCES)

    def _segments(
        self, topic: Topic, *, alone: bool, said_of_others: frozenset[str]
    ) -> Iterable[Segment]:
        kind, points, margin = self.kinds.kind(topic, alone=alone)
        brands = self.brands.spoken_of(topic.findings, self._vins(topic))
        writers_own = self._is_writers_own(kind, points, topic)
        sites, evidence = self._sites(topic, kind, said_of_others)
        speaker = self._speaker(writers_own=writers_own)
        chooser = Chooser(self.index, speaker, self._people(topic))
        elsewhere = (
            ()
            if sites
            else customers_sites(self.reading, self.index, topic, self._quoted, self.writer.account)
        )
        if elsewhere:
            meant = chooser.of_all_sides(elsewhere, evidence)
        elif writers_own and not speak_of_ours(topic, self.writer.account):
            meant = chooser.of_all_sides(sites, evidence)
        else:
            meant = chooser.accounts(sites, brands, evidence, writers_own=writers_own)
        for candidates in meant:
            own = topic if len(meant) == 1 else about(topic, candidates[0].account_id)
            yield self._segment(own, candidates, kind, (points, margin))

    def _people(self, topic: Topic) -> frozenset[str]:
        """The rooftops of the group whose people the request names, the writer left out."""
        pool = self.writer.pool
        if pool is None:
            return frozenset()
        called = f"{self.reading.sender_name} {self.reading.sender.partition('@')[0]}"
        said = (f.words for f in topic.findings if not f.groups & _BESIDE)
        return rooftops_of_people(said, self.index, pool, called)

    def _is_writers_own(self, kind: str | None, points: float, topic: Topic) -> bool:
        """Whether the request is plainly of a kind in which a rooftop that is named is not the one meant.

        Not where its sentences say rather something else.
        """
        if points < SPEAKS or kind not in self.taxonomy.writer_speaks_for_itself:
            return False
        signs = topic_scores(topic, self.taxonomy)
        return signs.get(kind or "", 0.0) >= _PLAINLY * best_of(signs)[1]

    def _speaker(self, *, writers_own: bool) -> Writer:
        """The writer; without their own rooftop where they say that it is not for theirs."""
        if writers_own or not self.elsewhere:
            return self.writer
        return Writer(pool=self.writer.pool)

    def _quoted(self) -> list[Finding]:
        """What the sentences of the earlier messages say."""
        stretches = [
            (part.start, part.end)
            for part in self.reading.parts
            if part.kind in {PartKind.QUOTED, PartKind.FORWARDED}
        ]
        return [self.observer.finding(sentence) for sentence in self._sentences(stretches)]

    def _sites(
        self, topic: Topic, kind: str | None, said_of_others: frozenset[str]
    ) -> tuple[Sequence[SiteMention], dict[SiteMention, Evidence]]:
        """The rooftops that a request means, and where; the subject's where it names none itself.

        A rooftop of the subject that another request names is explained there.
        """
        meant = list(topic.meant)
        evidence = {
            said: self._site_evidence(site, finding)
            for finding in topic.findings
            for site in finding.sites
            for said in forms(site)
        }
        if (
            only_by_the_way(meant)
            and self.subject
            and kind not in self.taxonomy.writer_speaks_for_itself
        ):
            named = [
                agreed(site, meant)
                for site in self.subject.meant
                if not site.accounts <= said_of_others
            ]
            evidence |= {
                site: Evidence(what="subject", text=self.reading.subject) for site in named
            }
            meant = named or meant
        return meant, evidence

    def _site_evidence(self, site: SiteMention, finding: Finding) -> Evidence:
        start, end = finding.words[site.first].start, finding.words[site.last].end
        return Evidence(what="site", text=self.reading.text[start:end], start=start, end=end)

    def _vins(self, topic: Topic) -> tuple[str, ...]:
        found = (
            value
            for finding in topic.findings
            for start, _, value in self.vins
            if finding.sentence.start <= start < finding.sentence.end
        )
        return tuple(dict.fromkeys(found))

    def _segment(
        self,
        topic: Topic,
        candidates: tuple[AccountCandidate, ...],
        kind: str | None,
        points: tuple[float, float],
    ) -> Segment:
        best = candidates[0] if candidates else None
        known = best is not None and best.confidence >= BOUND
        account = best.account_id if best is not None and known else None
        brand = self.brands.of(topic.findings, self._vins(topic), account, kind)
        groups = topic.groups
        return Segment(
            account_id=account,
            basis=best.basis if best is not None and known else Basis.NONE,
            confidence=best.confidence if best is not None else 0.0,
            candidates=candidates,
            brand=brand,
            request_type=kind,
            type_score=round(points[0], 2),
            type_margin=round(points[1], 2),
            skill=self.taxonomy.skill(kind, groups),
            desk=self.taxonomy.desks.get(brand or "", self.taxonomy.default_desk),
            urgency=self.taxonomy.urgency_of(kind, [f.groups for f in topic.findings]),
            language=self.reading.language,
            vins=self._vins(topic),
            evidence=tuple(self._excerpt("request", f.sentence) for f in telling(topic, kind)),
        )

    def _excerpt(self, what: str, sentence: Sentence) -> Evidence:
        text = self.reading.text[sentence.start : sentence.end]
        return Evidence(what=what, text=text, start=sentence.start, end=sentence.end)
