"""How is a document sent by e-mail? As the body of a plain message, which is what dealers' systems read.

The Message-ID follows from the handoff: a mail that is sent twice, after a lost answer or a kill, is the
same mail to whoever keeps ids.
"""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing

_AT_MOST_FOR = 30.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """``tls``: ``starttls`` (must be offered), ``implicit`` or ``none``. ``user`` is "" without a login."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = ""


class MailSender:
    """Sends by one server, each document in a session of its own; off the event loop."""

    def __init__(
        self,
        server: MailServer,
        now: Callable[[], datetime],
        *,
        at_most_for: float = _AT_MOST_FOR,
    ) -> None:
        self._server = server
        self._now = now
        self._at_most_for = at_most_for

    async def send(self, outgoing: Outgoing) -> str:
        """Raises HandoffError; returns the Message-ID."""
        message = mail_of(outgoing, sender=self._server.sender, now=self._now())
        return await asyncio.to_thread(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> str:
        try:
            with self._session() as session:
                session.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refused(code, text) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            lacks = "the mail server offers no STARTTLS, or no log-in"
            raise HandoffError(lacks, permanent=True) from error
        except ssl.SSLCertVerificationError as error:
            why = f"the mail server's certificate does not hold: {error.verify_message}"
            raise HandoffError(why) from error
        except (smtplib.SMTPException, OSError) as error:
            away = f"the mail server did not answer to the end: {type(error).__name__}"
            raise HandoffError(away) from error
        return str(message["Message-ID"])

    def _session(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls == "implicit":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._at_most_for, context=context
            )
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=self._at_most_for)
        try:
            if server.tls == "starttls":
                session.starttls(context=context)
            if server.user:
                session.login(server.user, server.password)
        except BaseException:
            session.close()
            raise
        return session


def mail_of(outgoing: Outgoing, *, sender: str, now: datetime) -> EmailMessage:
    """The message. Raises HandoffError for an address that is none."""
    message = EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2]
    try:
        message["From"] = Address(addr_spec=sender)
        message["To"] = Address(addr_spec=outgoing.to.strip())
    except (ValueError, IndexError) as error:
        raise HandoffError("the address is no e-mail address", permanent=True) from error
    except Exception as error:  # the header parser raises errors of its own
        raise HandoffError("the address is no e-mail address", permanent=True) from error
    message["Subject"] = " ".join(outgoing.title.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{outgoing.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.document, cte="quoted-printable")
    return message


def _refused(code: int, text: bytes | str) -> HandoffError:
    """By codes alone: a server's own words may quote the mail."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    enhanced = _ENHANCED.match(said.strip())
    answer = f"{code} {enhanced[0]}" if enhanced else str(code)
    return HandoffError(f"the mail server said {answer}", permanent=500 <= code < 600)
