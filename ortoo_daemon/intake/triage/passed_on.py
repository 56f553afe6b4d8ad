"""Which rooftops does a customer name whose message is passed on? *I forward you this customer's letter.*"""

from collections.abc import Callable, Iterable, Sequence

from ortoo_daemon.intake.mail.model import MailReading, PartKind
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.mailboxes import known_domain
from ortoo_daemon.intake.triage.outsiders import ADDRESS
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.topic import Topic

_CUSTOMER = "customer"


def customers_sites(
    reading: MailReading,
    index: DealerIndex,
    topic: Topic,
    passed_on: Callable[[], Iterable[Finding]],
    own: str | None,
) -> Sequence[SiteMention]:
    """The sisters alone that a customer's message names, where the request above it speaks of a customer.

    ``passed_on`` tells what the messages below say: asked only then. ``own`` is the writer's rooftop.
    """
    if not _is_of_an_outsider(reading, index):
        return ()
    if not any(_CUSTOMER in finding.groups for finding in topic.findings):
        return ()
    named = [site for finding in passed_on() for site in finding.meant]
    return () if any(own in site.accounts for site in named) else named


def _is_of_an_outsider(reading: MailReading, index: DealerIndex) -> bool:
    """Whether a message is passed on that somebody without an address of the directory wrote."""
    forwarded = {part.message for part in reading.parts if part.kind is PartKind.FORWARDED}
    headers = (p for p in reading.parts if p.kind is PartKind.HEADER and p.message in forwarded)
    writers = (found[0].casefold() for p in headers if (found := ADDRESS.search(p.text)))
    return any(
        address not in index.by_email and not known_domain(address.rpartition("@")[2], index)
        for address in writers
    )
