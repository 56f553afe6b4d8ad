"""How far is the daemon with what the clock asks for? By its own word: paces the demo, proves nothing."""

import asyncio
from dataclasses import dataclass

from ortoo_daemon.cli.asking_daemon import DaemonView, NoDaemonError
from ortoo_daemon.daemon.watching.address import Address

_SLA = "sla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``sweeps``: how often it looked for steps that are due. ``idle``: nothing waits or is in hand."""

    sweeps: int
    idle: bool


def standing(address: str) -> Standing | None:
    """What the daemon answers at ``address``; None when it does not."""
    try:
        document = asyncio.run(DaemonView(Address.parse(address), None).status())
    except NoDaemonError:
        return None
    queue, sweeps = document["queue"], document["sweeps"]
    return Standing(
        sweeps=sweeps[_SLA]["runs"] if _SLA in sweeps else 0,
        idle=not (queue.get("ready", 1) or queue.get("leased", 1)),
    )
