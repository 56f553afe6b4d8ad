"""How do tests and demos steer the sandbox?  The control endpoint below `/sandbox`, no login.

| call                              | what it does                                                   |
| --------------------------------- | -------------------------------------------------------------- |
| GET    /sandbox                   | url, ids, allocations, stream figures                          |
| POST   /sandbox/latency           | `{"ms": 80}` before every REST and login call                  |
| POST   /sandbox/act               | act as a person, see below                                     |
| GET    /sandbox/calls             | the call log; `?after=INDEX`, `?writes=1`, `?unguarded=1`      |
| DELETE /sandbox/calls             | forget the call log                                            |
| POST   /sandbox/sessions/revoke   | end all sessions, or those of `{"user": …}`                    |
| POST   /sandbox/refresh-tokens    | one for `{"user": …, "client_id": …}`, as of a log-in in a browser |
| GET, POST, DELETE /sandbox/faults | list, set, remove all (hold: calls go on); see `faults`        |
| DELETE /sandbox/faults/ID         | remove one                                                     |
| POST   /sandbox/assignment-rule   | `{"object": "Lead", "owner": ID}`; owner null switches it off  |
| POST   /sandbox/clock             | `{"shift_seconds": 3600}` ahead of real time                   |
| POST   /sandbox/limits            | set allocations, see below                                     |
| GET    /sandbox/told              | custom notifications and e-mail alerts that were sent          |
| POST   /sandbox/email-alerts      | `{"object": "Lead", "name": "Its_Name"}`: the org has it       |
| POST   /sandbox/invocables        | `{"name": "flow/Its_Name", "outputs": {…}}`, see below         |

What concerns the event bus (`/sandbox/streams…`, `/sandbox/flows`) stands in `control_streams`.

To act: `{"user": USERNAME_OR_ID, "create": [rows], "update": [rows], "delete": [ids],
"undelete": [ids]}`, each optional, in this order and one transaction each; rows carry
`attributes.type` (create) or `Id` (update); any number of rows, of any objects; platform events are
published. The changes bear the person's name and the origin of the user interface. Add
`"auto_assign": true` to let the assignment rule act, `"audit_fields": true` to say when and by whom
new rows were created, as imports of old records do. The answer lists `{id, success, errors}` per
row, under the same names.

An invocable is a flow (`flow/…`), Apex (`apex/…`), an agent (`generateAiAgentResponse/…`) or an action
of the platform (`standard/…`). `"outputs"` are what it answers, `"fails"` a status code by which it
fails, `"needs"` inputs that it can't do without, `"fills"` values that it gives to the record of the
input `recordId`; all optional.

The clock moves everything: stamps, the Date of answers, sessions (save those of connected CometD
clients), the retention of events, rolling allocations. It may be set any number of times.

Allocations: `{"api_calls": n, "delivered_events": n}` in any 24 hours, of change events and
platform events; `topic_events` of PushTopics; `published_events` in any hour; `clients` connected
at once, `clients_per_topic`. Each optional; `"used_by_others": {"api_calls": n, …}` uses so much of the
first four, as other integrations do. The answer tells what is used, as `GET /sandbox` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from ortoo_daemon.sandbox.bayeux.clients import Clients
from ortoo_daemon.sandbox.calls import CallLog, Write
from ortoo_daemon.sandbox.control_calls import bad_request, number_in, read_body
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.faults import Faults, fault_from
from ortoo_daemon.sandbox.middleware import Pace
from ortoo_daemon.sandbox.persons import Persons
from ortoo_daemon.sandbox.sessions import Sessions
from ortoo_daemon.sandbox.told import Invocable, Told
from ortoo_daemon.sandbox.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The control endpoint over the parts it steers."""

    sessions: Sessions
    clients: Clients
    usage: Usage
    faults: Faults
    calls: CallLog
    pace: Pace
    persons: Persons
    told: Told
    shift_clock: Callable[[timedelta], None]
    about: Callable[[], Mapping[str, Any]]

    def routes(self) -> list[web.RouteDef]:
        """The routes of the module's table."""
        return [
            web.get("/sandbox", self.overview),
            web.post("/sandbox/latency", self.latency),
            web.post("/sandbox/act", self.act),
            web.get("/sandbox/calls", self.list_calls),
            web.delete("/sandbox/calls", self.clear_calls),
            web.post("/sandbox/sessions/revoke", self.revoke),
            web.post("/sandbox/refresh-tokens", self.refresh_token),
            web.get("/sandbox/faults", self.list_faults),
            web.post("/sandbox/faults", self.set_fault),
            web.delete("/sandbox/faults", self.remove_faults),
            web.delete("/sandbox/faults/{id:\\d+}", self.remove_faults),
            web.post("/sandbox/assignment-rule", self.assignment_rule),
            web.post("/sandbox/clock", self.clock),
            web.post("/sandbox/limits", self.limits),
            web.get("/sandbox/told", self.list_told),
            web.post("/sandbox/email-alerts", self.add_alert),
            web.post("/sandbox/invocables", self.add_invocable),
        ]

    async def overview(self, _request: web.Request) -> web.Response:
        return web.json_response({**self.about(), "usage": self.usage.as_json()})

    async def latency(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        self.pace.latency_for = max(0.0, number_in(body, "ms") / 1000)
        return web.json_response({"ms": self.pace.latency_for * 1000})

    async def act(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        try:
            return web.json_response(self.persons.act(body))
        except (ValueError, OrgError) as error:
            raise bad_request(str(error)) from error

    async def list_calls(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "-1"))
        unguarded = "unguarded" in request.query
        shown = []
        for call in self.calls:
            writes = [w for w in call.writes if not (unguarded and w.guarded)]
            wanted = writes or not (unguarded or "writes" in request.query)
            if call.index > after and wanted:
                entry = asdict(call) | {"at": call.at.isoformat(), "writes": _shown(writes)}
                shown.append(entry)
        return web.json_response({"calls": shown})

    async def clear_calls(self, _request: web.Request) -> web.Response:
        self.calls.clear()
        return web.json_response({})

    async def revoke(self, request: web.Request) -> web.Response:
        name = (await read_body(request)).get("user")
        user_id = self.persons.user_id(str(name)) if name else None
        if name and user_id is None:
            raise bad_request(f"no such user: {name}")
        return web.json_response({"revoked": self.sessions.revoke_all(user_id=user_id)})

    async def refresh_token(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        user_id = self.persons.user_id(str(body.get("user")))
        if user_id is None:
            raise bad_request(f"no such user: {body.get('user')}")
        made = self.sessions.consent(user_id=user_id, client_id=str(body.get("client_id")))
        return web.json_response({"refresh_token": made}, status=201)

    async def list_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": [each.as_json() for each in self.faults]})

    async def set_fault(self, request: web.Request) -> web.Response:
        try:
            fault = fault_from(await read_body(request))
        except ValueError as error:
            raise bad_request(str(error)) from error
        return web.json_response({"id": self.faults.add(fault).id}, status=201)

    async def remove_faults(self, request: web.Request) -> web.Response:
        named = request.match_info.get("id")
        removed = self.faults.remove([int(named)] if named else None)
        return web.json_response({"removed": removed})

    async def assignment_rule(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        try:
            self.persons.set_assignment_rule(str(body.get("object")), body.get("owner"))
        except ValueError as error:
            raise bad_request(str(error)) from error
        return web.json_response({})

    async def clock(self, request: web.Request) -> web.Response:
        self.shift_clock(timedelta(seconds=number_in(await read_body(request), "shift_seconds")))
        return web.json_response({})

    async def list_told(self, _request: web.Request) -> web.Response:
        return web.json_response(self.told.as_json())

    async def add_alert(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        self.told.alerts_known.add(f"{body.get('object')}.{body.get('name')}")
        return web.json_response({"known": sorted(self.told.alerts_known)})

    async def add_invocable(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        self.told.invocables[str(body.get("name"))] = Invocable(
            outputs=body.get("outputs") or {},
            fails=body.get("fails"),
            needs=tuple(body.get("needs") or ()),
            fills=body.get("fills") or {},
        )
        return web.json_response({"known": sorted(self.told.invocables)})

    async def limits(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        others = body.get("used_by_others") or {}
        for name, allocation in (
            ("api_calls", self.usage.calls),
            ("delivered_events", self.usage.delivered_events),
            ("topic_events", self.usage.topic_events),
            ("published_events", self.usage.published_events),
        ):
            if name in body:
                allocation.max = int(number_in(body, name))
            if name in others:
                allocation.add(int(number_in(others, name)))
        if "clients" in body:
            self.clients.most = int(number_in(body, "clients"))
        if "clients_per_topic" in body:
            self.clients.most_per_topic = int(number_in(body, "clients_per_topic"))
        self.clients.wake_all()
        return web.json_response(self.usage.as_json())


def _shown(writes: Iterable[Write]) -> list[dict[str, Any]]:
    return [asdict(each) | {"guarded": each.guarded} for each in writes]
