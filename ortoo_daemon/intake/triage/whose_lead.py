"""Of a request in which writers speak for themselves, do they? *We got a lead that belongs to Leeds.*

Somebody of a head office tells as well what a sister got: *Leeds keeps getting people from York*.
"""

from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.ordinary_words import JOINING_WORDS, OURSELVES
from ortoo_daemon.intake.triage.topic import Topic

_OURS = frozenset({"not_ours", "our_own", "territory", "went_there", "with_us"})


def speak_of_ours(topic: Topic, own: str | None) -> bool:
    """Whether the writer's own rooftop is spoken of, or no other; not where a sister gets the sentence."""
    sites = topic.meant
    if own is None or any(site.labels for site in sites):
        return True
    if all(own in site.accounts for site in sites):
        return True
    if any(_tells_of_a_sister(finding, own) for finding in topic.findings):
        return False
    return any(own in site.accounts for site in sites) or any(
        finding.groups & _OURS or any(word.text in OURSELVES for word in finding.words)
        for finding in topic.findings
    )


def _tells_of_a_sister(finding: Finding, own: str) -> bool:
    """``Leeds keeps getting people``: who does something is a sister."""
    return any(
        own not in site.accounts
        and not site.labels
        and site.kind in {"place", "mark", "name"}
        and all(word.text in JOINING_WORDS for word in finding.words[: site.first])
        for site in finding.meant
    )
