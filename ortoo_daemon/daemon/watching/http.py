"""How do Prometheus, a probe and `ortoo-daemon status` look at the daemon? Over HTTP, reading only.

``/healthz`` its loops turn, ``/readyz`` it can route, ``/metrics``, ``/status``, ``/candidate``. On
loopback or a Unix socket everybody on the machine may ask; elsewhere a token is needed.
"""

import hmac
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ortoo_daemon.daemon.parts import Parts, looked_at
from ortoo_daemon.daemon.watching.address import Address, is_loopback
from ortoo_daemon.daemon.watching.health import is_ready, readiness
from ortoo_daemon.daemon.watching.metrics import CONTENT_TYPE, Exposition
from ortoo_daemon.daemon.watching.status import candidate_document, status_document

_log = structlog.get_logger("ortoo_daemon.service")

_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@asynccontextmanager
async def serving(
    address: Address | None, parts: Parts, *, token: str | None, now: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Serve while the body runs; nothing where there is no address.

    An address that can't be had is an error in the log: not being watched must not stop the routing.
    """
    if address is None:
        yield
        return
    runner = web.AppRunner(
        make_app(parts, token=token, now=now), access_log=None, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        listening = await _listen(runner, address)
        yield
    finally:
        await runner.cleanup()
    if listening:
        _tidy(address)


async def _listen(runner: web.AppRunner, address: Address) -> bool:
    try:
        await _site(runner, address).start()
    except OSError as error:
        _log.error("watch.listen_failed", address=str(address), error=str(error))
        return False
    _log.info("watch.listening", address=str(_real(runner, address)))
    return True


def make_app(parts: Parts, *, token: str | None, now: Callable[[], datetime]) -> web.Application:
    """The application; ``token`` None asks for none."""
    pages = _Pages(parts, now)
    app = web.Application(middlewares=[_guard(token)])
    app.router.add_get("/healthz", pages.healthz)
    app.router.add_get("/readyz", pages.readyz)
    app.router.add_get("/metrics", pages.metrics)
    app.router.add_get("/status", pages.status)
    app.router.add_get("/candidate", pages.candidate)
    return app


class _Pages:
    def __init__(self, parts: Parts, now: Callable[[], datetime]) -> None:
        self._parts = parts
        self._now = now
        self._exposition = Exposition(parts)

    async def healthz(self, request: web.Request) -> web.Response:
        """That this is answered shows that the event loop turns."""
        late = self._parts.watchdog.late
        loops = {name: round(behind, 1) for name, behind in self._parts.watchdog.loops.items()}
        return _json({"alive": not late, "behind_seconds": loops}, well=not late)

    async def readyz(self, request: web.Request) -> web.Response:
        parts = readiness(await looked_at(self._parts, self._now()))
        ready = is_ready(parts)
        return _json({"ready": ready, "parts": [part.document() for part in parts]}, well=ready)

    async def metrics(self, request: web.Request) -> web.Response:
        text = self._exposition.text(await looked_at(self._parts, self._now()))
        return web.Response(body=text, headers={**_NO_STORE, "Content-Type": CONTENT_TYPE})

    async def status(self, request: web.Request) -> web.Response:
        return _json(await status_document(await looked_at(self._parts, self._now())), well=True)

    async def candidate(self, request: web.Request) -> web.Response:
        """What candidate policies would have done with the records of this run; ids of records in it."""
        return _json(candidate_document(self._parts), well=True)


def _guard(token: str | None) -> Middleware:
    expected = f"Bearer {token}".encode() if token else None

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if expected is not None:
            given = request.headers.get("Authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(given, expected):
                raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        elif not _meant_for_this_machine(request):
            raise web.HTTPForbidden(text="ask for it under a name of this machine\n")
        return await handler(request)

    return guard


def _meant_for_this_machine(request: web.Request) -> bool:
    """A web page of somebody else's may resolve its own name to 127.0.0.1; the Host header tells."""
    sock = request.transport.get_extra_info("socket") if request.transport else None
    if sock is not None and sock.family == socket.AF_UNIX:
        return True
    name = request.headers.get("Host", "")
    host = name.rpartition(":")[0] if not name.endswith("]") and ":" in name else name
    return is_loopback(host.strip("[]"))


def _json(document: object, *, well: bool) -> web.Response:
    return web.json_response(document, status=200 if well else 503, headers=_NO_STORE)


def _site(runner: web.AppRunner, address: Address) -> web.BaseSite:
    if not address.path:
        return web.TCPSite(runner, address.host, address.port)
    _remove_leftover(Path(address.path))
    return web.UnixSite(runner, address.path)


def _remove_leftover(path: Path) -> None:
    """A killed daemon leaves its socket behind. Raises OSError when somebody listens there."""
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(f"another process listens on {path}")


def _tidy(address: Address) -> None:
    if address.path:
        Path(address.path).unlink(missing_ok=True)


def _real(runner: web.AppRunner, address: Address) -> Address:
    """With the port the system chose."""
    if address.path:
        return address
    return Address(host=address.host, port=int(runner.addresses[0][1]))
