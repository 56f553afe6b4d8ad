"""SOQL over REST: query, queryAll and their further pages."""

from __future__ import annotations

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.soql.query import PAGE_SIZES


def query(org: Org, call: Call) -> Answer:
    soql = call.query.get("q")
    if not soql:
        raise OrgError("MALFORMED_QUERY", "SOQL statement cannot be null or empty")
    if "explain" in call.query:
        raise OrgError("INVALID_QUERY_SCOPE", "explain is not spoken by this org")
    if call.query.get("columns", "").lower() == "true":
        return Answer(body=org.queries.columns(soql))
    return Answer(
        body=org.queries.query(
            soql,
            user_id=call.user_id,
            version=call.version,
            page_size=call.page_size() or PAGE_SIZES[1],
            deleted_too=call.path[0].lower() == "queryall",
        )
    )


def more(org: Org, call: Call) -> Answer:
    return Answer(
        body=org.queries.more(
            call.path[1],
            user_id=call.user_id,
            version=call.version,
            page_size=call.page_size(),
        )
    )
