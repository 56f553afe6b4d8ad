"""Which senders do the settings describe, and with which secrets? What is not described is not there."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ortoo_daemon.daemon.secrets import handoff_secret
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.policy.handoff_model import HandoffWay
from ortoo_daemon.services.handoff.file import FileSender
from ortoo_daemon.services.handoff.http import WebSender
from ortoo_daemon.services.handoff.outgoing import Sender
from ortoo_daemon.services.handoff.smtp import MailSender, MailServer


def secrets_of(settings: Settings) -> dict[str, str]:
    """What opens each way, by the way's name. Raises ConfigError for one that can't be read."""
    ways, found = settings.handoff, dict[str, str]()
    if ways.smtp is not None:
        smtp = ways.smtp
        found[HandoffWay.SMTP] = handoff_secret(
            "smtp_password", smtp.password, smtp.password_file, settings
        )
    if ways.http is not None:
        found[HandoffWay.HTTP] = handoff_secret(
            "http_token", ways.http.token, ways.http.token_file, settings
        )
    return found


def make_senders(
    settings: Settings, now: Callable[[], datetime], secrets: Mapping[str, str]
) -> dict[str, Sender]:
    """By the way's name."""
    ways, found = settings.handoff, dict[str, Sender]()
    if ways.smtp is not None:
        server = MailServer(
            host=ways.smtp.host,
            port=ways.smtp.port,
            tls=ways.smtp.tls,
            sender=ways.smtp.sender,
            user=ways.smtp.user or "",
            password=secrets[HandoffWay.SMTP],
        )
        within = ways.smtp.answers_within.total_seconds()
        found[HandoffWay.SMTP] = MailSender(server, now, at_most_for=within)
    if ways.http is not None:
        found[HandoffWay.HTTP] = WebSender(
            ways.http.origins,
            token=secrets[HandoffWay.HTTP],
            at_most_for=ways.http.answers_within.total_seconds(),
        )
    if ways.file is not None:
        found[HandoffWay.FILE] = FileSender(settings.path(ways.file.folder))
    return found
