"""How do the parts that hand records over come together?"""

from collections.abc import Callable
from datetime import datetime

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.finding import OpenHandoffs
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.handoffs.noting import Noting
from ortoo_daemon.daemon.handoffs.senders import make_senders, secrets_of
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.settings import Settings


def make_handing(
    settings: Settings, parts: Parts, knowledge: Knowledge, now: Callable[[], datetime]
) -> Handing:
    """What hands records over. Raises ConfigError for a secret that can't be read."""
    return Handing(
        org=parts.org,
        box=parts.queue.notices,
        noting=Noting(
            org=parts.org,
            box=parts.queue.notices,
            tries=parts.queue.tries,
            meters=parts.meters,
            clock=now,
        ),
        knowledge=knowledge,
        senders=make_senders(settings, now, secrets_of(settings)),
        provider=settings.handoff.provider,
        clock=now,
    )


def make_finding(parts: Parts, knowledge: Knowledge, now: Callable[[], datetime]) -> OpenHandoffs:
    """What finds handoffs that nobody is at."""
    return OpenHandoffs(org=parts.org, box=parts.queue.notices, knowledge=knowledge, clock=now)
