"""How does one HTTP request reach the org? simple-salesforce on a thread of its own session.

Adds what simple-salesforce lacks: timeouts, plain http to a sandbox on this machine, the headers of the
answer. It neither retries nor refreshes tokens: that is `rest`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from pydantic_core import from_json
from requests.auth import AuthBase
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError

from ortoo_daemon.errors import OrgError, OutcomeUnknownError, TemporaryOrgError, TooLateError
from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.salesforce.bounded import Bounded
from ortoo_daemon.salesforce.responses import error_of, understood
from ortoo_daemon.salesforce.row_bodies import RowsBody
from ortoo_daemon.salesforce.soql import PLAIN_IN_URI
from ortoo_daemon.salesforce.tokens import Token, is_local_http

ON_EVERY_CALL: Mapping[str, str] = {"Sforce-Call-Options": "client=ortoo", "X-PrettyPrint": "0"}

ON_EVERY_WRITE: Mapping[str, str] = {"Sforce-Auto-Assign": "FALSE"}
"""Absent means TRUE: the org's own assignment rules would route the record again."""


MayGo = Callable[[float], bool]
"""Whether a request that takes so many seconds at most may still be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call below /services/data/vX.0/. A repetition sends the same value again.

    ``may_go`` is asked each time, at the last moment. ``raw``: the answer is bytes, and no JSON.
    """

    method: str
    path: str
    body: Any = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    may_go: MayGo | None = None
    raw: bool = False

    @property
    def address(self) -> str:
        """Path and query string; left to requests, the marks of SOQL would be escaped too."""
        if not self.params:
            return self.path
        return f"{self.path}?{urlencode(self.params, safe=PLAIN_IN_URI)}"

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


def guarded(request: Request) -> Request:
    """The request with the headers no call may lack, its composite subrequests included.

    Subrequests inherit Accept, Authorization and Content-Type only, so they need their own.
    """
    headers = {**ON_EVERY_CALL, **request.headers}
    if request.writes:
        headers.update(ON_EVERY_WRITE)
    return Request(
        method=request.method,
        path=request.path,
        params=request.params,
        headers=headers,
        may_go=request.may_go,
        raw=request.raw,
        body=_guarded_body(request.body) if request.writes else request.body,
    )


def _guarded_body(body: Any) -> Any:
    if not isinstance(body, Mapping):
        return body
    if "compositeRequest" in body:
        return {**body, "compositeRequest": [_guarded_part(p) for p in body["compositeRequest"]]}
    if "graphs" in body:
        return {**body, "graphs": [_guarded_body(graph) for graph in body["graphs"]]}
    return body


def _guarded_part(part: Mapping[str, Any]) -> Mapping[str, Any]:
    if part["method"] == "GET":
        return part
    return {**part, "httpHeaders": {**part.get("httpHeaders", {}), **ON_EVERY_WRITE}}


