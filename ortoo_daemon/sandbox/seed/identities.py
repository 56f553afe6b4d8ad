"""Which ids and names can tests, demos and configurations rely on in a seeded org?"""

from __future__ import annotations

from dataclasses import dataclass

from ortoo_daemon.sandbox.connected_app import ConnectedApp

# The daemon's id is the placeholder in the shipped channel's filter, so that the filter of a
# sandbox needs no replacement.
DAEMON_USER_ID = "005000000000000AAA"
WEB_FORMS_USER_ID = "005000000000001AAA"
ADMIN_USER_ID = "005000000000002AAA"
DISPATCHER_USER_ID = "005000000000003AAA"
CALL_CENTRE_USER_ID = "005000000000004AAA"
MARKETPLACE_USER_ID = "005000000000005AAA"

DAEMON_USERNAME = "daemon@ortoo.example"
CLIENT_ID = "ortoo-sandbox-client"
CLIENT_SECRET = "ortoo-sandbox-secret"

# The rooftop with exactly ten active sales advisers, for bursts on one site.
FLAGSHIP_ROOFTOP_ID = "0017Q000005kEzUQAU"
FLAGSHIP_ADVISERS = 10

UNROUTED_QUEUE = "Unrouted_Leads"
NEEDS_A_PERSON_QUEUE = "Needs_A_Person"
FLEET_QUEUE = "Fleet_Desk"
EV_QUEUE = "EV_Desk"
# Takes cases only: a lead assigned to it is refused.
NOT_FOR_LEADS_QUEUE = "Old_Leads_Desk"


@dataclass(frozen=True, slots=True)
class FixedUser:
    """A user that every seeded org has under the same id."""

    id: str
    username: str
    first_name: str | None
    last_name: str
    title: str


FIXED_USERS = (
    FixedUser(DAEMON_USER_ID, DAEMON_USERNAME, "Ortoo", "Daemon", "Integration"),
    FixedUser(WEB_FORMS_USER_ID, "web-forms@ortoo.example", "Web", "Forms", "Integration"),
    FixedUser(ADMIN_USER_ID, "admin@ortoo.example", "Ada", "Keller", "Administrator"),
    FixedUser(DISPATCHER_USER_ID, "dispatch@ortoo.example", "Nina", "Faure", "Dispatcher"),
    FixedUser(CALL_CENTRE_USER_ID, "call-centre@ortoo.example", "Call", "Centre", "Integration"),
    FixedUser(MARKETPLACE_USER_ID, "marketplace@ortoo.example", None, "Marketplace", "Integration"),
)


def connected_app(public_key: str | None = None) -> ConnectedApp:
    """The daemon's connected app; `public_key` (PEM) lets it log in by JWT bearer."""
    return ConnectedApp(
        name="ortoo-daemon",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        run_as=DAEMON_USER_ID,
        public_key=public_key,
    )
