"""How is a document posted to a dealer's system? To origins that the settings name, and no others.

The Idempotency-Key follows from the handoff, so that a post which is repeated is the same to whoever keeps
keys. Redirects are not followed: they could lead anywhere.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing

if TYPE_CHECKING:
    from aiohttp import ClientResponse

KEY_HEADER = "Idempotency-Key"
CONTENT_TYPE = "application/x-adf+xml; charset=utf-8"
_RECEIPTS = ("X-Receipt-Id", "Location", "X-Request-Id")
_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})
_AT_MOST_FOR = 30.0
_LONGEST_RECEIPT = 200


def origin_of(address: str) -> str:
    """``https://host:port`` of a web address, without what is usual; "" for what is none."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


class WebSender:
    """Posts to the ``origins``; ``token`` is sent as bearer where there is one."""

    def __init__(
        self, origins: Collection[str], *, token: str = "", at_most_for: float = _AT_MOST_FOR
    ) -> None:
        self._origins = frozenset(map(origin_of, origins))
        self._token = token
        self._at_most_for = at_most_for

    async def send(self, outgoing: Outgoing) -> str:
        """Raises HandoffError; returns what the receiver calls it, "" where it says nothing."""
        import aiohttp

        origin = origin_of(outgoing.to)
        if not origin or origin not in self._origins:
            message = f"{origin or 'the address'} is none of handoff.http.origins"
            raise HandoffError(message, permanent=True)
        headers = {"Content-Type": CONTENT_TYPE, KEY_HEADER: outgoing.id}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        timeout = aiohttp.ClientTimeout(total=self._at_most_for)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
                session.post(
                    outgoing.to.strip(),
                    data=outgoing.document.encode("utf-8"),
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return _receipt(answer)
        except aiohttp.ClientConnectorCertificateError as error:
            reason = getattr(error.certificate_error, "verify_message", "")
            raise HandoffError(f"the certificate of {origin} does not hold: {reason}") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            message = f"{origin} did not answer: {type(error).__name__}"
            raise HandoffError(message) from error


def _receipt(answer: "ClientResponse") -> str:
    if 200 <= answer.status < 300:
        found = (answer.headers.get(name, "") for name in _RECEIPTS)
        return next(filter(None, found), "")[:_LONGEST_RECEIPT]
    again = answer.status >= 500 or answer.status in _TRY_AGAIN
    raise HandoffError(f"the dealer's system said {answer.status}", permanent=not again)
