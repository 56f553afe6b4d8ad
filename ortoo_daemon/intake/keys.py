"""By which keys is a customer known again, however their address and number were typed?

One form for e-mail addresses, one for phone numbers and one for names at a place, written to fields of the
org that are indexed, so that records of one customer can be found by equality. What can't be standardised
has no key: a key that might be somebody else's is worse than none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.email import standard_email
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.matching.name_keys import company_key, person_key
from ortoo_daemon.intake.phone import standard_phone
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY, KeySources

STAGE = "intake"

_NOBODYS_BOXES = (
    "none noemail nomail unknown nobody noone notprovided noreply donotreply noresponse anonymous "
    "inconnu pasdemail pasmail aucun sansmail sansemail nepasrepondre unbekannt keine keinemail keineemail "
    "ohne ohnemail nichtantworten desconocido sinemail sincorreo ninguno noresponder notiene "
    "sconosciuto nessuna nessuno senzamail nonrispondere onbekend geen geenmail geenemail"
)
"""What stands before the @, without marks, where a customer has left no address, or a system writes."""

_NOBODYS = frozenset(_NOBODYS_BOXES.split())

_SAME_DIGITS = 8
"""At the end of a number that is none: ``0600000000``. A switchboard may well end with seven."""


@lru_cache(maxsize=256)  # a record's keys are made twice: to be written, and to be looked for
def email_key(text: str) -> str | None:
    """The address in small letters; None for what is no address, or nobody's (``none@none.com``).

    Case before the @ counts to nobody who is known to deliver mail, and people type it as they like.

    >>> email_key("Ana Lopez <Ana.Lopez@Example.COM>")
    'ana.lopez@example.com'
    """
    try:
        address = standard_email(Form("", text)).casefold() if text else None
    except ValueError:
        return None
    return None if address is None or is_nobodys(address) else address


def is_nobodys(address: str) -> bool:
    """Whether an address is one that people make up where they have none to give, or a system's own."""
    local = address.casefold().rpartition("@")[0]
    box = "".join(char for char in local if char.isalnum())
    return box in _NOBODYS or (len(box) > 1 and set(box) == {"x"})


@lru_cache(maxsize=256)
def phone_key(text: str, country: str = "") -> str | None:
    """The number in E.164; None for what is no number, may be one of any country, or ends in one digit
    leant on (``0600000000``).

    ``country`` is a code or a name, for numbers without + or 00 in front.

    >>> phone_key("06 12 34 56 78", "France")
    '+33612345678'
    """
    try:
        number = standard_phone(Form("", text, country)) if text else None
    except ValueError:
        return None
    leant_on = number is not None and len(set(number[-_SAME_DIGITS:])) == 1
    return None if leant_on else number


def customer_keys(sources: KeySources, text: Callable[[str], str]) -> Mapping[str, str | None]:
    """The key fields with their values, of the first source each that has a key.

    ``text`` gives a field's value as text, "" where there is none.
    """
    keys: dict[str, str | None] = {}
    if sources.email:
        keys[EMAIL_KEY] = _first(email_key(text(name)) for name in sources.email)
    if sources.phone:
        country = text(sources.country) if sources.country else ""
        keys[PHONE_KEY] = _first(phone_key(text(name), country) for name in sources.phone)
    if sources.has_names:
        keys[NAME_KEY] = _first(name_keys(sources, text))
    return keys


def name_keys(sources: KeySources, text: Callable[[str], str]) -> Iterator[str]:
    """The keys of the person's name and of the company's, each with the postal code, as far as given."""
    place = text(sources.postal_code) if sources.postal_code else ""
    if sources.last_name and (key := person_key(text(sources.last_name), place)):
        yield key
    if sources.company and (key := company_key(text(sources.company), place)):
        yield key


def write_keys(handling: Handling) -> None:
    """Give the record its keys, as its fields stand after cleansing; empty those that it has no more."""
    if handling.key_sources is None:
        return
    for name, key in customer_keys(handling.key_sources, handling.scope.text).items():
        handling.give(name, key, stage=STAGE, place=None)


def _first(keys: Iterable[str | None]) -> str | None:
    return next((key for key in keys if key is not None), None)
