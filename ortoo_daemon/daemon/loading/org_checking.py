"""Do files that were read bear comparison with the org as it is now?"""

import asyncio

from ortoo_daemon.daemon.loading.checking import Checkup, Parsed, checkup
from ortoo_daemon.daemon.loading.cross_checks import directory_fields
from ortoo_daemon.daemon.loading.saved_org import ask_org, describe_org
from ortoo_daemon.errors import PermanentOrgError, Place, Problem
from ortoo_daemon.salesforce.org import Org


async def check_by_org(org: Org, parsed: Parsed) -> Checkup:
    """Everything there is to say, the policies' tests included. Raises OrgError while it can't be asked.

    Files that can't be understood are not worth a call.
    """
    if parsed.policies is None or parsed.mapping is None:
        return await asyncio.to_thread(checkup, parsed, None)
    try:
        known = await ask_org(org, parsed.policies, parsed.mapping)
    except PermanentOrgError as error:
        return await _refused(org, parsed, error)
    return await asyncio.to_thread(checkup, parsed, known)


async def _refused(org: Org, parsed: Parsed, error: PermanentOrgError) -> Checkup:
    """The org does not let the directory be read by this file: which names are none?"""
    assert parsed.mapping is not None
    assert parsed.mapping_node is not None
    description = await describe_org(org, parsed.policies, parsed.mapping)
    node = parsed.mapping_node
    problems = [*parsed.problems, *directory_fields(parsed.mapping, node, description)]
    if not problems:
        where = Problem(
            place=Place(node.place.file),
            rule="directory_refused",
            message=f"the org refuses to be read by this file: {error.code}: {error.message}",
            mend="mend the names, or give the daemon's user access to them",
        )
        problems.append(where)
    return Checkup(
        problems=tuple(sorted(dict.fromkeys(problems))),
        policies=parsed.policies,
        tests=None,
        checked_against="the org",
    )
