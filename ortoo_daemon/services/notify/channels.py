"""How does a notice leave for the world outside the org? By the apprise URLs of a named channel.

URLs hold secrets: nothing here says one, and apprise's own log, which may, is silenced. Apprise is imported
when the first channel is used: whoever tells by the org alone does without.
"""

import asyncio
import logging
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from ortoo_daemon.services.notify.templates import Message

KEY_HEADER = "X-Ortoo-Notice"
"""By which a receiver knows a repetition; sent where the way carries headers."""

_WITH_HEADERS = ("json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos")
_AT_MOST_FOR = 30.0


class ChannelError(Exception):
    """A notice did not get through; the message holds no secret."""


class Channels:
    """The channels of the settings: names and their URLs."""

    def __init__(self, urls: Mapping[str, Sequence[str]]) -> None:
        self._urls = {name: tuple(each) for name, each in urls.items()}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._urls)

    def count(self, channel: str) -> int:
        """How many addresses a channel has; 0 where there is no such channel."""
        return len(self._urls.get(channel, ()))

    def wrong(self) -> list[str]:
        """What is wrong with the addresses, one sentence each; they are named by their number."""
        if not self._urls:
            return []
        try:
            apprise = _apprise()
        except ChannelError as error:
            return [str(error)]
        return [
            f"channel {name}, address {number}: apprise can't use it"
            for name, urls in sorted(self._urls.items())
            for number, url in enumerate(urls, start=1)
            if apprise.Apprise.instantiate(url, suppress_exceptions=True) is None
        ]

    async def tell(self, channel: str, address: int, message: Message, *, key: str) -> None:
        """Send by one address of a channel, numbered from 0. Raises ChannelError."""
        urls = self._urls.get(channel, ())
        if not 0 <= address < len(urls):
            raise ChannelError(f"the settings have no channel {channel} with address {address + 1}")
        target = await asyncio.to_thread(_target, _with_key(urls[address], key))
        if target is None:
            raise ChannelError(f"channel {channel}: apprise can't use address {address + 1}")
        body = message.text or message.title
        title = message.title if message.text else ""
        try:
            async with asyncio.timeout(_AT_MOST_FOR):
                sent = await target.async_notify(body=body, title=title, body_format="text")
        except TimeoutError:
            raise ChannelError(f"channel {channel}: no answer within {_AT_MOST_FOR:g} s") from None
        except Exception as error:  # apprise's plugins raise what their libraries raise
            raise ChannelError(f"channel {channel}: {type(error).__name__}") from None
        if not sent:
            raise ChannelError(f"channel {channel}: address {address + 1} did not take it")


def _target(url: str) -> Any:
    apprise = _apprise()
    target = apprise.Apprise()
    return target if target.add(url) else None


@cache
def _apprise() -> Any:
    try:
        with warnings.catch_warnings():  # of modules that some of its plugins still look for
            warnings.simplefilter("ignore", DeprecationWarning)
            import apprise

            apprise.Apprise.instantiate("json://localhost")  # which loads its plugins
    except ImportError:
        message = "channels need apprise: pip install 'ortoo-daemon[notify]'"
        raise ChannelError(message) from None
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return apprise


def _with_key(url: str, key: str) -> str:
    """The URL with the notice's key as a header, where the way knows headers."""
    schema = url.partition("://")[0].casefold()
    if schema not in _WITH_HEADERS:
        return url
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}+{KEY_HEADER}={quote(key, safe='')}"
