"""How does the command line ask the running daemon how it stands? Over HTTP, where the settings say."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from ortoo_daemon.daemon.secrets import watch_token
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.watching.address import Address
from ortoo_daemon.errors import ConfigError, OrtooError, Place, Problem

_ANSWERS_WITHIN = 5.0


class NoDaemonError(OrtooError):
    """No daemon answers there, or not as it should."""


class DaemonView:
    """Asks one daemon."""

    def __init__(self, address: Address, token: str | None) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def of_settings(cls, config: Path) -> "DaemonView":
        """The daemon of these settings. Raises ConfigError when they say nowhere to ask."""
        settings = load_settings(config)
        address = settings.watch.address
        if address is None:
            message = "the settings name no place to look at the daemon"
            mend = "set watch: {listen: 127.0.0.1:9464} and restart it"
            raise ConfigError(
                [Problem(place=Place(str(config)), rule="settings", message=message, mend=mend)]
            )
        return cls(address, watch_token(settings))

    async def status(self) -> dict[str, Any]:
        """The document of ``/status``. Raises NoDaemonError."""
        return await self._document("status", known_by="parts")

    async def candidate(self) -> dict[str, Any]:
        """The document of ``/candidate``. Raises NoDaemonError."""
        return await self._document("candidate", known_by="comparison")

    async def _document(self, page: str, *, known_by: str) -> dict[str, Any]:
        connector = aiohttp.UnixConnector(self._address.path) if self._address.path else None
        host = "localhost" if self._address.path else str(self._address)
        timeout = aiohttp.ClientTimeout(total=_ANSWERS_WITHIN)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=timeout, headers=self._headers
                ) as session,
                session.get(f"http://{host}/{page}") as answer,
            ):
                if answer.status != 200:
                    raise NoDaemonError(self._refused(answer.status))
                document = await answer.json()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise NoDaemonError(self._silent(error)) from None
        if not isinstance(document, dict) or known_by not in document:
            raise NoDaemonError(f"what answers at {self._address} is no ortoo-daemon")
        return document

    def _refused(self, status: int) -> str:
        if status == 401:
            return (
                f"the daemon at {self._address} wants its token: "
                "name it as watch.token_file or ORTOO_WATCH__TOKEN"
            )
        return f"what answers at {self._address} gives HTTP {status}; is it an ortoo-daemon?"

    def _silent(self, error: Exception) -> str:
        why = "it took too long" if isinstance(error, TimeoutError) else ""
        why = why or getattr(error, "strerror", None) or str(error)
        return (
            f"no daemon answers at {self._address} ({why}); "
            "is it running (`systemctl status ortoo-daemon`), and with these settings?"
        )


def ask_once(view: DaemonView) -> dict[str, Any]:
    """One look. Raises NoDaemonError."""
    return asyncio.run(view.status())
