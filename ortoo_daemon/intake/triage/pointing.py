"""Does a sentence say of the rooftop before it that what happens happens there? *I do Leeds. There …*"""

from collections.abc import Iterable
from dataclasses import replace

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.passing import PEOPLE
from ortoo_daemon.intake.triage.sites import SiteMention

_COMPARING = frozenset({"beside", "compared_with"})
_AT_THE_START = 2
"""So many words may stand before *there*: *and over there*."""


def pointing_back(findings: Iterable[Finding]) -> list[Finding]:
    """The findings; a rooftop of which the next sentence says *there* is what the matter concerns."""
    found: list[Finding] = []
    for finding in findings:
        if found and not finding.meant and _points_back(finding):
            before = found[-1]
            sites = tuple(_meant(site) for site in before.sites)
            found[-1] = replace(before, sites=sites, groups=before.groups - _COMPARING)
        found.append(finding)
    return found


def _meant(site: SiteMention) -> SiteMention:
    """The site as what the matter concerns, also where the sentence itself only says who works there."""
    return replace(site, weak=False, passing="" if site.passing in PEOPLE else site.passing)


def _points_back(finding: Finding) -> bool:
    return any(hit.name == "there" and hit.first <= _AT_THE_START for hit in finding.hits)
