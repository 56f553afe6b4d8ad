"""Which policies has the org seen, and from when do they take records?

`take_from` and the content of every revision are kept in the org (Ortoo_Policy__c), so that neither the
loss of this machine nor of its store lets the daemon touch older records or forget why it decided.
"""

from datetime import datetime

import structlog

from ortoo_daemon.daemon.loading.policy_revisions import KEY, OBJECT, keep_and_forget
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.policies")


async def register_policies(org: Org, policies: PolicySet) -> None:
    """Upsert a row for each policy and keep their content. Says so when a policy now takes older records.

    An org that refuses for good (no such object, no access) costs the register, not the routing. Raises
    other OrgErrors.
    """
    try:
        await _register(org, policies)
    except PermanentOrgError as error:
        _log.error("policy.register_refused", code=error.code, error=error.message)
    else:
        await keep_and_forget(org, policies, await org.now())


async def _register(org: Org, policies: PolicySet) -> None:
    names = [policy.name for policy in policies.policies]
    rows = await org.query(
        soql.select(OBJECT, [KEY, "Take_From__c"], where=[soql.one_of(KEY, names)])
    )
    before = {str(row[KEY]): instant(row["Take_From__c"]) for row in rows}
    for policy in policies.policies:
        known = before.get(policy.name)
        if known is not None and policy.take_from < known:
            _log.warning(
                "policy.take_from_moved_back",
                policy=policy.name,
                before=instant_text(known),
                now=instant_text(policy.take_from),
            )
    now = await org.now()
    await org.writer.upsert(
        OBJECT, KEY, [_row(policy, policies, now) for policy in policies.policies]
    )


def _row(policy: Policy, policies: PolicySet, now: datetime) -> dict[str, FieldValue]:
    return {
        KEY: policy.name,
        "Object__c": policy.object,
        "Take_From__c": instant_text(policy.take_from),
        "Revision__c": policies.revision,
        "Loaded_At__c": instant_text(now),
        "Content__c": None,
    }
