"""Which access tokens open the org?  Issue, use, expiry and revocation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_TIMEOUT = timedelta(hours=2)


@dataclass(slots=True, kw_only=True)
class Session:
    """One login. `used_at` moves with every use: a used session does not expire."""

    token: str
    user_id: str
    client_id: str
    issued_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a refresh token stands for: a person let a client act for them."""

    user_id: str
    client_id: str


class Sessions:
    """The live sessions of the org. `on_end` is called after any session was ended."""

    def __init__(
        self,
        *,
        org_id: str,
        now: Callable[[], datetime],
        timeout: timedelta = SESSION_TIMEOUT,
    ) -> None:
        self._org_id = org_id
        self._now = now
        self._timeout = timeout
        self._sessions: dict[str, Session] = {}
        self._consents: dict[str, Consent] = {}
        self.on_end: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def issue(self, *, user_id: str, client_id: str) -> Session:
        """A new session with a token of the platform's shape, `<15-character org id>!<secret>`."""
        at = self._now()
        token = f"{self._org_id[:15]}!AQ{secrets.token_urlsafe(66)}"
        session = Session(
            token=token, user_id=user_id, client_id=client_id, issued_at=at, used_at=at
        )
        self._sessions[token] = session
        return session

    def consent(self, *, user_id: str, client_id: str) -> str:
        """A refresh token, as a person gets it for a client by logging in in a browser."""
        token = f"5Aep{secrets.token_urlsafe(60)}"
        self._consents[token] = Consent(user_id=user_id, client_id=client_id)
        return token

    def consented(self, refresh_token: str) -> Consent | None:
        """What a refresh token stands for; None when it was revoked, or never was one."""
        return self._consents.get(refresh_token)

    def use(self, token: str) -> Session | None:
        """The session of a token, marked as used now; None when there is none any more."""
        session = self._sessions.get(token)
        if session is None:
            return None
        at = self._now()
        if at - session.used_at > self._timeout:
            del self._sessions[token]
            return None
        session.used_at = at
        return session

    def keep(self, token: str) -> None:
        """A session in use does not expire: mark it as used now, however long ago it was."""
        if token in self._sessions:
            self._sessions[token].used_at = self._now()

    def valid(self, token: str) -> bool:
        """Whether a token opens the org now; counts as use."""
        return self.use(token) is not None

    def revoke(self, token: str) -> bool:
        """End one session, or by a refresh token all that it may have begun; False when nothing is of it."""
        consent = self._consents.pop(token, None)
        mine = (token,) if consent is None else tuple(self._of(consent))
        ended = consent is not None
        for each in mine:
            ended |= self._sessions.pop(each, None) is not None
        self.on_end()
        return ended

    def _of(self, consent: Consent) -> Iterator[str]:
        for session in self:
            if (session.user_id, session.client_id) == (consent.user_id, consent.client_id):
                yield session.token

    def revoke_all(self, *, user_id: str | None = None) -> int:
        """End every session, or every one of a user; returns how many."""
        doomed = [s.token for s in self if user_id in (None, s.user_id)]
        for token in doomed:
            del self._sessions[token]
        self.on_end()
        return len(doomed)
