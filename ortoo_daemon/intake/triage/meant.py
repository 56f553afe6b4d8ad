"""Of the rooftops that a request and its subject name: which belong together, and whose is a sentence?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.topic import Topic


def forms(site: SiteMention) -> Iterable[SiteMention]:
    """A mention as it was found, and as a request keeps it."""
    for after in (False, True):
        yield replace(site, after=after)
        yield replace(site, after=after, weak=False)


def only_by_the_way(sites: Sequence[SiteMention]) -> bool:
    """Whether no sentence says of any of the rooftops that it is what the matter concerns."""
    return all(site.weak for site in sites)


def agreed(subject: SiteMention, said: Sequence[SiteMention]) -> SiteMention:
    """What the subject names; of several of that name those that the text names more closely."""
    closer = frozenset().union(*(site.accounts for site in said)) & subject.accounts
    return replace(subject, accounts=closer) if closer else subject


def about(topic: Topic, account: str) -> Topic:
    """Of a request about several rooftops, the sentences that name this one."""
    alone = frozenset({account})
    own = [f for f in topic.findings if any(site.accounts == alone for site in f.meant)]
    return Topic(findings=own or topic.findings, sites=topic.sites, heading=topic.heading)


def telling(topic: Topic, kind: str | None) -> list[Finding]:
    """The sentences that speak for the kind of request; else the first."""
    found = [f for f in topic.findings if kind is not None and f.scores.get(kind, 0) >= 2]
    return found or topic.findings[:1]
