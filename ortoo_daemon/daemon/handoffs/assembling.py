"""By which ways can records be handed over? Out of the settings; what is not named is not there."""

from collections.abc import Callable
from datetime import datetime

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.finding import OpenHandoffs
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.secrets import handoff_secret
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.policy.handoff_model import HandoffWay
from ortoo_daemon.services.handoff.file import FileSender
from ortoo_daemon.services.handoff.http import WebSender
from ortoo_daemon.services.handoff.outgoing import Sender
from ortoo_daemon.services.handoff.smtp import MailSender, MailServer


def make_handing(
    settings: Settings, parts: Parts, knowledge: Knowledge, now: Callable[[], datetime]
) -> Handing:
    """What hands records over. Raises ConfigError for a secret that can't be read."""
    return Handing(
        org=parts.org,
        box=parts.queue.notices,
        knowledge=knowledge,
        senders=make_senders(settings, now),
        provider=settings.handoff.provider,
        meters=parts.meters,
        clock=now,
    )


def make_finding(parts: Parts, knowledge: Knowledge, now: Callable[[], datetime]) -> OpenHandoffs:
    """What finds handoffs that nobody is at."""
    return OpenHandoffs(org=parts.org, box=parts.queue.notices, knowledge=knowledge, clock=now)


def make_senders(settings: Settings, now: Callable[[], datetime]) -> dict[str, Sender]:
    """By the way's name. Raises ConfigError."""
    ways, found = settings.handoff, dict[str, Sender]()
    if ways.smtp is not None:
        password = handoff_secret(
            "smtp_password", ways.smtp.password, ways.smtp.password_file, settings
        )
        server = MailServer(
            host=ways.smtp.host,
            port=ways.smtp.port,
            tls=ways.smtp.tls,
            sender=ways.smtp.sender,
            user=ways.smtp.user or "",
            password=password,
        )
        found[HandoffWay.SMTP] = MailSender(server, now)
    if ways.http is not None:
        token = handoff_secret("http_token", ways.http.token, ways.http.token_file, settings)
        found[HandoffWay.HTTP] = WebSender(ways.http.origins, token=token)
    if ways.file is not None:
        found[HandoffWay.FILE] = FileSender(settings.path(ways.file.folder))
    return found
