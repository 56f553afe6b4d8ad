"""What is one request made of, and how do sentences stand to it?

A topic is one request as it grows. Here is what can be told of a sentence beside it: whether it speaks for
itself, is of another rooftop, goes on with the kind of request, is a heading or a card.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.requests import SPEAKS, best_of, request_scores
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.taxonomy import Taxonomy

BESIDE = frozenset({"beside", "compared_with"})
"""Word groups of a sentence that only compares, when it asks for nothing."""
SPEAKS_PLAINLY = 3.3
_SUPPORTED = 0.6
_SUPPORTED_THOUGH_ANOTHER = 0.8
_ACROSS = 0.7
_NEXT_SENTENCES = 0.3
_ON_A_CARD = 4
HEADING_WORDS = 9
_BESIDE_A_NAME = 2
_AT_THE_FRONT = 1


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


def differ(before: Mapping[str, float], here: Mapping[str, float], least: float) -> bool:
    """Whether two texts each say at least so much, and the second does not go on with the first."""
    kind, points, _ = best_of(here)
    same, strongest, _ = best_of(before)
    if kind is None or kind == same or min(points, strongest) < least:
        return False
    return here.get(same or "", 0.0) < _SUPPORTED * points


def is_a_card(finding: Finding) -> bool:
    """Who lists the rooftops of a group below a name asks for nothing."""
    return len({site.accounts for site in finding.sites}) >= _ON_A_CARD and not speaks(finding)


def announces(finding: Finding) -> bool:
    """``Two things:``, ``my round of the adverts:``: what only leads to a list below asks for nothing."""
    return finding.several or finding.colon


def all_of(findings: Iterable[Finding]) -> Topic:
    """These sentences as if they were one request."""
    return Topic(findings=list(findings))


def blocks_of(findings: Iterable[Finding]) -> dict[int, Topic]:
    """By block, everything that is said in it."""
    found: dict[int, Topic] = {}
    for finding in findings:
        found.setdefault(finding.sentence.block, Topic()).findings.append(finding)
    return found


def speaks(finding: Finding) -> bool:
    """Whether the sentence speaks for a kind of request by itself."""
    return finding.best[1] >= SPEAKS


def only_compares(finding: Finding) -> bool:
    """``The same happened to us in Leeds``: within a paragraph, such words ask for nothing of their own."""
    apart = finding.sentence.first or finding.sentence.item or finding.another
    return bool(finding.groups & BESIDE) and not apart and finding.best[1] < SPEAKS_PLAINLY


def is_heading(finding: Finding) -> bool:
    """``Den Haag:`` above what is said of it, or ``Now Den Haag.`` before it."""
    return (
        bool(finding.meant)
        and not speaks(finding)
        and len(finding.words) < HEADING_WORDS
        and finding.sentence.first
        and (_ends_with_colon(finding) or _names_only_a_site(finding))
    )


def _names_only_a_site(finding: Finding) -> bool:
    named = {at for site in finding.sites for at in range(site.first, site.last + 1)}
    return not finding.scores and len(finding.words) - len(named) <= _BESIDE_A_NAME


def leads(finding: Finding) -> bool:
    """``And Den Haag wants …``: the sentence begins with its rooftop."""
    return any(site.first <= _AT_THE_FRONT and not site.passing for site in finding.meant)


def _ends_with_colon(finding: Finding) -> bool:
    return any(site.labels and site.last == len(finding.words) - 1 for site in finding.meant)


def others(sites: Sequence[SiteMention], before: Sequence[SiteMention]) -> bool:
    """Whether these rooftops are others than those before."""
    if not sites or not before:
        return False
    here = frozenset().union(*(site.accounts for site in sites))
    there = frozenset().union(*(site.accounts for site in before))
    return not here & there


def same_kind(finding: Finding, topic: Topic, taxonomy: Taxonomy) -> bool:
    """Whether the sentence goes on with the request: its kind, or one that the sentence supports too."""
    before, _, _ = best_of(topic_scores(topic, taxonomy))
    kind, points, _ = finding.best
    if before is None or kind == before:
        return True
    share = _SUPPORTED_THOUGH_ANOTHER if finding.another else _SUPPORTED
    return finding.scores.get(before, 0.0) >= share * points
