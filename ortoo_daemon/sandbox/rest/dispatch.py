"""Which resource answers this call?  The table of the REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest import (
    actions,
    blobs,
    chatter,
    collections,
    composite,
    describe,
    queries,
    rows,
)
from ortoo_daemon.sandbox.rest.call import Answer, Call, refusal

Resource = Callable[[Org, Call], Answer]


def dispatch(org: Org, call: Call) -> Answer:
    """Answer a call; refusals become error bodies."""
    try:
        return _resource(call)(org, call)
    except OrgError as error:
        return refusal(error)


def _composite(org: Org, call: Call) -> Answer:
    return composite.composite(org, call, dispatch)


def _batch(org: Org, call: Call) -> Answer:
    return composite.batch(org, call, dispatch)


_COLLECTION: Mapping[str, Resource] = {
    "POST": collections.create,
    "PATCH": collections.update,
    "DELETE": collections.delete,
}
_ROW: Mapping[str, Resource] = {"GET": rows.read, "PATCH": rows.update, "DELETE": rows.delete}

# Literal segments in lower case; "*" stands for any one segment. The first match answers.
_TABLE: tuple[tuple[tuple[str, ...], Mapping[str, Resource]], ...] = (
    ((), {"GET": describe.resources}),
    (("limits",), {"GET": describe.limits}),
    (("query",), {"GET": queries.query}),
    (("queryall",), {"GET": queries.query}),
    (("query", "*"), {"GET": queries.more}),
    (("queryall", "*"), {"GET": queries.more}),
    (("sobjects",), {"GET": describe.describe_global}),
    (("sobjects", "*"), {"GET": describe.basic, "POST": rows.create}),
    (("sobjects", "*", "describe"), {"GET": describe.describe}),
    (("sobjects", "*", "*"), _ROW),
    (("sobjects", "attachment", "*", "body"), {"GET": blobs.read}),
    (("sobjects", "contentversion", "*", "versiondata"), {"GET": blobs.read}),
    (("sobjects", "*", "*", "*"), {"GET": rows.read_by_key, "PATCH": rows.upsert}),
    (("actions", "standard", "*"), {"POST": actions.notify}),
    (("actions", "custom", "*", "*"), {"POST": actions.start}),
    (("actions", "custom", "*", "*", "*"), {"POST": actions.alert}),
    (("chatter", "feed-elements"), {"POST": chatter.post}),
    (("composite",), {"POST": _composite}),
    (("composite", "batch"), {"POST": _batch}),
    (("composite", "sobjects"), _COLLECTION),
    (("composite", "sobjects", "*"), {"GET": collections.retrieve, "POST": collections.retrieve}),
    (("composite", "sobjects", "*", "*"), {"PATCH": collections.upsert}),
)


def _resource(call: Call) -> Resource:
    for pattern, methods in _TABLE:
        if _matches(pattern, call.path):
            resource = methods.get(call.method)
            if resource is None:
                allowed = ",".join(methods)
                message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
                raise OrgError("METHOD_NOT_ALLOWED", message, status=405)
            return resource
    raise not_found()


def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(pattern) == len(path) and all(
        want in ("*", have.lower()) for want, have in zip(pattern, path, strict=True)
    )
