"""Does the writer go from house to house? *In Leeds … In York … And here at Hull …*

Head offices write of several rooftops in one mail, a paragraph or a line for each. What begins with a
rooftop is then said of it, as if its name stood before a colon: neither *our portal* in it nor what
somebody there *says* makes it another's.
"""

from collections.abc import Sequence
from dataclasses import replace

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.ordinary_words import ARTICLES, JOINING_WORDS, PLACE_WORDS
from ortoo_daemon.intake.triage.sites import SiteMention

_MOST_BEFORE = 4
_SMALL = ARTICLES | JOINING_WORDS | PLACE_WORDS | frozenset({"ad", "an", "auf", "fuer", "fur"})
_SMALL |= frozenset(
    {"now", "on", "over", "para", "per", "pour", "su", "sur", "voor", "bei", "beim"}
)
_LEADING = frozenset({"another", "introduced", "our_own", "site"})
"""Word groups that may stand before the rooftop with which a paragraph begins."""


def told_by_house(findings: Sequence[Finding]) -> list[Finding]:
    """The findings; where two or more paragraphs begin with different rooftops, each as said of its own."""
    leading = {at: site for at, f in enumerate(findings) if (site := _leading(f)) is not None}
    if len({site.accounts for site in leading.values()}) < 2:
        return list(findings)
    return [
        _labelled(finding, leading[at]) if at in leading else finding
        for at, finding in enumerate(findings)
    ]


def _leading(finding: Finding) -> SiteMention | None:
    """The rooftop with which the paragraph begins, if it is one alone."""
    first = min(finding.meant, key=lambda site: site.first, default=None)
    if first is None or not finding.sentence.first or first.first > _MOST_BEFORE:
        return None
    known = {
        at for hit in finding.hits if hit.name in _LEADING for at in range(hit.first, hit.last + 1)
    }
    before = (word for at, word in enumerate(finding.words[: first.first]) if at not in known)
    return first if all(word.text in _SMALL or word.capital for word in before) else None


def _labelled(finding: Finding, leading: SiteMention) -> Finding:
    label = replace(leading, labels=True, weak=False, us=False, rivals=frozenset())
    sites = tuple(label if site is leading else site for site in finding.sites)
    return replace(finding, sites=sites)
