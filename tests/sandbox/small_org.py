"""A small org with its own metadata, and a bare REST server over it, for tests of the org itself."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from ortoo_daemon.sandbox import rest
from ortoo_daemon.sandbox.keys import CLIENT, USAGE, USER_ID
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema
from ortoo_daemon.sandbox.usage import Usage

NO_RULES = WriteOptions(auto_assign=False)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
SITE_OBJECT = "<label>Site</label><pluralLabel>Sites</pluralLabel>" + (
    "<nameField><displayFormat>S-{0000}</displayFormat><type>AutoNumber</type></nameField>"
)
FIELDS = {
    "Lead": {
        "Key__c": "<type>Text</type><length>20</length><unique>true</unique>"
        "<externalId>true</externalId>",
        "Batch__c": "<type>Text</type><length>20</length><externalId>true</externalId>",
        "Score__c": "<type>Number</type><precision>5</precision><scale>2</scale>",
        "Prior__c": "<type>Text</type><length>18</length>",
        "Hot__c": "<type>Checkbox</type><defaultValue>false</defaultValue>",
        "Due__c": "<type>Date</type>",
        "Brand__c": "<type>Picklist</type><valueSet><restricted>true</restricted>"
        "<valueSetDefinition><value><fullName>Renault</fullName></value>"
        "<value><fullName>Dacia</fullName></value></valueSetDefinition></valueSet>",
        "Likes__c": "<type>MultiselectPicklist</type><visibleLines>4</visibleLines><valueSet>"
        "<valueSetDefinition><value><fullName>EV</fullName></value><value><fullName>Van</fullName>"
        "</value><value><fullName>SUV</fullName></value></valueSetDefinition></valueSet>",
        "Site__c": "<type>Lookup</type><referenceTo>Site__c</referenceTo>"
        "<relationshipName>Visitors</relationshipName>",
    },
    "Site__c": {
        "Code__c": "<type>Text</type><length>10</length><unique>true</unique>"
        "<externalId>true</externalId><required>true</required>",
        "Account__c": "<type>Lookup</type><referenceTo>Account</referenceTo>",
    },
}
OWNER_RULE = (
    "AND(ISCHANGED(Key__c), NOT(ISBLANK(Prior__c)), CASESAFEID(PRIORVALUE(OwnerId)) <> Prior__c)"
)


def write_metadata(root: Path, *, rule: str = OWNER_RULE) -> Path:
    """DX source with a custom object, fields and one validation rule; returns its folder."""
    objects = root / "main" / "default" / "objects"
    _write(objects / "Site__c" / "Site__c.object-meta.xml", "CustomObject", SITE_OBJECT)
    for entity, fields in FIELDS.items():
        for name, body in fields.items():
            path = objects / entity / "fields" / f"{name}.field-meta.xml"
            whole = f"<fullName>{name}</fullName><label>{name}</label>{body}"
            _write(path, "CustomField", whole)
    escaped = rule.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    _write(
        objects / "Lead" / "validationRules" / "Owner_Unchanged.validationRule-meta.xml",
        "ValidationRule",
        "<fullName>Owner_Unchanged</fullName><active>true</active>"
        f"<errorConditionFormula>{escaped}</errorConditionFormula>"
        "<errorMessage>The owner was changed meanwhile.</errorMessage>",
    )
    return root


def _write(path: Path, tag: str, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{_HEAD}<{tag} {_SPACE}>{body}</{tag}>", "utf-8")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 15, 30, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_for(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def new_user(org: Org, name: str, **values: object) -> str:
    row = {"LastName": name, "Username": f"{name}@example.org", "Email": f"{name}@example.org"}
    return org.create("User", row | values, user_id=org.system_user_id)


def new_queue(org: Org, name: str, *objects: str) -> str:
    queue = org.create("Group", {"Name": name, "Type": "Queue"}, user_id=org.system_user_id)
    for each in objects:
        listed = {"QueueId": queue, "SobjectType": each}
        org.create("QueueSobject", listed, user_id=org.system_user_id)
    return queue


def new_lead(org: Org, name: str = "Durand", **values: object) -> str:
    row = {"LastName": name, "Company": "Durand SA"} | values
    return org.create("Lead", row, user_id=org.system_user_id, options=NO_RULES)


def small_org(root: Path, clock: Clock) -> Org:
    return Org(Schema.load(write_metadata(root)), clock=clock)


@contextmanager
def served(org: Org, user_id: str, usage: Usage | None = None) -> Iterator[str]:
    """The org's REST resources on localhost, every call made by `user_id`; yields the URL."""

    @web.middleware
    async def as_user(request: web.Request, handler: object) -> web.StreamResponse:
        request[USER_ID] = user_id
        request[CLIENT] = "tests"
        return await handler(request)  # type: ignore[operator,no-any-return]

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application(middlewares=[as_user])
        app[USAGE] = usage or Usage()
        app.add_routes(rest.routes(org))
        runner = web.AppRunner(app, max_line_size=40_000, max_field_size=40_000)
        await runner.setup()
        site = web.TCPSite(runner, "localhost", 0)
        await site.start()
        return runner, int(runner.addresses[0][1])

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield f"http://localhost:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
