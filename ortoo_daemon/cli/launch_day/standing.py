"""How far is the daemon with what the clock asks for? By its own word: paces the demo, proves nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from ortoo_daemon.cli.asking_daemon import DaemonView, NoDaemonError
from ortoo_daemon.daemon.watching.address import Address

SLA, ABSENCE = "sla", "absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``sweeps``: how often each was made. ``idle``: nothing waits or is in hand."""

    sweeps: Mapping[str, int]
    idle: bool


def standing(address: str) -> Standing | None:
    """What the daemon answers at ``address``; None when it does not."""
    try:
        document = asyncio.run(DaemonView(Address.parse(address), None).status())
    except NoDaemonError:
        return None
    queue, sweeps = document["queue"], document["sweeps"]
    return Standing(
        sweeps={name: figures["runs"] for name, figures in sweeps.items()},
        idle=not (queue.get("ready", 1) or queue.get("leased", 1)),
    )
