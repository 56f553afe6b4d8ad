"""Which e-mails hang on a case of the org, and what understands them? Read for `triage`; writes nothing."""

from pathlib import Path

from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.asking.triaging import NamedMail, triager_with
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.mails.dealers import dealers_in
from ortoo_daemon.daemon.mails.rows import FIELDS, mail_of
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


class NoMailError(OrtooError):
    """The case has no e-mail that came in."""


async def of_org(
    settings: Settings, case: RecordId | None, taxonomy: Taxonomy, directory: Path | None
) -> tuple[list[NamedMail], Triager]:
    """The e-mails of a case (none without a case), and what understands them.

    Rooftops come from the file where one is given. Raises ConfigError, LoginError, NoMailError.
    """
    async with logged_in(settings) as org:
        mails = await mails_of_case(org, case) if case else []
        if directory is not None:
            return mails, triager_with(directory, taxonomy)
        mapping = read_directory_mapping(settings.path(settings.directory))
        return mails, Triager.of(await dealers_in(org, mapping.rooftops), taxonomy)


async def mails_of_case(org: Org, case: RecordId) -> list[NamedMail]:
    """The e-mails that came in for a case, the first one first. Raises NoMailError."""
    rows = await org.query(
        soql.select(
            "EmailMessage",
            FIELDS,
            where=[soql.equals("ParentId", case), soql.equals("Incoming", True)],
            order_by=["MessageDate", "Id"],
        )
    )
    if not rows:
        raise NoMailError(f"{case}: no e-mail came in for this case; name one that came by e-mail")
    return [NamedMail(id=str(row["Id"]), mail=mail_of(row)) for row in rows]
