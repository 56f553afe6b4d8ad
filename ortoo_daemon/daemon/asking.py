"""How does a verb of the command line talk to the org? One login for as long as the verb runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.wiring import make_org
from ortoo_daemon.salesforce.org import Org


@asynccontextmanager
async def logged_in(settings: Settings) -> AsyncIterator[Org]:
    """The org, logged in; closed at the end. Raises ConfigError and LoginError."""
    org = make_org(settings)
    try:
        await org.tokens.get()
        yield org
    finally:
        await org.close()
