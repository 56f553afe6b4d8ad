"""`campaign` names campaigns by a field that they lack, or by an id where a name is looked for.

An id of a campaign begins with 701. A template is only known when a record comes.

PASS::

    action: {campaign: {of: "{{ Utm_Campaign__c }}"}}

    when: {Utm_Campaign__c: launch}

FAIL::

    action: {campaign: {of: 7017Q0000000001QAA}}
    → campaigns are looked up by Name, and '7017Q0000000001QAA' is an id (write by: Id)

FAIL::

    action: {campaign: {of: Launch, by: Id}}
    → campaigns are looked up by Id, and 'Launch' is none (write by: Name, or an id that begins with 701)

FAIL (Campaign is known)::

    action: {campaign: {of: "{{ Utm_Campaign__c }}", by: Nmae}}
    → Campaign has no field 'Nmae' (did you mean Name?)
"""

import re
from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.campaign_model import CAMPAIGN, CampaignRule
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.naming import did_you_mean

ID = "campaign_id"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True

_ID = re.compile(r"701[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    campaign = org.objects.get(CAMPAIGN) if org is not None else None
    for policy in subject.policies.policies:
        rule = policy.campaign
        if rule is None:
            continue
        if campaign is not None and rule.by not in campaign.fields:
            message = f"Campaign has no field {rule.by!r}"
            mend = did_you_mean(rule.by, campaign.fields)
            yield Problem(place=rule.place, rule=ID, message=message, mend=mend)
        elif wrong := _wrong_name(rule):
            yield Problem(place=rule.place, rule=ID, message=wrong[0], mend=wrong[1])


def _wrong_name(rule: CampaignRule) -> tuple[str, str] | None:
    """Of what is written out."""
    value = rule.of.value if isinstance(rule.of, Constant) else None
    if value is None:
        return None
    text = str(value)
    is_id = _ID.fullmatch(text) is not None
    if is_id and rule.by != "Id":
        message = f"campaigns are looked up by {rule.by}, and {text!r} is an id"
        return message, "write by: Id"
    if not is_id and rule.by == "Id":
        message = f"campaigns are looked up by Id, and {text!r} is none"
        return message, "write by: Name, or an id that begins with 701"
    return None
