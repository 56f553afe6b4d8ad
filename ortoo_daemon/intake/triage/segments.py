"""How many requests are in an e-mail, and which sentences belong to which?

A new request begins where its writer sets it apart (an item, another rooftop, *another thing*) and its
words speak for it. Sentences that speak for nothing belong to the request before them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.ordinary_words import JOINING_WORDS
from ortoo_daemon.intake.triage.pointing import pointing_back
from ortoo_daemon.intake.triage.requests import HINTS, SPEAKS, best_of, request_scores
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.taxonomy import Taxonomy

SPEAKS_PLAINLY = 3.3
_SUPPORTED = 0.6
_ACROSS = 0.7
_NEXT_SENTENCES = 0.3
_HEADING_WORDS = 9
_SHORTEST_REQUEST = 4
_BESIDE_A_NAME = 2
_AT_THE_FRONT = 1
_BESIDE = frozenset({"beside", "compared_with"})
"""Word groups of a sentence that only compares, when it asks for nothing."""
_SAYS_SO = "says_so"
_AS_WELL = _BESIDE | {"as_well"}


@dataclass(slots=True)
class Topic:
    """One request as it grows: its sentences, and the rooftops that they mean."""

    findings: list[Finding] = field(default_factory=list)
    sites: list[SiteMention] = field(default_factory=list)
    heading: tuple[SiteMention, ...] = ()

    @property
    def meant(self) -> Sequence[SiteMention]:
        """What the sentences mean; where they name nothing, what stands above them."""
        return self.sites or self.heading

    @property
    def groups(self) -> frozenset[str]:
        """Every word group that is spoken of."""
        return frozenset().union(*(finding.groups for finding in self.findings))


def topics_of(
    findings: Iterable[Finding], taxonomy: Taxonomy, own: str | None = None
) -> list[Topic]:
    """The requests of a mail, in order; none where nothing is said.

    ``own`` is the writer's rooftop: what a request means that names none.
    """
    return _Cutter(taxonomy, own).topics(pointing_back(findings))


def topic_scores(topic: Topic, taxonomy: Taxonomy) -> dict[str, float]:
    """Points by kind of request: the strongest sentence's, shares of the others', of all together."""
    scores: dict[str, list[float]] = {}
    for finding in topic.findings:
        for code, points in finding.scores.items():
            scores.setdefault(code, []).append(points)
    together = request_scores(topic.groups, taxonomy.request_types)
    found = {}
    for code in together.keys() | scores.keys():
        single = sorted(scores.get(code, [0.0]), reverse=True)
        by_sentence = single[0] + _NEXT_SENTENCES * sum(single[1:4])
        found[code] = max(by_sentence, _ACROSS * together.get(code, 0.0))
    return found


class _Cutter:
    def __init__(self, taxonomy: Taxonomy, own: str | None) -> None:
        self.taxonomy = taxonomy
        self.own = own
        self.found: list[Topic] = []
        self.heading: tuple[SiteMention, ...] = ()
        self.lead_in: list[Finding] = []
        self.fresh = False
        self.marked = False
        self.several = False

    def topics(self, findings: Iterable[Finding]) -> list[Topic]:
        for finding in findings:
            self.several = self.several or finding.several
            if finding.settled and not _speaks(finding):
                self.marked = self.marked or finding.another
                continue
            self._take(finding)
        if not self.found and self.lead_in:
            self.found.append(Topic())
        if self.found:
            self._give_lead_in()
        for topic in self.found:
            _strengthen(topic)
        return self.found

    def _give_lead_in(self) -> None:
        first = self.found[0]
        first.findings[:0] = self.lead_in
        if len(self.found) > 1 or not first.sites:
            speaking = (f for f in self.lead_in if not f.groups & _BESIDE)
            sites = tuple(site for finding in speaking for site in finding.meant)
            for topic in self.found:
                topic.heading = topic.heading or sites

    def _take(self, finding: Finding) -> None:
        if _is_heading(finding):
            self.heading = finding.meant
            self.fresh = True
            if not self.found:
                self.lead_in.append(finding)
            return
        if finding.sentence.first and not finding.sentence.item and self._new_paragraph(finding):
            self._end_heading(finding)
        if self.found and _only_compares(finding):
            self._go_on(finding)
            return
        if not _speaks(finding):
            self._take_quiet(finding)
            return
        self._split_lead_in(finding)
        if not self.found or self._begins(finding):
            self.found.append(Topic(heading=self.heading))
        self._join(finding)

    def _split_lead_in(self, finding: Finding) -> None:
        """What came before in weaker words is a request too when this one is plainly another."""
        sites = [site for quiet in self.lead_in for site in quiet.meant]
        apart = finding.another or finding.sentence.first
        if self.found or not apart or not self._is_other(finding, sites):
            return
        asked = [f for f in self.lead_in if f.best[1] >= HINTS]
        if asked:
            self.found.append(Topic(findings=list(self.lead_in), sites=sites))
            self.lead_in.clear()

    def _end_heading(self, finding: Finding) -> None:
        """What stands above a paragraph holds for it, and for items below; not for later paragraphs."""
        if not self.fresh and self.found and not self.found[-1].heading:
            self.heading = ()

    def _take_quiet(self, finding: Finding) -> None:
        self.marked = self.marked or (finding.another and not finding.meant)
        if self._is_quiet_request(finding):
            self._split_lead_in(finding)
            self.found.append(Topic(heading=self.heading))
            self._join(finding)
        elif not self.found:
            self.lead_in.append(finding)
        else:
            self._go_on(finding)

    def _go_on(self, finding: Finding) -> None:
        """What belongs to the request before it: of the rooftops it names a code alone tells more."""
        topic = self.found[-1]
        topic.findings.append(finding)
        if not topic.meant and not finding.groups & _BESIDE:
            topic.sites.extend(replace(site, after=True) for site in finding.meant)
        else:
            topic.sites.extend(s for s in finding.meant if s.basis is Basis.CODE)

    def _is_quiet_request(self, finding: Finding) -> bool:
        """An item about another rooftop, or *another thing* in a paragraph of its own, in weaker words."""
        if len(finding.words) < _SHORTEST_REQUEST:
            return False
        elsewhere = bool(self.found) and self._other_site(finding)
        if elsewhere and finding.best[1] >= HINTS:
            if finding.another or finding.sentence.first:
                return True
            if _leads(finding) and not _same_kind(finding, self.found[-1], self.taxonomy):
                return True
        if not finding.sentence.first:
            return False
        labelled = any(site.labels for site in finding.meant)
        if finding.sentence.item and (labelled or finding.meant):
            return not self.found or self._other_site(finding)
        if not finding.another or not self.found or finding.best[1] < HINTS:
            return False
        return not _same_kind(finding, self.found[-1], self.taxonomy)

    def _join(self, finding: Finding) -> None:
        topic = self.found[-1]
        topic.sites.extend(self._said_later(finding, topic))
        topic.findings.append(finding)
        self.fresh = self.marked = False

    def _said_later(self, finding: Finding, topic: Topic) -> Sequence[SiteMention]:
        """A sister named behind a request that is whole without one: compared, or nobody knows why."""
        asked = any(f.best[1] >= SPEAKS_PLAINLY for f in topic.findings)
        if self.own is None or not asked or topic.meant:
            return finding.meant
        if finding.sentence.first or finding.groups & {"site", "our_own"}:
            return finding.meant
        away = all(self.own not in site.accounts for site in finding.meant)
        if not away or any(site.own or site.labels for site in finding.meant):
            return finding.meant
        if finding.groups & _AS_WELL:
            return [replace(site, after=True) for site in finding.meant]
        return [replace(site, weak=True) for site in finding.meant]

    def _new_paragraph(self, finding: Finding) -> bool:
        return bool(self.found) and self._last(finding) != finding.sentence.paragraph

    def _last(self, finding: Finding) -> int:
        return self.found[-1].findings[-1].sentence.paragraph

    def _begins(self, finding: Finding) -> bool:
        topic = self.found[-1]
        if self.fresh and _others(self.heading, topic.meant):
            return True
        if self._other_site(finding):
            return finding.sentence.first or not _same_kind(finding, topic, self.taxonomy)
        return self._another_request(finding, topic)

    def _other_site(self, finding: Finding) -> bool:
        return self._is_other(finding, self.found[-1].meant)

    def _is_other(self, finding: Finding, before: Sequence[SiteMention]) -> bool:
        if before or self.own is None or not self._goes_on_elsewhere(finding):
            return _others(finding.meant, before)
        return all(self.own not in site.accounts for site in finding.meant)

    def _goes_on_elsewhere(self, finding: Finding) -> bool:
        """``And for Leeds: …`` behind a request that names no rooftop, and so means the writer's own."""
        joined = finding.another or finding.words[0].text in JOINING_WORDS
        listed = finding.sentence.item and any(
            f.sentence.item for f in (self.found[-1].findings if self.found else self.lead_in)
        )
        return bool(finding.meant) and finding.sentence.first and (joined or listed)

    def _another_request(self, finding: Finding, topic: Topic) -> bool:
        if _same_kind(finding, topic, self.taxonomy):
            return False
        before = topic_scores(topic, self.taxonomy)
        _, points, _ = finding.best
        _, strongest, _ = best_of(before)
        if strongest < SPEAKS:
            return False
        if finding.another or self.marked:
            return True
        if finding.sentence.first and finding.sentence.item:
            return True
        apart = finding.sentence.paragraph != topic.findings[-1].sentence.paragraph
        plainly = points >= SPEAKS_PLAINLY and strongest >= SPEAKS_PLAINLY
        return plainly and (apart or self.several)


