"""What time is it in the org? This machine's clock, set right where it is clearly off."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ortoo_daemon.daemon.wiring import utc_now
from ortoo_daemon.salesforce.org import Org

_LITTLE_SKEW = timedelta(seconds=2)
"""The header that tells the org's time is no more precise than that."""


def org_clock(org: Org) -> Callable[[], datetime]:
    """The clock by which records are heard of, decided and due."""

    def now() -> datetime:
        skew = org.rest.clock_skew
        return utc_now() if skew is None or abs(skew) <= _LITTLE_SKEW else utc_now() - skew

    return now
