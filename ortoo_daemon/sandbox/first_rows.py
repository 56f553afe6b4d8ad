"""What is an org born with?  Its organization record and its automated user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortoo_daemon.sandbox.options import WriteOptions

if TYPE_CHECKING:
    from ortoo_daemon.sandbox.org import Org


def first_rows(org: Org) -> tuple[str, str]:
    """Ids of the organization and of its automated user, created where the org is new."""
    organizations = org.storage.find("Organization")
    system = org.storage.find("User", UserType="AutomatedProcess")
    if organizations and system:
        return organizations[0]["Id"], system[0]["Id"]
    user_id = org.storage.next_id("005")
    user = {
        "Id": user_id,
        "LastName": "Automated Process",
        "Username": f"autoproc@{user_id.lower()}.org",
        "Email": f"autoproc@{user_id.lower()}.org",
    }
    with org.transaction(user_id=user_id):
        org.create("User", user, user_id=user_id, options=WriteOptions(keep_ids=True))
        # No caller may set a user type; this one is set below the rules.
        org.storage.update("User", user_id, {"UserType": "AutomatedProcess"})
        organization_id = org.create("Organization", {"Name": "Sandbox"}, user_id=user_id)
    return organization_id, user_id
