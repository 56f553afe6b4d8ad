"""How many requests are in an e-mail, and which sentences belong to which?

A new request begins where its writer sets it apart (an item, another rooftop, *another thing*) and its
words speak for it. Sentences that speak for nothing belong to the request before them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.house_by_house import told_by_house
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.ordinary_words import JOINING_WORDS
from ortoo_daemon.intake.triage.pointing import pointing_back
from ortoo_daemon.intake.triage.requests import HINTS, SPEAKS, best_of
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.topic import (
    BESIDE,
    HEADING_WORDS,
    SPEAKS_PLAINLY,
    Topic,
    all_of,
    announces,
    blocks_of,
    differ,
    is_a_card,
    is_heading,
    leads,
    only_compares,
    others,
    same_kind,
    speaks,
    topic_scores,
)

_ITEM_SPEAKS = 1.9
_AND = JOINING_WORDS | {"en"}
_SHORTEST_REQUEST = 4
_SAYS_SO = "says_so"
_BASED_THERE = "based_there"
_AS_WELL = BESIDE | {"as_well"}


def topics_of(
    findings: Iterable[Finding], taxonomy: Taxonomy, own: str | None = None
) -> list[Topic]:
    """The requests of a mail, in order; none where nothing is said.

    ``own`` is the writer's rooftop: what a request means that names none.
    """
    return _Cutter(taxonomy, own).topics(told_by_house(pointing_back(findings)))


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
        self.units: dict[int, Topic] = {}

    def topics(self, findings: Sequence[Finding]) -> list[Topic]:
        self.units = blocks_of(findings)
        for finding in findings:
            self.several = self.several or finding.several
            if finding.settled and not speaks(finding):
                self.marked = self.marked or finding.another
                continue
            self._take(finding)
        if not self.found and self.lead_in:
            self.found.append(Topic())
        if self.found:
            self._give_lead_in()
        for topic in self.found:
            _strengthen(topic)
        for before, topic in pairwise(self.found):
            _point_back(topic, before)
        return self.found

    def _give_lead_in(self) -> None:
        first = self.found[0]
        first.findings[:0] = self.lead_in
        if len(self.found) > 1 or not first.sites:
            speaking = (f for f in self.lead_in if not f.groups & BESIDE)
            sites = tuple(site for finding in speaking for site in finding.meant)
            for topic in self.found:
                topic.heading = topic.heading or sites
        else:
            codes = (site for finding in self.lead_in for site in finding.meant)
            first.sites.extend(site for site in codes if site.basis is Basis.CODE)

    def _take(self, finding: Finding) -> None:
        if is_heading(finding):
            self.heading = finding.meant
            self.fresh = True
            if not self.found:
                self.lead_in.append(finding)
            return
        if finding.sentence.first and not finding.sentence.item and self._new_paragraph(finding):
            self._end_heading(finding)
        if is_a_card(finding):
            self._keep(finding)
            return
        if self.found and only_compares(finding):
            self._go_on(finding)
            return
        if not speaks(finding):
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
        if self.found or not apart or not self._is_apart(finding, sites):
            return
        asked = [f for f in self.lead_in if f.best[1] >= HINTS and not announces(f)]
        if asked:
            self.found.append(Topic(findings=list(self.lead_in), sites=sites))
            self.lead_in.clear()

    def _is_apart(self, finding: Finding, sites: Sequence[SiteMention]) -> bool:
        """Whether it is of another rooftop than what came before, or another item that says another thing."""
        if self._is_other(finding, sites):
            return True
        items = [f for f in self.lead_in if f.sentence.item]
        if not items or not finding.sentence.item:
            return False
        here = topic_scores(self.units[finding.sentence.block], self.taxonomy)
        return differ(topic_scores(Topic(findings=items), self.taxonomy), here, _ITEM_SPEAKS)

    def _end_heading(self, finding: Finding) -> None:
        """What stands above a paragraph holds for it, and for items below; not for later paragraphs."""
        if not self.fresh and self.found and not self.found[-1].heading:
            self.heading = ()

    def _take_quiet(self, finding: Finding) -> None:
        self.marked = self.marked or (finding.another and not finding.meant)
        if finding.best[1] >= HINTS and not same_kind(finding, all_of(self.lead_in), self.taxonomy):
            self._split_lead_in(finding)
        if self._is_quiet_request(finding):
            self._split_lead_in(finding)
            self.found.append(Topic(heading=self.heading))
            self._join(finding)
        else:
            self._keep(finding)

    def _keep(self, finding: Finding) -> None:
        if self.found:
            self._go_on(finding)
        else:
            self.lead_in.append(finding)

    def _go_on(self, finding: Finding) -> None:
        """What belongs to the request before it: of the rooftops it names a code alone tells more."""
        topic = self.found[-1]
        topic.findings.append(finding)
        if not topic.meant and not finding.groups & BESIDE:
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
            if leads(finding) and not same_kind(finding, self.found[-1], self.taxonomy):
                return True
        if not finding.sentence.first:
            return self._joins_another(finding)
        if self._is_item_of_its_own(finding):
            return True
        labelled = any(site.labels for site in finding.meant)
        if labelled or (finding.sentence.item and finding.meant):
            told = finding.best[1] >= HINTS or len(finding.words) >= HEADING_WORDS
            return told and (not self.found or self._other_site(finding))
        if not finding.another or not self.found or finding.best[1] < HINTS:
            return False
        return not same_kind(finding, self.found[-1], self.taxonomy)

    def _is_item_of_its_own(self, finding: Finding) -> bool:
        """Whether the item that begins here says something else than the request before it.

        An item speaks with all its sentences together, and in weaker words than a sentence of a paragraph.
        """
        if not (self.found and finding.sentence.item and len(finding.words) >= _SHORTEST_REQUEST):
            return False
        if len({site.accounts for site in finding.sites}) > 1:
            return False
        return self._say_another(self.units[finding.sentence.block], _ITEM_SPEAKS)

    def _joins_another(self, finding: Finding) -> bool:
        """``And where is my sensor?``: whether the rest of its paragraph says plainly something else."""
        if finding.sentence.first or not self.found or finding.words[0].text not in _AND:
            return False
        block = self.units[finding.sentence.block].findings
        rest = Topic(findings=block[block.index(finding) :])
        return self._say_another(rest, SPEAKS_PLAINLY)

    def _say_another(self, here: Topic, least: float) -> bool:
        """Whether both these sentences and the request before say at least so much, and not the same."""
        before = topic_scores(self.found[-1], self.taxonomy)
        return differ(before, topic_scores(here, self.taxonomy), least)

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
        if self.fresh and others(self.heading, topic.meant):
            return True
        if self._other_site(finding):
            return finding.sentence.first or not same_kind(finding, topic, self.taxonomy)
        return self._another_request(finding, topic)

    def _other_site(self, finding: Finding) -> bool:
        return self._is_other(finding, self.found[-1].meant)

    def _is_other(self, finding: Finding, before: Sequence[SiteMention]) -> bool:
        if before or self.own is None or not self._goes_on_elsewhere(finding):
            return others(finding.meant, before)
        return all(self.own not in site.accounts for site in finding.meant)

    def _goes_on_elsewhere(self, finding: Finding) -> bool:
        """``And for Leeds: …`` behind a request that names no rooftop, and so means the writer's own."""
        joined = finding.another or finding.words[0].text in JOINING_WORDS
        listed = finding.sentence.item and any(
            f.sentence.item for f in (self.found[-1].findings if self.found else self.lead_in)
        )
        return bool(finding.meant) and finding.sentence.first and (joined or listed)

    def _another_request(self, finding: Finding, topic: Topic) -> bool:
        if same_kind(finding, topic, self.taxonomy):
            return False
        before = topic_scores(topic, self.taxonomy)
        _, points, _ = finding.best
        _, strongest, _ = best_of(before)
        if strongest < SPEAKS:
            return False
        if finding.another or self.marked or self._joins_another(finding):
            return True
        if finding.sentence.first and finding.sentence.item:
            return True
        apart = finding.sentence.paragraph != topic.findings[-1].sentence.paragraph
        plainly = points >= SPEAKS_PLAINLY and strongest >= SPEAKS_PLAINLY
        return plainly and (apart or self.several)


def _strengthen(topic: Topic) -> None:
    """Where no sentence speaks for a request, the one of those with a rooftop that says most is
    what the writer means; not one that only tells what somebody there said."""
    if not topic.findings or any(map(speaks, topic.findings)):
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


def _point_back(topic: Topic, before: Topic) -> None:
    """``Becky, who works there``: a request that names no rooftop means that of the one before it."""
    if not topic.meant and _BASED_THERE in topic.groups:
        topic.heading = tuple(site for site in before.meant if not (site.weak or site.after))


def _strong(site: SiteMention, weak: set[SiteMention]) -> SiteMention:
    return replace(site, weak=False) if replace(site, after=False) in weak else site
