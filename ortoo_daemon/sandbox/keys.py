"""Under which keys do the server and the REST handlers share what they know of a call?

Typed keys: aiohttp warns about plain strings.
"""

from __future__ import annotations

from aiohttp import web

from ortoo_daemon.sandbox.usage import Usage

# Set by the middleware on every REST call that is let in.
USER_ID = web.RequestKey("user_id", str)
CLIENT = web.RequestKey[str | None]("client")

# Set once on the application.
USAGE = web.AppKey("usage", Usage)
