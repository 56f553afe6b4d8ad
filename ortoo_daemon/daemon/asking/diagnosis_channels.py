"""Do the org's event channels bring what the daemon needs? Each finding with its fix; nothing is kept."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.hearing.event_settings import Channel
from ortoo_daemon.errors import OrgError
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.stream.probe import probe_channels

_CHECK = "events"

_MENDS: Mapping[str, str] = {
    "data": "deploy config/salesforce/main (channel and members), and check events.channels",
    "event": "create the platform event (names are case-sensitive), give the daemon's user read access to "
    "it, and check events.channels",
    "topic": "create the PushTopic, give the daemon's user access to its object and fields, and check "
    "events.channels",
}

_SELECTED = re.compile(r"\s*SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<object>\w+)", re.IGNORECASE)


async def about_channels(org: Org, wanted: Iterable[Channel], *, api_version: str) -> list[Finding]:
    """Each channel is really subscribed for a moment; then what its events tell is looked at."""
    channels = {each.channel: each for each in wanted}
    found = await probe_channels(org.tokens, channels, api_version=api_version)
    findings = []
    for name, refusal in found.items():
        if refusal is not None:
            findings.append(failed(_CHECK, f"{name}: {refusal}", _MENDS[channels[name].kind]))
        else:
            findings.append(await _content(org, channels[name]))
    return findings


async def _content(org: Org, channel: Channel) -> Finding:
    try:
        if channel.kind == "topic":
            return await _topic(org, channel)
        if channel.channel.endswith("__e"):
            return await _platform_event(org, channel)
    except OrgError as error:
        mend = f"give the daemon's user access to what {channel} is made of"
        return failed(
            _CHECK, f"{channel} can be subscribed; its making can't be read: {error}", mend
        )
    return passed(_CHECK, f"{channel} can be subscribed")


async def _platform_event(org: Org, channel: Channel) -> Finding:
    name = channel.channel.rpartition("/")[2]
    described: dict[str, Any] = await org.rest.call("GET", f"sobjects/{soql.name(name)}/describe")
    fields = sorted(each["name"] for each in described["fields"])
    if channel.record_id not in fields:
        own = ", ".join(each for each in fields if each.endswith("__c")) or "none"
        text = f"{channel} has no field {channel.record_id} (its own fields: {own})"
        return failed(_CHECK, text, f"add the field to {name}, or name another one as record_id")
    return passed(
        _CHECK, f"{channel} can be subscribed and names its record in {channel.record_id}"
    )


async def _topic(org: Org, channel: Channel) -> Finding:
    where = [soql.equals("Name", channel.channel.rpartition("/")[2])]
    rows = await org.query(soql.select("PushTopic", ["Query", "IsActive"], where=where))
    if not rows:
        return failed(_CHECK, f"{channel}: there is no such PushTopic", _MENDS["topic"])
    if not rows[0]["IsActive"]:
        return failed(_CHECK, f"{channel} is not active", "set IsActive of the PushTopic")
    selected = _SELECTED.match(str(rows[0]["Query"]))
    if selected is None or "id" not in re.split(r"\s*,\s*", selected["fields"].casefold()):
        return failed(_CHECK, f"{channel} does not select Id", "add Id to the PushTopic's query")
    return passed(_CHECK, f"{channel} can be subscribed and tells of {selected['object']}")
