"""How does a REST call come in and go out?  aiohttp requests to calls, answers to responses.

The server's middleware has put the caller into the request before (`keys.USER_ID`, `CLIENT`).
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.keys import CLIENT, USAGE, USER_ID
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call, refusal
from ortoo_daemon.sandbox.rest.dispatch import dispatch

OLDEST, NEWEST = 37, 66
_LONGEST_URI = 16_384
_PATH = re.compile(r"/services/data/v(\d+)\.(\d)(?:/(.*))?")
_SEASONS = ("Winter", "Spring", "Summer")


def routes(org: Org) -> list[web.RouteDef]:
    """The resources of /services/data for one org."""

    async def versions(_request: web.Request) -> web.Response:
        return web.json_response([_version(n) for n in range(OLDEST, NEWEST + 1)])

    async def resource(request: web.Request) -> web.Response:
        try:
            call = await _call(request)
        except OrgError as error:
            return _response(refusal(error))
        return _response(dispatch(org, call))

    return [
        web.get("/services/data", versions),
        web.get("/services/data/", versions),
        web.route("*", "/services/data/{rest:.+}", resource),
    ]


async def _call(request: web.Request) -> Call:
    _check_size(request)
    path, _, _ = request.raw_path.partition("?")
    match = _PATH.fullmatch(path)
    if match is None:
        raise not_found()
    _check_version(int(match[1]))
    segments = [unquote(each) for each in (match[3] or "").split("/")]
    while segments and not segments[-1]:
        segments.pop()
    composite = segments[:1] == ["composite"]
    return Call(
        method=request.method,
        path=tuple(segments),
        query=dict(request.query),
        headers=request.headers,
        body=await _body(request),
        user_id=request[USER_ID],
        # Call options are honoured by the row and query resources only.
        client=None if composite else request.get(CLIENT),
        version=f"{match[1]}.{match[2]}",
        usage=request.app.get(USAGE),
    )


def _check_size(request: web.Request) -> None:
    uri = len(request.raw_path)
    if uri > _LONGEST_URI:
        raise OrgError("URI_TOO_LONG", f"URI length exceeds {_LONGEST_URI} bytes", status=414)
    headers = sum(len(name) + len(value) for name, value in request.raw_headers)
    if uri + headers > _LONGEST_URI:
        message = f"URI and headers together exceed {_LONGEST_URI} bytes"
        raise OrgError("REQUEST_HEADER_TOO_LARGE", message, status=431)


def _check_version(number: int) -> None:
    if number < OLDEST:
        message = f"API version {number}.0 is not supported by this org"
        raise OrgError("UNSUPPORTED_API_VERSION", message, status=410 if number <= 30 else 404)
    if number > NEWEST:
        raise not_found()


async def _body(request: web.Request) -> Any:
    content = await request.read()
    if not content:
        return None
    if request.content_type != "application/json":
        message = f"The HTTP entity body is of type {request.content_type}: send application/json"
        raise OrgError("UNSUPPORTED_MEDIA_TYPE", message, status=415)
    try:
        return json.loads(content)
    except ValueError as error:
        raise OrgError("JSON_PARSER_ERROR", f"The HTTP entity body is not JSON: {error}") from None


def _response(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status, headers=answer.headers)
    if isinstance(answer.body, bytes):
        return web.Response(
            body=answer.body, status=answer.status, content_type="application/octetstream"
        )
    # Compact, and text as it is: a page of records is mostly text.
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(
        text=text,
        status=answer.status,
        headers=answer.headers,
        content_type="application/json",
    )


def _version(number: int) -> dict[str, str]:
    """Three releases a year; v66.0 was Spring '26."""
    years, season = divmod(number - 65, 3)
    label = f"{_SEASONS[season]} '{26 + years}"
    return {"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
