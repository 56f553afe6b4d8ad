"""Which campaign does the record join? Pure: the campaign is named, and looked up when it is joined."""

from ortoo_daemon.consequences import CampaignJoin
from ortoo_daemon.handling import Handling


def join_campaign(handling: Handling) -> None:
    """Set ``handling.campaign`` where the policy says so and the record names one."""
    rule = handling.policy.campaign
    if rule is None or (rule.when is not None and not rule.when.holds(handling.scope)):
        return
    value = rule.of.evaluate(handling.scope)
    text = "" if value is None else str(value).strip()
    if text:
        handling.campaign = CampaignJoin(by=rule.by, value=text, status=rule.status)
        handling.trace.notes.append(f"{rule.place}: joins the campaign that its {rule.by} names")
