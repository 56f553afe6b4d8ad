"""Who is joined to whom? Makes the parts of the process out of its settings; nothing runs yet."""

from datetime import UTC, datetime
from os import getpid
from secrets import token_hex
from socket import gethostname

from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.mails.models import Models
from ortoo_daemon.daemon.mails.triagers import Triagers
from ortoo_daemon.daemon.org_settings import JwtBearerSettings
from ortoo_daemon.daemon.redaction import redacted
from ortoo_daemon.daemon.secrets import secret
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import Auth, ClientCredentials, JwtBearer
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.workers import Workers


def make_org(settings: Settings) -> Org:
    """The org under the login of the settings. Raises ConfigError when a secret is missing."""
    org = settings.org
    return Org.of(
        auth=_auth(settings),
        login_url=org.login_url,
        api_version=org.api_version,
        timeout=(org.connect_timeout.total_seconds(), org.answer_timeout.total_seconds()),
        reserve_from=settings.budgets.scarce_from / 100,
    )


def case_mails(
    settings: Settings, org: Org, *, catalogue: CatalogueInForce | None = None
) -> CaseMails:
    """What reads and understands e-mails of cases; reads nothing before the first is asked for.

    ``catalogue``: its models are asked, too, where a policy says so. That costs.
    """
    models = None if catalogue is None else Models(catalogue)
    return CaseMails(org, Triagers(org, settings), models)


async def open_queue(settings: Settings, *, exclusive: bool = True) -> WorkQueue:
    """The work queue of the settings. Raises StateError when the store can't be used.

    The daemon holds it exclusively; verbs of the command line work beside it.
    """
    return await WorkQueue.open(
        settings.state,
        instance=f"{gethostname()}:{getpid()}:{token_hex(3)}",  # a process id may come back
        lease_for=settings.workers.lease_for,
        clock=utc_now,
        exclusive=exclusive,
        clean=redacted,
    )


def put_in_line(workers: Workers, org: Org, answers: Answers) -> None:
    """Let each who collects asks know whence they come, so that the last of a burst wait for nobody."""
    org.writer.follow(answers.follow(org.reader.follow(workers.may_bring_more)))


def utc_now() -> datetime:
    """This machine's clock. The org's time is `org_clock`'s."""
    return datetime.now(UTC)


def _auth(settings: Settings) -> Auth:
    auth = settings.org.auth
    if isinstance(auth, JwtBearerSettings):
        return JwtBearer(
            client_id=auth.client_id,
            username=auth.username,
            private_key=secret("private_key", auth.private_key, auth.private_key_file, settings),
            audience=auth.audience,
        )
    return ClientCredentials(
        client_id=auth.client_id,
        client_secret=secret(
            "client_secret", auth.client_secret, auth.client_secret_file, settings
        ),
    )
