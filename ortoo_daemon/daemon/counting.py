"""Does this daemon count alone, or with others that share its store?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.handling.sharing import READ_BACK, Sharing
from ortoo_daemon.work.queue import WorkQueue


async def joined(queue: WorkQueue, ledger: Ledger, *, shadow: bool) -> Sharing | None:
    """The ledger, knowing what others have reserved lately; None where there are no others.

    A shadow run writes nothing, so nobody need make room for it. Raises StateError.
    """
    if not queue.leadership.shared or shadow:
        return None
    sharing = Sharing(
        ledger,
        holder=queue.leadership.holder,
        talk=queue.reservations.exchange,
        seen=await queue.reservations.begin(READ_BACK),
    )
    await sharing.exchange()
    ledger.shared = sharing
    return sharing


@asynccontextmanager
async def counting_together(sharing: Sharing | None) -> AsyncIterator[None]:
    """The daemons on the store agree on their counters while the body runs, and at its end."""
    if sharing is None:
        yield
        return
    async with asyncio.TaskGroup() as tasks:
        talking = tasks.create_task(sharing.run(), name="ortoo-counters")
        try:
            yield
        finally:
            talking.cancel()