def _strengthen(topic: Topic) -> None:
    """Where no sentence speaks for a request, the one of those with a rooftop that says most is
    what the writer means; not one that only tells what somebody there said."""
    if not topic.findings or any(map(_speaks, topic.findings)):
        return
    if not all(site.weak for site in topic.meant):
        return
    naming = [f for f in topic.findings if f.meant and _SAYS_SO not in f.groups]
    told = max(naming, key=lambda finding: finding.best[1], default=None)
    if told is None:
        return
    weak = {site for site in told.meant if site.weak}
    topic.sites = [_strong(site, weak) for site in topic.sites]
    topic.heading = tuple(_strong(site, weak) for site in topic.heading)


def _strong(site: SiteMention, weak: set[SiteMention]) -> SiteMention:
    return replace(site, weak=False) if replace(site, after=False) in weak else site


def _speaks(finding: Finding) -> bool:
    return finding.best[1] >= SPEAKS


def _only_compares(finding: Finding) -> bool:
    """``The same happened to us in Leeds``: within a paragraph, such words ask for nothing of their own."""
    apart = finding.sentence.first or finding.sentence.item or finding.another
    return bool(finding.groups & _BESIDE) and not apart and finding.best[1] < SPEAKS_PLAINLY


def _is_heading(finding: Finding) -> bool:
    """``Den Haag:`` above what is said of it, or ``Now Den Haag.`` before it."""
    return (
        bool(finding.meant)
        and not _speaks(finding)
        and len(finding.words) < _HEADING_WORDS
        and finding.sentence.first
        and (_ends_with_colon(finding) or _names_only_a_site(finding))
    )


