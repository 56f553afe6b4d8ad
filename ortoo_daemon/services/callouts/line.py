"""How does one request reach one service, and what came back? The only place that opens connections to it.

Addresses are looked at when a name was resolved and before anything is sent, so that a name which changes
its mind leads nowhere else; TLS is always verified; redirects to other hosts are not followed, and no more
of an answer is read than may be kept in memory. Repeats nothing and waits for nobody: that is the desk's.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from ortoo_daemon.callouts import CallOutcome
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.policy.callouts.addresses import refusal
from ortoo_daemon.policy.callouts.catalogue import Service
from ortoo_daemon.policy.callouts.request import Rendered

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_WITHIN = 5.0
_CHUNK = 16_384
_PLAIN = "/:?#[]@!$&'()*+,;=%-._~"
"""What a URL may hold as it is."""


class Reply(NamedTuple):
    """An answer as it came. ``retry_after`` in seconds, where the service says so."""

    status: int
    body: bytes
    kind: str = ""
    retry_after: float | None = None


class CallFailedError(OrtooError):
    """No reply. ``unsent``: the service has certainly not seen the request. Quotes nothing of it."""

    def __init__(self, outcome: CallOutcome, message: str, *, unsent: bool = False) -> None:
        self.outcome = outcome
        self.unsent = unsent
        super().__init__(message)


class BlockedAddressError(OSError):
    """A name stands for an address that may not be connected to."""


class GuardedResolver(AbstractResolver):
    """Resolves names, and refuses addresses. All of a name's must be allowed: which one is used is chance."""

    def __init__(self, *, internal: bool) -> None:
        self._internal = internal
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            why = refusal(ip_address(each["host"].partition("%")[0]), internal=self._internal)
            if why is not None:
                raise BlockedAddressError(f"{host} stands for an address that is not asked: {why}")
        return found

    async def close(self) -> None:
        await self._resolver.close()


class Line:
    """Connections to one service, opened with the first request. ``ca_file``: who else may vouch for it."""

    def __init__(self, service: Service, *, ca_file: Path | None = None) -> None:
        self._service = service
        self._ca_file = ca_file
        self._session: aiohttp.ClientSession | None = None
        self._turn = asyncio.Lock()

    async def send(self, request: Rendered) -> Reply:
        """One request, redirects on the same host included. Raises CallFailedError."""
        url = request.url
        for _ in range(_MOST_REDIRECTS + 1):
            reply, location = await self._sent(request, url)
            if location is None:
                return reply
            url = self._elsewhere(request, url, location)
        raise CallFailedError(CallOutcome.FAILED, f"more than {_MOST_REDIRECTS} redirects")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _sent(self, request: Rendered, url: str) -> tuple[Reply, str | None]:
        async with self._turn:  # many may ask first
            session = await self._opened()
        try:
            async with session.request(
                request.method,
                URL(quote(url, safe=_PLAIN), encoded=True),  # values stay as they were escaped
                headers=dict(request.headers),
                data=request.body,
                allow_redirects=False,
            ) as response:
                location = response.headers.get("Location")
                if response.status in _REDIRECTS and location:
                    return Reply(response.status, b""), location
                body = await self._body(response)
                return self._reply(response, body), None
        except aiohttp.ClientConnectorDNSError as error:
            raise _unresolved(error) from None
        except aiohttp.ClientConnectorCertificateError as error:
            message = f"its certificate is not trusted: {_reason(error.certificate_error)}"
            raise CallFailedError(CallOutcome.BLOCKED, message, unsent=True) from None
        except aiohttp.ClientConnectorError as error:
            message = f"no connection: {_reason(error.os_error)}"
            raise CallFailedError(CallOutcome.UNREACHABLE, message, unsent=True) from None
        except (aiohttp.InvalidURL, ValueError) as error:
            message = f"not a request that can be sent: {type(error).__name__}"
            raise CallFailedError(CallOutcome.NOT_ASKED, message, unsent=True) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            message = f"the connection broke: {type(error).__name__}"
            raise CallFailedError(CallOutcome.UNREACHABLE, message) from None

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Read no further than allowed. Raises CallFailedError."""
        most = self._service.most_bytes
        coded = response.headers.get("Content-Encoding", "identity")
        if coded.casefold() != "identity":
            message = f"the answer is packed ({coded}), which was not asked for"
            raise CallFailedError(CallOutcome.MALFORMED, message)
        if (response.content_length or 0) > most:
            raise _too_large(most)
        found = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            found += chunk
            if len(found) > most:
                raise _too_large(most)
        return bytes(found)

    def _reply(self, response: aiohttp.ClientResponse, body: bytes) -> Reply:
        return Reply(
            response.status,
            body,
            response.content_type,
            _seconds(response.headers.get("Retry-After")),
        )

    def _elsewhere(self, request: Rendered, url: str, location: str) -> str:
        """Where a redirect leads, on the same host only; what changes something is not sent on."""
        target = urljoin(url, location)
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            message = "it redirects to another host, which is not followed"
            raise CallFailedError(CallOutcome.BLOCKED, message)
        if request.method != "GET":
            message = f"it redirects a {request.method}, which is not followed"
            raise CallFailedError(CallOutcome.BLOCKED, message)
        return target

    async def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            verify = await asyncio.to_thread(_tls, self._ca_file)
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(internal=self._service.internal),
                ssl=verify,
                limit=self._service.parallel,
                use_dns_cache=False,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECT_WITHIN),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", "Accept": "application/json"},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    """The machine's authorities, and one more where the service names it. Raises CallFailedError."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            message = f"its ca_file can't be used: {type(error).__name__}"
            raise CallFailedError(CallOutcome.NOT_ASKED, message, unsent=True) from None
    return context


def _unresolved(error: aiohttp.ClientConnectorDNSError) -> CallFailedError:
    if isinstance(error.os_error, BlockedAddressError):
        return CallFailedError(CallOutcome.BLOCKED, str(error.os_error), unsent=True)
    return CallFailedError(CallOutcome.UNREACHABLE, "its name is not known", unsent=True)


def _too_large(most: int) -> CallFailedError:
    return CallFailedError(CallOutcome.TOO_LARGE, f"the answer has more than {most:,} bytes")


def _reason(error: BaseException) -> str:
    words = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
    return str(words or type(error).__name__)


def _seconds(text: str | None) -> float | None:
    """``Retry-After`` where it counts seconds."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if 0 <= found < 86_400 else None


def with_headers(request: Rendered, more: Mapping[str, str]) -> Rendered:
    """The same request with further headers."""
    return Rendered(
        method=request.method,
        url=request.url,
        headers={**request.headers, **more},
        body=request.body,
    )
