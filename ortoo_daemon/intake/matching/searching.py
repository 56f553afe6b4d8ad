"""By which paths is a customer read on each object that is looked through?

And how does a record look that was just decided, and that the org may not show yet?
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from ortoo_daemon.decision import Decision
from ortoo_daemon.matches import EMAIL, NAME, PHONE, Customer, Found
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY, KeySources
from ortoo_daemon.records import FieldValue

_OF_CUSTOMER = ("number", "first_name", "last_name", "company", "postal_code")
_KEYS = {EMAIL_KEY: EMAIL, PHONE_KEY: PHONE, NAME_KEY: NAME}


def searched_paths(
    sources: Mapping[str, KeySources], object_name: str
) -> tuple[tuple[str, str], ...]:
    """What is read, as pairs of what it says and the path; () for an object that is not known.

    An object that is known through its parent bears the parent's keys.
    """
    own = sources.get(object_name)
    if own is None:
        return ()
    of = sources.get(own.through or "") if own.through else own
    if of is None:
        return ()
    return _paths(own, of)


@lru_cache(maxsize=64)  # the same few, for every record
def _paths(own: KeySources, of: KeySources) -> tuple[tuple[str, str], ...]:
    before = f"{own.through}." if own.through else ""
    keys = [(_KEYS[field], before + field) for field in of.key_fields()]
    said = [
        (each, before + field) for each, field in of.described().items() if each in _OF_CUSTOMER
    ]
    about = [(each, field) for each, field in own.described().items() if each not in _OF_CUSTOMER]
    return (*keys, *said, *about)


@lru_cache(maxsize=64)
def _said(sources: KeySources) -> Mapping[str, str]:
    return sources.described()


def as_found(
    decision: Decision,
    fields: Mapping[str, FieldValue],
    customer: Customer,
    sources: KeySources | None,
    *,
    at: datetime,
) -> Found | None:
    """The record as a search finds it once the decision stands; None where it goes to nobody.

    ``fields`` are those that were read, ``at`` is when it came.
    """
    if decision.owner is None:
        return None
    named = _said(sources) if sources else {}

    def text(role: str) -> str:
        path = named.get(role, "")
        value = decision.fields.get(path, fields.get(path))
        return "" if value is None else str(value).strip()

    return Found(
        object=decision.object,
        id=decision.record_id,
        owner=decision.owner.id,
        created_at=at,
        customer=customer,
        rooftop=decision.rooftop or text("rooftop"),
        source=text("source"),
        duplicate_of=text("duplicate_of"),
        brand=text("brand"),
    )
