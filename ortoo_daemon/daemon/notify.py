"""How does the service manager hear that the daemon is ready, alive or stopping?

The notification protocol of systemd (sd_notify(3)): one datagram with assignments to the socket that
NOTIFY_SOCKET names. Without that variable nothing is sent.
"""

import os
import socket
import time

import structlog

_log = structlog.get_logger("ortoo_daemon.service")


class Notifier:
    """Sends states to the service manager. ``address`` is NOTIFY_SOCKET's value, None for nobody.

    ``watchdog_every``: seconds within which `watchdog` must be called each time; None when not asked for.
    """

    def __init__(self, address: str | None, watchdog_every: float | None = None) -> None:
        self._address = address
        self._said = ""
        self._notes: dict[str, str] = {}
        self.watchdog_every = watchdog_every

    @classmethod
    def from_environment(cls) -> "Notifier":
        """The manager that started this process; its variables are not handed on to children."""
        address = os.environ.pop("NOTIFY_SOCKET", None)
        microseconds = os.environ.pop("WATCHDOG_USEC", "")
        meant_for = os.environ.pop("WATCHDOG_PID", None)
        if not microseconds.isdigit() or meant_for not in (None, str(os.getpid())):
            return cls(address)
        return cls(address, int(microseconds) / 1_000_000 or None)

    def ready(self, status: str) -> None:
        """Everything that is needed to decide stands."""
        self._send("READY=1", self._status(status))

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(self._status(text))

    def note(self, name: str, text: str) -> None:
        """Something to be said beside every status from now on, until its text is empty."""
        if text:
            self._notes[name] = text
        else:
            self._notes.pop(name, None)
        self._send(self._status(self._said))

    def reloading(self) -> None:
        """Files are being looked through; `ready` follows in any case."""
        moment = f"MONOTONIC_USEC={time.monotonic_ns() // 1000}"
        self._send("RELOADING=1", moment, self._status("checking edited policies"))

    def watchdog(self) -> None:
        """Every loop turns; without this within ``watchdog_every`` the process is started anew."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1", "STATUS=draining")

    def _status(self, text: str) -> str:
        self._said = text
        return f"STATUS={'; '.join(filter(None, (text, *self._notes.values())))}"

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
