"""How does a client log in?  The OAuth endpoints of the org.

`POST /services/oauth2/token` with client_credentials, JWT bearer or a refresh token, `/revoke`,
`/userinfo` and the identity URL. Refresh tokens are given by the control endpoint, in place of a
person who logs in in a browser. Refusals carry the platform's `error` and `error_description`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import jwt
from aiohttp import web

from ortoo_daemon.sandbox.connected_app import ConnectedApp
from ortoo_daemon.sandbox.sessions import Session, Sessions

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST_ASSERTION = timedelta(minutes=5)
CLOCK_TOLERANCE = timedelta(seconds=30)
_MILLISECONDS = 100_000_000_000  # seconds stay below this until the year 5138


class Users(Protocol):
    """Where the org's users are looked up; rows are in API form."""

    def by_username(self, username: str) -> Mapping[str, Any] | None: ...

    def by_id(self, user_id: str) -> Mapping[str, Any] | None: ...


class Refused(Exception):
    """A login that fails, in OAuth's words."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """The OAuth endpoints of one org. `base_url` gives the org's own address."""

    org_id: str
    apps: Sequence[ConnectedApp]
    users: Users
    sessions: Sessions
    now: Callable[[], datetime]
    base_url: Callable[[], str]

    def routes(self) -> list[web.RouteDef]:
        """The routes below /services/oauth2, and the identity URL."""
        return [
            web.post("/services/oauth2/token", self.token),
            web.post("/services/oauth2/revoke", self.revoke),
            web.get("/services/oauth2/revoke", self.revoke),
            web.get("/services/oauth2/userinfo", self.userinfo),
            web.post("/services/oauth2/userinfo", self.userinfo),
            web.get("/id/{org_id}/{user_id}", self.identity),
        ]

    async def token(self, request: web.Request) -> web.Response:
        """Log a client in."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        grants = {
            JWT_BEARER: self._by_assertion,
            "client_credentials": self._by_secret,
            "refresh_token": self._by_refresh_token,
        }
        try:
            grant = grants.get(form.get("grant_type", ""))
            if grant is None:
                raise Refused("unsupported_grant_type", "grant type not supported")
            app, user = grant(form | _basic(request))
            if not user["IsActive"]:
                raise Refused("inactive_user", "user is inactive")
        except Refused as refusal:
            return _refusal(refusal)
        session = self.sessions.issue(user_id=str(user["Id"]), client_id=app.client_id)
        return web.json_response(self._grant(session, app))

    async def revoke(self, request: web.Request) -> web.Response:
        """End the session of a token."""
        form = await request.post() if request.method == "POST" else request.query
        if not self.sessions.revoke(str(form.get("token", ""))):
            return _refusal(Refused("unsupported_token_type", "this token type is not supported"))
        return web.Response()

    async def userinfo(self, request: web.Request) -> web.Response:
        """Who the token's user is."""
        user = self._caller(request)
        if user is None:
            return web.Response(status=403, text="Bad_OAuth_Token")
        return web.json_response(self._profile(user))

    async def identity(self, request: web.Request) -> web.Response:
        """The identity URL of a token response."""
        user = self._caller(request)
        if user is None:
            return web.Response(status=403, text="Bad_OAuth_Token")
        asked = (request.match_info["org_id"], request.match_info["user_id"])
        if asked != (self.org_id, user["Id"]):
            return web.Response(status=404, text="Bad_Id")
        profile = self._profile(user)
        profile |= {
            "id": self._identity_url(str(user["Id"])),
            "asserted_user": True,
            "username": user["Username"],
            "display_name": user["Name"],
            "user_type": "STANDARD",
            "timezone": user["TimeZoneSidKey"],
            "active": user["IsActive"],
        }
        return web.json_response(profile)

    def _by_secret(self, form: Mapping[str, str]) -> tuple[ConnectedApp, Mapping[str, Any]]:
        app = self._app(form.get("client_id"))
        secret = form.get("client_secret", "")
        if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
            raise Refused("invalid_client", "invalid client credentials")
        user = self.users.by_id(app.run_as)
        if user is None:
            raise Refused("invalid_grant", "no client credentials user enabled")
        return app, user

    def _by_assertion(self, form: Mapping[str, str]) -> tuple[ConnectedApp, Mapping[str, Any]]:
        assertion = form.get("assertion", "")
        try:
            claimed = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError as error:
            raise Refused("invalid_grant", "invalid assertion") from error
        app = self._app(claimed.get("iss"))
        claims = _verified(assertion, app)
        self._check_times(claims)
        self._check_audience(claims.get("aud"))
        user = self.users.by_username(str(claims.get("sub", "")))
        if user is None:
            raise Refused("invalid_grant", "user hasn't approved this consumer")
        return app, user

    def _by_refresh_token(self, form: Mapping[str, str]) -> tuple[ConnectedApp, Mapping[str, Any]]:
        consent = self.sessions.consented(form.get("refresh_token", ""))
        app = self._app(form.get("client_id"))
        secret = form.get("client_secret", app.client_secret)
        if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
            raise Refused("invalid_client", "invalid client credentials")
        user = self.users.by_id(consent.user_id) if consent is not None else None
        if consent is None or user is None or consent.client_id != app.client_id:
            raise Refused("invalid_grant", "expired access/refresh token")
        return app, user

    def _app(self, client_id: object) -> ConnectedApp:
        for app in self.apps:
            if app.client_id == client_id:
                return app
        raise Refused("invalid_client_id", "client identifier invalid")

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        """`exp` as simple-salesforce (text), sf (milliseconds) and everybody else write it."""
        try:
            expires = float(claims["exp"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("invalid_grant", "invalid assertion") from error
        if not math.isfinite(expires):
            raise Refused("invalid_grant", "invalid assertion")
        if expires > _MILLISECONDS:
            expires /= 1000
        left = timedelta(seconds=expires - self.now().timestamp())
        if left < -CLOCK_TOLERANCE:
            raise Refused("invalid_grant", "expired authorization code")
        if left > LONGEST_ASSERTION + CLOCK_TOLERANCE:
            raise Refused("invalid_grant", "assertion expires too far in the future")

    def _check_audience(self, audience: object) -> None:
        wanted = {str(each).rstrip("/") for each in _listed(audience)}
        known = {self.base_url(), f"{self.base_url()}/services/oauth2/token", *LOGIN_HOSTS}
        if not wanted & known:
            raise Refused("invalid_grant", "audience is invalid")

    def _caller(self, request: web.Request) -> Mapping[str, Any] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            token = request.query.get("access_token", "")
        session = self.sessions.use(token.strip())
        return self.users.by_id(session.user_id) if session else None

    def _grant(self, session: Session, app: ConnectedApp) -> dict[str, Any]:
        identity = self._identity_url(session.user_id)
        issued_at = str(int(session.issued_at.timestamp() * 1000))
        signed = hmac.new(
            app.client_secret.encode(), f"{identity}{issued_at}".encode(), hashlib.sha256
        )
        return {
            "access_token": session.token,
            "signature": base64.b64encode(signed.digest()).decode(),
            "scope": "api",
            "instance_url": self.base_url(),
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }

    def _identity_url(self, user_id: str) -> str:
        return f"{self.base_url()}/id/{self.org_id}/{user_id}"

    def _profile(self, user: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "sub": self._identity_url(str(user["Id"])),
            "user_id": user["Id"],
            "organization_id": self.org_id,
            "preferred_username": user["Username"],
            "nickname": user.get("Alias"),
            "name": user["Name"],
            "email": user["Email"],
            "zoneinfo": user["TimeZoneSidKey"],
            "locale": user["LocaleSidKey"],
        }


def _verified(assertion: str, app: ConnectedApp) -> dict[str, Any]:
    """The claims of an assertion that the app's certificate proves."""
    if app.public_key is None:
        raise Refused("invalid_grant", "invalid assertion")
    try:
        return jwt.decode(
            assertion,
            app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise Refused("invalid_grant", "invalid assertion") from error


def _basic(request: web.Request) -> dict[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        login, _, password = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": login, "client_secret": password}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _refusal(refusal: Refused) -> web.Response:
    body = {"error": refusal.error, "error_description": refusal.description}
    return web.json_response(body, status=400)
