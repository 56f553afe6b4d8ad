"""What does a call of the control endpoint say?  Its JSON body, or a 400 with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web


async def read_body(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; an empty one when there is none. Raises HTTPBadRequest."""
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError as error:
        raise bad_request(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise bad_request("the body must be a JSON object")
    return body


def number_in(body: Mapping[str, Any], name: str) -> float:
    """A number of the body. Raises HTTPBadRequest."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request(f"{name} must be a number")
    return float(value)


def only_members(body: Mapping[str, Any], *known: str) -> None:
    """Refuse members that mean nothing. Raises HTTPBadRequest."""
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise bad_request(f"no such member: {', '.join(unknown)}; known: {', '.join(known)}")


def bad_request(message: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=message)
