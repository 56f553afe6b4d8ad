"""May these channels be subscribed? Really tries, and leaves at once; no event is kept or counted as read."""

import asyncio
from collections.abc import Collection

from aiosfstream_ng.exceptions import AiosfstreamException, ServerError

from ortoo_daemon.errors import OrtooError
from ortoo_daemon.salesforce.rest import Tokens
from ortoo_daemon.salesforce.stream.client import TIP, StreamClient
from ortoo_daemon.salesforce.stream.failures import failure_in


async def probe_channels(
    tokens: Tokens, channels: Collection[str], *, api_version: str, within: float = 20.0
) -> dict[str, str | None]:
    """For each channel None where a subscription was accepted, else why not. Raises nothing of the org's."""
    client = StreamClient(tokens, api_version=api_version)
    try:
        async with asyncio.timeout(within):
            await client.open()
            return {channel: await _refusal(client, channel) for channel in sorted(channels)}
    except (AiosfstreamException, OrtooError, OSError, TimeoutError) as error:
        return dict.fromkeys(sorted(channels), _text(error))
    finally:
        await client.close()


async def _refusal(client: StreamClient, channel: str) -> str | None:
    client.positions.put(channel, TIP)
    try:
        await client.subscribe(channel)
    except ServerError as error:
        return failure_in(error.response).text
    return None


def _text(error: Exception) -> str:
    if isinstance(error, ServerError):
        return failure_in(error.response).text
    return f"no session with the org's event bus: {type(error).__name__}: {error}"
