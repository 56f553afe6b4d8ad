"""How does the service manager hear that the daemon is ready or stopping?

The notification protocol of systemd (sd_notify(3)): one datagram with assignments to the socket that
NOTIFY_SOCKET names. Without that variable nothing is sent.
"""

import os
import socket

import structlog

_log = structlog.get_logger("ortoo_daemon.service")


class Notifier:
    """Sends states to the service manager. ``address`` is NOTIFY_SOCKET's value, None for nobody."""

    def __init__(self, address: str | None) -> None:
        self._address = address

    @classmethod
    def from_environment(cls) -> "Notifier":
        """The manager that started this process; its variable is not handed on to children."""
        return cls(os.environ.pop("NOTIFY_SOCKET", None))

    def ready(self, status: str) -> None:
        """Everything that is needed to decide stands."""
        self._send("READY=1", f"STATUS={status}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={text}")

    def stopping(self) -> None:
        self._send("STOPPING=1", "STATUS=draining")

    def _send(self, *assignments: str) -> None:
        if not self._address:
            return
        # A leading @ stands for the null byte of an abstract socket's name.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        message = "\n".join(line.replace("\n", " ") for line in assignments).encode()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.sendto(message, address)
        except OSError as error:
            _log.warning("service.notify_failed", error=str(error))
