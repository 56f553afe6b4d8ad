"""What is in a freshly seeded org?  A dealer network, its people, queues and integration users.

Deterministic: the same rows under the same ids in every run; only the end of absences depends on
the org's clock.
"""

from __future__ import annotations

from ortoo_daemon.sandbox.seed.identities import (
    ADMIN_USER_ID,
    CLIENT_ID,
    CLIENT_SECRET,
    DAEMON_USER_ID,
    DAEMON_USERNAME,
    DISPATCHER_USER_ID,
    FLAGSHIP_ROOFTOP_ID,
    NOT_FOR_LEADS_QUEUE,
    UNROUTED_QUEUE,
    WEB_FORMS_USER_ID,
    connected_app,
)
from ortoo_daemon.sandbox.seed.loading import SeedSummary, load
from ortoo_daemon.sandbox.seed.rows import SeedError

__all__ = [
    "ADMIN_USER_ID",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "DAEMON_USERNAME",
    "DAEMON_USER_ID",
    "DISPATCHER_USER_ID",
    "FLAGSHIP_ROOFTOP_ID",
    "NOT_FOR_LEADS_QUEUE",
    "UNROUTED_QUEUE",
    "WEB_FORMS_USER_ID",
    "SeedError",
    "SeedSummary",
    "connected_app",
    "load",
]
