"""How does ``action: campaign:`` become the campaign that records join?

``campaign: {of: "{{ Utm_Campaign__c }}", by: Name, status: Responded, when: {…}}``
"""

from ortoo_daemon.policy.campaign_model import CampaignRule
from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression
from ortoo_daemon.policy.parsing.sections import Section

CAMPAIGN_KEYS = ("of", "by", "status", "when")
OBJECTS = ("Lead", "Contact")
"""What can be a member of a campaign."""


def read_campaign(node: MapNode, later: ConditionReader) -> CampaignRule | None:
    section = Section(node, later.problems, what="'campaign'", known=CAMPAIGN_KEYS)
    of_node = section.required("of", 'say which one: of: "{{ Utm_Campaign__c }}"')
    by, when = section.text("by") or "Name", section.get("when")
    if not is_field_name(by) or "." in by:
        message = f"{by!r} is not a field of Campaign"
        later.problems.add(node.entries["by"][1], "wrong_name", message)
        return None
    of = None if of_node is None else read_expression(of_node, later)
    if of is None:
        return None
    return CampaignRule(
        of=of,
        by=by,
        status=section.text("status"),
        when=None if when is None else later.read(when, what="'when'"),
        place=node.place,
    )
