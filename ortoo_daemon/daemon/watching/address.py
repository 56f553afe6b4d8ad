"""Where is the daemon to be looked at? An address of this machine or a Unix socket, as admins write it."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

_HOST_AND_PORT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/\s]+)):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Address:
    """Either ``path`` (a Unix socket) or ``host`` and ``port``; port 0 is any free one."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """``127.0.0.1:9464``, ``[::1]:9464`` or ``/run/ortoo/watch.sock``. Raises ValueError."""
        if text.startswith("/"):
            return cls(path=text)
        found = _HOST_AND_PORT.fullmatch(text)
        if found is None or int(found["port"]) > 65535:
            raise ValueError(
                "write an address with its port, such as 127.0.0.1:9464, "
                "or the whole path of a socket, such as /run/ortoo/watch.sock"
            )
        return cls(host=found["v6"] or found["host"], port=int(found["port"]))

    @property
    def is_local(self) -> bool:
        """Whether nobody from another machine can reach it."""
        return bool(self.path) or is_loopback(self.host)

    def __str__(self) -> str:
        if self.path:
            return self.path
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host's name or number means this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