def _names_only_a_site(finding: Finding) -> bool:
    named = {at for site in finding.sites for at in range(site.first, site.last + 1)}
    return not finding.scores and len(finding.words) - len(named) <= _BESIDE_A_NAME


def _leads(finding: Finding) -> bool:
    """``And Den Haag wants …``: the sentence begins with its rooftop."""
    return any(site.first <= _AT_THE_FRONT and not site.passing for site in finding.meant)


def _ends_with_colon(finding: Finding) -> bool:
    return any(site.labels and site.last == len(finding.words) - 1 for site in finding.meant)


def _others(sites: Sequence[SiteMention], before: Sequence[SiteMention]) -> bool:
    """Whether these rooftops are others than those before."""
    if not sites or not before:
        return False
    here = frozenset().union(*(site.accounts for site in sites))
    there = frozenset().union(*(site.accounts for site in before))
    return not here & there


def _same_kind(finding: Finding, topic: Topic, taxonomy: Taxonomy) -> bool:
    """Whether the sentence goes on with the request: its kind, or one that the sentence supports too."""
    before, _, _ = best_of(topic_scores(topic, taxonomy))
    kind, points, _ = finding.best
    if before is None or kind == before:
        return True
    return finding.scores.get(before, 0.0) >= _SUPPORTED * points
