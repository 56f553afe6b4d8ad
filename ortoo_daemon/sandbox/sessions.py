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
        """End one session; False when there is none of that token."""
        ended = self._sessions.pop(token, None) is not None
        self.on_end()
        return ended

    def revoke_all(self, *, user_id: str | None = None) -> int:
        """End every session, or every one of a user; returns how many."""
        doomed = [s.token for s in self if user_id in (None, s.user_id)]
        for token in doomed:
            del self._sessions[token]
        self.on_end()
        return len(doomed)
