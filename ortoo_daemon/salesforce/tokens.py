"""Who are we to the org? One access token for REST and stream, and how a new one is got.

Two OAuth flows, one login at a time whoever asks. A login that fails is repeated with backoff, never given
up for good. No secret is in any repr, log line or error.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from ortoo_daemon.errors import LoginError
from ortoo_daemon.salesforce.bounded import Bounded
from ortoo_daemon.salesforce.org_date import ahead_of_org

_log = structlog.get_logger(__name__)

_TOKEN_PATH = "/services/oauth2/token"
_ASSERTION_FOR = timedelta(minutes=3)
_CLOCK_IS_OFF = timedelta(seconds=30)
_TIMEOUT = (5, 20)
_PASSING = frozenset({"unknown_error", "server_error", "temporarily_unavailable"})
"""What the org answers with 400 too when it wants to be asked again ("retry your request")."""

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtBearer:
    """Signed assertion of a connected app's certificate. ``private_key`` is PEM text."""

    client_id: str
    username: str
    private_key: str = field(repr=False)
    audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """The connected app's own key and secret; the org names the user they run as."""

    client_id: str
    client_secret: str = field(repr=False)


Auth = JwtBearer | ClientCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and where it is good. ``identity_url`` ends in /<org id>/<user id>."""

    access_token: str = field(repr=False)
    instance_url: str
    identity_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPauses:
    """How long to leave the org's login alone; seconds, doubled with each failure in a row.

    Refused credentials wait longer than a network that fails: logins per user and hour are limited, and
    asking again does not mend a certificate.
    """

    temporary: float = 2.0
    temporary_at_most: float = 60.0
    refused: float = 30.0
    refused_at_most: float = 900.0
    attempts: int = 3
    logins_per_minute: int = 10

    def after(self, failures: int, *, refused: bool) -> float:
        """The pause after so many failures in a row (1 or more)."""
        first, most = (
            (self.refused, self.refused_at_most)
            if refused
            else (self.temporary, self.temporary_at_most)
        )
        return min(first * 2.0 ** min(failures - 1, 16), most)


class _NotNow(LoginError):
    """The login could not be asked; asking again soon may work."""


class TokenManager:
    """Keeps the daemon logged in.

    `get` answers from memory, `refresh` replaces a token that was refused. Both raise LoginError when a
    round of attempts failed; until ``retry_after`` seconds have passed, further callers get that error
    without the org being asked. ``failed_logins`` counts failed rounds since the start; ``login_error``
    is why the last round failed, None once logged in.
    """

    def __init__(
        self,
        auth: Auth,
        login_url: str,
        *,
        pauses: LoginPauses | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Random | None = None,
    ) -> None:
        self._auth = auth
        self._login_url = checked_url(login_url)
        self._pauses = pauses or LoginPauses()
        self._clock = clock
        self._random = random or Random()
        self._token: Token | None = None
        self._login: asyncio.Task[Token] | None = None
        self._failures = 0
        self._failed: LoginError | None = None
        self._resume_at = 0.0
        self._logins: deque[float] = deque()
        self._ahead_for = timedelta(0)
        self.failed_logins = 0

    @property
    def login_error(self) -> str | None:
        return str(self._failed) if self._failed else None

    async def get(self) -> Token:
        """The current token; logs in when there is none."""
        return self._token or await self._shared_login()

    async def refresh(self, stale: Token) -> Token:
        """A token other than ``stale``: the one somebody else got in the meantime, or a new one."""
        if self._token is not None and self._token.access_token != stale.access_token:
            return self._token
        self._token = None
        return await self._shared_login()

    async def _shared_login(self) -> Token:
        """One login for all who wait; a caller that is cancelled does not end it for the others."""
        if self._login is None or self._login.done():
            self._refuse_too_early()
            self._login = asyncio.create_task(self._log_in(), name="org login")
            self._login.add_done_callback(_seen)
        return await asyncio.shield(self._login)

    def _refuse_too_early(self) -> None:
        now = self._clock()
        if self._failed is not None and now < self._resume_at:
            raise _again(self._failed, self._resume_at - now)
        while self._logins and self._logins[0] <= now - 60:
            self._logins.popleft()
        if len(self._logins) >= self._pauses.logins_per_minute:
            raise _again(
                LoginError(
                    "TOO_MANY_LOGINS",
                    f"the org refused {len(self._logins)} fresh tokens within a minute; "
                    "look at the connected app's session and IP policies",
                ),
                self._logins[0] + 60 - now,
            )

    async def _log_in(self) -> Token:
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, _NotNow)),
            stop=stop_after_attempt(self._pauses.attempts),
            wait=wait_random_exponential(multiplier=0.25, max=5),
            reraise=True,
        )
        try:
            token: Token = await retrying(asyncio.to_thread, self._ask)
        except LoginError as error:
            self._note_failure(error)
            raise _again(error, self._resume_at - self._clock()) from None
        self._failures, self._failed = 0, None
        self._logins.append(self._clock())
        self._token = token
        _log.info("org.logged_in", instance=urlsplit(token.instance_url).hostname)
        return token

    def _note_failure(self, error: LoginError) -> None:
        self._failures += 1
        self.failed_logins += 1
        refused = not isinstance(error, _NotNow)
        pause = self._pauses.after(self._failures, refused=refused)
        pause *= self._random.uniform(0.5, 1.0)
        self._failed, self._resume_at = error, self._clock() + pause
        _log.error(
            "org.login_failed", code=error.code, failures=self._failures, retry_in=round(pause, 1)
        )

    def _ask(self) -> Token:
        """The token endpoint's answer; runs on a thread."""
        answer = self._post()
        if answer.status_code == 400 and self._clock_was_off(answer):
            answer = self._post()
        return _token_of(answer)

    def _post(self) -> requests.Response:
        form = self._form()
        try:
            with requests.Session() as session:
                for scheme in ("https://", "http://"):
                    session.mount(scheme, Bounded(_TIMEOUT))
                return session.post(
                    self._login_url + _TOKEN_PATH,
                    data=form,
                    allow_redirects=False,  # a redirect could carry the secret elsewhere
                    headers={"Accept": "application/json"},
                )
        except requests.RequestException as error:
            raise _NotNow("LOGIN_UNREACHABLE", _network_text(error)) from None

    def _clock_was_off(self, answer: requests.Response) -> bool:
        """Whether the assertion's end was set by a clock other than the org's, which is known now."""
        ahead = ahead_of_org(answer.headers.get("Date"), datetime.now(UTC))
        if ahead is None or abs(ahead - self._ahead_for) < _CLOCK_IS_OFF:
            return False
        self._ahead_for = ahead
        return isinstance(self._auth, JwtBearer)

    def _form(self) -> dict[str, str]:
        if isinstance(self._auth, ClientCredentials):
            return {
                "grant_type": "client_credentials",
                "client_id": self._auth.client_id,
                "client_secret": self._auth.client_secret,
            }
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": self._assertion(self._auth),
        }

    def _assertion(self, auth: JwtBearer) -> str:
        """Who we are, signed. Raises LoginError for a key that is none."""
        import jwt  # with cryptography, for which only this way of logging in has a use

        claims = {
            "iss": auth.client_id,
            "sub": auth.username,
            "aud": (auth.audience or self._login_url).rstrip("/"),
            "exp": int((datetime.now(UTC) - self._ahead_for + _ASSERTION_FOR).timestamp()),
        }
        try:
            return jwt.encode(claims, auth.private_key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            raise LoginError(
                "PRIVATE_KEY_UNUSABLE", "the private key is no PEM-encoded RSA key"
            ) from None


def checked_url(url: str) -> str:
    """The URL without its last slash. Raises LoginError for plain http to another machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS):
        return url.rstrip("/")
    raise LoginError(
        "INSECURE_URL", f"{parts.scheme}://{parts.hostname}: only https is used, http on localhost"
    )


def is_local_http(url: str) -> bool:
    """Whether the org is a sandbox on this machine, spoken to in plain http."""
    return urlsplit(url).scheme == "http"


def _token_of(answer: requests.Response) -> Token:
    try:
        body: Any = answer.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    if answer.status_code == 200 and body.get("access_token") and body.get("instance_url"):
        return Token(
            access_token=str(body["access_token"]),
            instance_url=checked_url(str(body["instance_url"])),
            identity_url=str(body.get("id") or ""),
        )
    code = str(body.get("error") or f"ERROR_HTTP_{answer.status_code}")
    message = str(body.get("error_description") or _without_words(answer))[:200]
    temporary = answer.status_code >= 500 or answer.status_code in (408, 420, 429)
    temporary = temporary or code in _PASSING
    kind = _NotNow if temporary or not body else LoginError
    return_error = kind(code, message, status=answer.status_code)
    raise return_error


def _without_words(answer: requests.Response) -> str:
    """Why there is no token where the org does not say; of a redirect no more than whereto it leads."""
    target = urlsplit(answer.headers.get("Location") or "")
    if not answer.is_redirect or not target.hostname:
        return "the org gave no token"
    return (
        f"the login host sends elsewhere, to {target.scheme}://{target.hostname}; "
        "if that is the org's new address, set org.login_url to it"
    )


def _network_text(error: requests.RequestException) -> str:
    """The kind of failure only: the exception's own text may hold the request's URL and body."""
    return f"no answer from the login host ({type(error).__name__})"


def _seen(login: asyncio.Task[Token]) -> None:
    """Every caller may have been cancelled: then nobody else looks at the outcome."""
    if not login.cancelled():
        login.exception()  # noqa: LOG004 (a task's, not a logger's)


def _again(error: LoginError, seconds: float) -> LoginError:
    """A fresh error for each caller, since one exception must not be raised by two tasks."""
    repeated = type(error)(error.code, error.message, status=error.status)
    repeated.retry_after = max(seconds, 0.0)
    return repeated
