"""Is the record usable, and are its fields in standard form? Cleansing in policy order, then ``require``.

One module per kind of field; the table below is all there is. A value that can't be standardised stays
as it was and is reported: bad data never stops the routing by itself.
"""

from collections.abc import Callable, Mapping

from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.country import standard_country
from ortoo_daemon.intake.dates import standard_date
from ortoo_daemon.intake.email import standard_email
from ortoo_daemon.intake.email_kinds import kind_of, offered
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.keys import write_keys
from ortoo_daemon.intake.meant import trimmed
from ortoo_daemon.intake.money import standard_amount, standard_currency
from ortoo_daemon.intake.names import standard_name
from ortoo_daemon.intake.phone import standard_phone
from ortoo_daemon.intake.postal_code import standard_postal_code
from ortoo_daemon.intake.street import standard_street
from ortoo_daemon.intake.unsaid import Said
from ortoo_daemon.intake.words import YES, standard_colour, standard_consent
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind
from ortoo_daemon.records import FieldValue

STAGE = "intake"

Standard = Callable[[Form], str]
"""Gives the standard form of a text, or raises ValueError saying what is wrong with it."""

STANDARDS: Mapping[CleanseKind, Standard] = {
    CleanseKind.TRIM: trimmed,
    CleanseKind.EMAIL: standard_email,
    CleanseKind.PHONE: standard_phone,
    CleanseKind.NAME: standard_name,
    CleanseKind.POSTAL_CODE: standard_postal_code,
    CleanseKind.COUNTRY: standard_country,
    CleanseKind.STREET: standard_street,
    CleanseKind.DATE: standard_date,
    CleanseKind.AMOUNT: standard_amount,
    CleanseKind.CURRENCY: standard_currency,
    CleanseKind.COLOUR: standard_colour,
    CleanseKind.CONSENT: standard_consent,
}


def standardise(handling: Handling) -> None:
    """Cleanse field by field and give the record its keys; then park it when what the policy requires is
    not there."""
    for cleanse in handling.policy.cleanse:
        _cleanse(handling, cleanse)
    write_keys(handling)
    require = handling.policy.require
    if require is None:
        return
    said = Said(handling, contacts_only=True)
    failed = require.condition.failure(said)
    if failed is not None:
        unsaid = said.told(require.condition.fields())
        note = f"{failed.place}: required, but does not hold: {failed.text}{unsaid}"
        handling.trace.notes.append(note)
        handling.parked_for = require.park
        handling.reason = ReasonCode.NO_CONTACT
        handling.place = require.place


def _cleanse(handling: Handling, cleanse: Cleanse) -> None:
    text = as_text(handling.scope.value(cleanse.field))
    if text is None:
        return
    country = handling.scope.text(cleanse.country)
    form = Form(field=cleanse.field, text=text, country=country)
    try:
        standard = STANDARDS[cleanse.kind](form)
    except ValueError as error:
        handling.report(
            cleanse.field,
            stage=STAGE,
            code=f"not_a_{cleanse.kind.value}",
            message=str(error),
            place=cleanse.place,
        )
        return
    if cleanse.raw is not None and not handling.scope.text(cleanse.raw):
        handling.give(cleanse.raw, text, stage=STAGE, place=cleanse.place)
    if standard != text:
        handling.give(cleanse.field, standard or None, stage=STAGE, place=cleanse.place)
    _tell_beside(handling, cleanse, standard)


def _tell_beside(handling: Handling, cleanse: Cleanse, standard: str) -> None:
    """What is known of the value goes to fields of its own, where the policy names them."""
    if cleanse.of_kind is not None:
        handling.give(cleanse.of_kind, kind_of(standard), stage=STAGE, place=cleanse.place)
    if cleanse.offer is not None:
        handling.give(cleanse.offer, offered(standard), stage=STAGE, place=cleanse.place)
    if cleanse.into is not None:
        handling.give(cleanse.into, standard == YES, stage=STAGE, place=cleanse.place)


def as_text(value: FieldValue) -> str | None:
    """A value as text to be standardised; None when there is nothing to do.

    Numbers come from spreadsheets: ``1606.0`` was ``1606``.
    """
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