class Transport:
    """Sends requests; one session and one Salesforce object for each thread that calls it."""

    def __init__(
        self,
        *,
        api_version: str,
        timeout: tuple[float, float],
        heard: Callable[[requests.Response], None],
    ) -> None:
        self._api_version = api_version
        self._timeout = timeout
        self._heard = heard
        self._of_thread = threading.local()
        self._sessions: list[requests.Session] = []

    def send(self, token: Token, request: Request) -> Any:
        """The parsed body, None where there is none. Raises OrgError."""
        if request.may_go is not None and not request.may_go(sum(self._timeout)):
            raise TooLateError(
                "TOO_LATE", "not sent: the record may be another daemon's by its end"
            )
        salesforce = self._salesforce(token)
        try:
            found = salesforce.restful(
                request.address,
                method=request.method,
                headers=dict(request.headers),
                **({} if request.body is None else {"data": _sendable(request.body)}),
            )
            return self._bytes() if request.raw else found
        except SalesforceError as error:
            raise self._refused(error, request) from None
        except requests.JSONDecodeError:
            return self._bytes() if request.raw else self._empty_or_unreadable(request)
        except requests.RequestException as error:
            raise _lost(error, request) from None
        finally:
            self._of_thread.answered = None  # it holds the request's body: megabytes in a burst

    def versions(self, token: Token) -> tuple[str, ...]:
        """Versions of the API that the org speaks, the oldest first. Raises OrgError."""
        salesforce = self._salesforce(token)
        request = Request(method="GET", path="services/data")
        try:
            answer = salesforce.session.get(f"https://{salesforce.sf_instance}/services/data")
        except requests.RequestException as error:
            raise _lost(error, request) from None
        with understood():
            return tuple(str(each["version"]) for each in answer.json())

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def _salesforce(self, token: Token) -> Salesforce:
        """This thread's client for the token; the session and its connections outlive tokens."""
        local = self._of_thread
        if getattr(local, "token", None) != token:
            if not hasattr(local, "session"):
                local.session, local.answered = self._new_session(), None
            if is_local_http(token.instance_url):
                address = f"https://{urlsplit(token.instance_url).netloc}/"
                local.session.mount(address, _LocalHttp(self._timeout))
            local.salesforce = _Salesforce(
                session=local.session,
                session_id=token.access_token,
                instance_url=token.instance_url,
                version=self._api_version,
                object_pairs_hook=None,
            )
            local.token = token
        found: Salesforce = local.salesforce
        return found

    def _new_session(self) -> requests.Session:
        session = _Straight()
        session.auth = _KeepAuthorization()
        session.mount("https://", Bounded(self._timeout))
        session.hooks["response"].append(self._note)
        self._sessions.append(session)
        return session

    def _note(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        self._of_thread.answered = answer
        self._heard(answer)

    def _refused(self, error: SalesforceError, request: Request) -> OrgError:
        answer: requests.Response | None = self._of_thread.answered
        wait = answer.headers.get("Retry-After", "") if answer is not None else ""
        return error_of(
            error.status,
            error.content,
            resource=f"{request.method} {request.path}",
            writing=request.writes,
            retry_after=float(wait) if wait.isdecimal() else None,
        )

    def _bytes(self) -> bytes:
        answer: requests.Response | None = self._of_thread.answered
        return b"" if answer is None else answer.content

    def _empty_or_unreadable(self, request: Request) -> None:
        """A success without JSON: nothing at all is an answer, a page of HTML is not."""
        answer: requests.Response | None = self._of_thread.answered
        if answer is not None and not answer.content.strip():
            return
        kind = OutcomeUnknownError if request.writes else TemporaryOrgError
        raise kind("NOT_JSON", "the answer is not JSON; a proxy may stand in between")


def _sendable(body: Any) -> bytes | RowsBody:
    if not isinstance(body, RowsBody):
        return json_bytes(body)
    return body if body.is_long else b"".join(body)


def _lost(error: requests.RequestException, request: Request) -> OrgError:
    """No answer. A connection that was never made is safe to repeat; anything else may have arrived."""
    text = f"no answer from the org ({type(error).__name__})"
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return NotSentError("NOT_SENT", text)
    return (OutcomeUnknownError if request.writes else TemporaryOrgError)("NO_ANSWER", text)


class NotSentError(TemporaryOrgError):
    """The request never left: no connection could be made."""


def _never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")


class _Salesforce(Salesforce):  # type: ignore[misc]
    """Reads answers with pydantic's parser, in half of the time. It keeps texts that many rows hold once:
    orjson's values take 1.2 KB more for each record in hand."""

    def parse_result_to_json(self, result: requests.Response) -> Any:
        """Raises requests.JSONDecodeError."""
        try:
            found = from_json(result.content)
        except ValueError:
            found = _read_patiently(result)
        if isinstance(found, dict | list | str):
            return found
        raise requests.JSONDecodeError("neither an object nor a list", "", 0)


def _read_patiently(result: requests.Response) -> Any:
    """Half of a surrogate pair passes; no JSON, or what is nested without end, is a JSONDecodeError."""
    try:
        return result.json()
    except RecursionError:
        raise requests.JSONDecodeError("nested too deeply", "", 0) from None


class _Straight(requests.Session):
    """Follows no redirect: it would make a read of a write, or carry a record's values elsewhere."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _KeepAuthorization(AuthBase):
    """Keeps requests from putting a password of ~/.netrc in place of the access token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _LocalHttp(Bounded):
    """Speaks http where simple-salesforce can only say https: a sandbox on this machine."""

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: Any = None, **options: Any
    ) -> requests.Response:
        if request.url is not None:
            request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, timeout=timeout, **options)
