"""How do tests and demos steer the sandbox's event bus?  Its part of the control endpoint.

| call                               | what it does                                                  |
| ---------------------------------- | ------------------------------------------------------------- |
| GET    /sandbox/streams            | connected CometD clients, their positions, what was delivered |
| POST   /sandbox/streams/drop       | forget every CometD client (`403::Unknown client`)            |
| POST   /sandbox/streams/expire     | expire replay ids: all, or `{"through": ID, "channel": NAME}` |
| POST   /sandbox/streams/gap        | gap events, now or instead of the next ones; see below        |
| POST   /sandbox/streams/damage     | events nobody can read, instead of the next ones; see below   |
| GET    /sandbox/flows              | the record-triggered flows that publish platform events       |
| POST   /sandbox/flows              | switch a flow on or off, or set one; see below                |

Gap events: `{"object": "Lead", "kind": "GAP_UPDATE", "ids": [IDS]}` delivers one now (GAP_CREATE,
GAP_UPDATE, GAP_DELETE, GAP_UNDELETE); with `"kind": "GAP_OVERFLOW"` and no ids it bears the empty
record id, and `"ids": ["00Q*"]` is the wildcard that a lossy change of a field's type leaves.
`{"object": "Lead", "next": 2}` turns the next two change events of leads into gap events;
`{"overflow_after": 10}` lets every transaction overflow beyond ten changes (100,000 at first).
Damage: `{"object": "Lead", "next": 2, "header": {"recordIds": [5]}}` puts these members into the headers
of the next two change events of leads.

Flows: `{"name": "Ortoo_Lead_Changed", "active": true}` switches one of the metadata on. A new one
is set by `{"name": N, "object": "Lead", "event": "New_Lead__e", "on": ["create", "update"],
"values": {"RecordId__c": "$Record.Id"}}`; it is active at once, unless told otherwise.
Silence, and refused subscriptions, are faults: see `faults`. A PushTopic is a row like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ortoo_daemon.sandbox.bayeux.clients import Clients
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.bayeux.publisher import NO_RECORD, OVERFLOW, Publisher
from ortoo_daemon.sandbox.changes import ChangeType, Transaction
from ortoo_daemon.sandbox.control_calls import bad_request, number_in, only_members, read_body
from ortoo_daemon.sandbox.flows import Flow, Flows
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.unit import transaction_key
from ortoo_daemon.sandbox.usage import Usage

_GAPS = (*(f"GAP_{each}" for each in ChangeType), OVERFLOW)
_STARTS = {"create": ChangeType.CREATE, "update": ChangeType.UPDATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamControl:
    """The control endpoint over the event bus."""

    org: Org
    clients: Clients
    log: EventLog
    usage: Usage
    publisher: Publisher
    flows: Flows

    def routes(self) -> list[web.RouteDef]:
        """The routes of the module's table."""
        return [
            web.get("/sandbox/streams", self.streams),
            web.post("/sandbox/streams/drop", self.drop),
            web.post("/sandbox/streams/expire", self.expire),
            web.post("/sandbox/streams/gap", self.gap),
            web.post("/sandbox/streams/damage", self.damage),
            web.get("/sandbox/flows", self.list_flows),
            web.post("/sandbox/flows", self.set_flow),
        ]

    async def streams(self, _request: web.Request) -> web.Response:
        clients = [
            {
                "clientId": c.client_id,
                "positions": c.positions,
                "held": c.held,
                "connects": c.connects,
            }
            for c in self.clients
        ]
        figures = {"clients": clients, "last_id": self.log.last_id, "retained": len(self.log)}
        used = {
            "delivered": self.usage.delivered_events.used,
            "topic_delivered": self.usage.topic_events.used,
            "published": self.usage.published_events.used,
        }
        return web.json_response(figures | used)

    async def drop(self, _request: web.Request) -> web.Response:
        return web.json_response({"dropped": self.clients.drop_all()})

    async def expire(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        only_members(body, "through", "channel")
        expired = self.log.expire(body.get("through"), channel=body.get("channel"))
        return web.json_response({"expired": expired})

    async def gap(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        only_members(body, "object", "kind", "ids", "next", "overflow_after")
        if "overflow_after" in body:
            self.publisher.most_changes = int(number_in(body, "overflow_after"))
        if "next" in body:
            self.publisher.gaps_due[self._entity(body)] = int(number_in(body, "next"))
        if "kind" in body:
            self._gap_now(body)
        return web.json_response({"last_id": self.log.last_id})

    async def damage(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        only_members(body, "object", "next", "header")
        header = body.get("header")
        if not isinstance(header, dict):
            raise bad_request(
                "header must be an object: the members that are to say something else"
            )
        times = int(number_in(body, "next"))
        self.publisher.damages_due.setdefault(self._entity(body), []).extend([header] * times)
        return web.json_response({"last_id": self.log.last_id})

    def _gap_now(self, body: Mapping[str, Any]) -> None:
        kind = body["kind"]
        if kind not in _GAPS:
            raise bad_request(f"kind must be one of {', '.join(_GAPS)}")
        ids = body.get("ids", [NO_RECORD] if kind == OVERFLOW else None)
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise bad_request("ids must be a list of record ids")
        self.publisher.publish_gap(self._unseen(), self._entity(body), kind, ids)

    def _unseen(self) -> Transaction:
        """What the org itself did beneath all transactions: gap events tell of such changes."""
        return Transaction(
            key=transaction_key(self.org.storage.next_number("transaction")),
            user_id=self.org.system_user_id,
            client=None,
            api="",
            version="",
            committed_at=self.org.clock(),
            changes=(),
        )

    def _entity(self, body: Mapping[str, Any]) -> str:
        kind = self.org.schema.find(str(body.get("object", "")))
        if kind is None:
            raise bad_request(f"no such object: {body.get('object')!r}")
        return kind.name

    async def list_flows(self, _request: web.Request) -> web.Response:
        return web.json_response({"flows": [each.as_json() for each in self.flows]})

    async def set_flow(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        only_members(body, "name", "object", "event", "on", "values", "active")
        active = body.get("active", True) is True
        try:
            name = str(body["name"])
            if "event" in body:
                flow = self.flows.set(_flow_of(name, body, active=active))
            else:
                flow = self.flows.activate(name, active=active)
        except KeyError as error:
            raise bad_request(f"{error.args[0]} is missing") from error
        except ValueError as error:
            raise bad_request(str(error)) from error
        return web.json_response(flow.as_json())


def _flow_of(name: str, body: Mapping[str, Any], *, active: bool) -> Flow:
    on = body.get("on", list(_STARTS))
    if not isinstance(on, list) or not on or not set(on) <= set(_STARTS):
        raise ValueError(f"on must be a list of {', '.join(_STARTS)}")
    if not isinstance(body["values"], dict):
        raise ValueError("values must be an object: the event's fields")
    return Flow(
        name=name,
        entity=str(body["object"]),
        event=str(body["event"]),
        on=frozenset(_STARTS[each] for each in on),
        values=body["values"],
        active=active,
    )
