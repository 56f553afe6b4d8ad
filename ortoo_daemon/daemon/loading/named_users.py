"""Which users do policies name who need not be on the roster: integrations under `take_over`, who is told,
with whom is it shared?"""

from collections.abc import Iterator, Mapping

from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.reach import notifies_of
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


async def named_users(org: Org, policies: PolicySet) -> Mapping[str, RecordId]:
    """Ids by folded username of every name under `take_over`, `notify` and `share`.

    Queues and ids find nobody. Raises OrgError.
    """
    names = sorted({name.strip() for policy in policies.policies for name in _names(policy)})
    found: dict[str, RecordId] = {}
    beside = soql.select("User", ["Id", "Username"], where=[soql.one_of("Username", [""])])
    for part in soql.chunks(names, beside=beside):
        where = [soql.one_of("Username", part)]
        for row in await org.query(soql.select("User", ["Id", "Username"], where=where)):
            found[str(row["Username"]).casefold()] = record_id(row["Id"])
    return found


def _names(policy: Policy) -> Iterator[str]:
    yield from policy.take_over
    yield from (entry.user for entry in notifies_of(policy) if entry.user)
    yield from (share.user for share in policy.share if share.user)
