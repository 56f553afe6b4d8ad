"""Which users do policies name who need not be on the roster, such as integrations under `take_over`?"""

from collections.abc import Mapping

from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


async def named_users(org: Org, policies: PolicySet) -> Mapping[str, RecordId]:
    """Ids by folded username of every name under `take_over`; queues and ids find nobody. Raises OrgError."""
    names = sorted({name.strip() for policy in policies.policies for name in policy.take_over})
    found: dict[str, RecordId] = {}
    beside = soql.select("User", ["Id", "Username"], where=[soql.one_of("Username", [""])])
    for part in soql.chunks(names, beside=beside):
        where = [soql.one_of("Username", part)]
        for row in await org.query(soql.select("User", ["Id", "Username"], where=where)):
            found[str(row["Username"]).casefold()] = record_id(row["Id"])
    return found
