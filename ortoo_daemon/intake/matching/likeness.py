"""Did one person write both? Judged by what two enquiries say, and how sure that is.

An address or a number alone is no proof: families share them, and so do companies. Names decide between
the same person, the same household and strangers; where there are none, the key is believed. What nobody
can tell counts as somebody else: a wrong match takes a customer from whoever should have them.
"""

from functools import lru_cache
from typing import NamedTuple

from ortoo_daemon.intake.matching.written_names import (
    Agreement,
    company_words,
    first_name_words,
    first_names_agree,
    plain_words,
    surname_words,
    surnames_agree,
)
from ortoo_daemon.matches import Customer, How

_MOST_DIGITS_COMPARED = 9


class Likeness(NamedTuple):
    """By what two enquiries go together, and how ``sure`` that is, from 0 to 1."""

    how: How
    sure: float


class _Names(NamedTuple):
    first: Agreement
    last: Agreement

    @property
    def agree(self) -> bool:
        """Nothing speaks against one person, and something for it."""
        return Agreement.DIFFERENT not in self and not self.unknown

    @property
    def agree_wholly(self) -> bool:
        """Both are given and speak for one person."""
        return self.first > Agreement.UNKNOWN and self.last > Agreement.UNKNOWN

    @property
    def unknown(self) -> bool:
        """Neither speaks for one person or against."""
        return max(self) == min(self) == Agreement.UNKNOWN


def likeness(one: Customer, other: Customer) -> Likeness | None:
    """By what both are of one customer, None where nothing says so."""
    if one.number and one.number == other.number:
        return Likeness(How.NUMBER, 1.0)
    names = _names(one, other)
    email = bool(one.email) and one.email == other.email
    phone = bool(one.phones) and not set(one.phones).isdisjoint(other.phones)
    if email or phone:
        return _by_key(one, other, names, email=email, phone=phone)
    return _by_name(one, other, names)


def _names(one: Customer, other: Customer) -> _Names:
    straight = _Names(
        first_names_agree(one.first_name, other.first_name),
        surnames_agree(one.last_name, other.last_name),
    )
    if straight.agree_wholly:
        return straight
    return (
        _swapped(one, other) or _in_one_field(one, other) or _in_one_field(other, one) or straight
    )


def _in_one_field(whole: Customer, parted: Customer) -> _Names | None:
    """Where one has put the whole name in one place: what is no surname of the other's is the first name,
    so that ``Anne Martin`` is not taken for Paul Martin."""
    surname = surname_words(parted.last_name)
    first, last = first_name_words(whole.first_name), first_name_words(whole.last_name)
    if first and last and not set(last) <= set(first):
        return None
    words = first or last
    rest = [word for word in words if word not in surname]
    if not surname or not rest or not set(surname) <= set(words):
        return None
    agree = max(first_names_agree(each, parted.first_name) for each in (*rest, " ".join(rest)))
    return None if agree is Agreement.UNKNOWN else _Names(agree, Agreement.SAME)


def _swapped(one: Customer, other: Customer) -> _Names | None:
    """Where one has put the first name in the surname's place, and the other way round."""
    first = surnames_agree(one.first_name, other.last_name)
    if first <= Agreement.UNKNOWN:
        return None
    swapped = _Names(first, surnames_agree(one.last_name, other.first_name))
    return swapped if swapped.agree_wholly else None


def _by_key(
    one: Customer, other: Customer, names: _Names, *, email: bool, phone: bool
) -> Likeness | None:
    how = How.EMAIL_AND_PHONE if email and phone else How.EMAIL if email else How.PHONE
    if names.unknown:
        return Likeness(how, 0.95 if email else 0.75)
    if names.agree:
        return Likeness(how, _sure(names, 0.99 if email else 0.96))
    if names.first is Agreement.DIFFERENT and names.last >= Agreement.ALIKE:
        return Likeness(How.HOUSEHOLD, 0.9)
    if names.first >= Agreement.ALIKE and _married(one, other, email=email, phone=phone):
        return Likeness(how, 0.85)
    if _same_company(one, other):
        return Likeness(How.COMPANY, 0.8)
    return None


def _married(one: Customer, other: Customer, *, email: bool, phone: bool) -> bool:
    """Another surname, and all else as it was."""
    here = bool(one.postal_code) and one.postal_code == other.postal_code
    return (email and phone) or (here and (email or phone) and not _same_company(one, other))


def _by_name(one: Customer, other: Customer, names: _Names) -> Likeness | None:
    """Neither address nor number is the same: names and place, or a slip of the finger in a key."""
    here = bool(one.postal_code) and one.postal_code == other.postal_code
    if not names.agree_wholly:
        company = here and not names.agree and _same_company(one, other)
        return Likeness(How.COMPANY, 0.75) if company else None
    near = _addresses_alike(one.email, other.email) or _numbers_alike(one.phones, other.phones)
    if near and here:
        return Likeness(How.NAME, _sure(names, 0.94))
    contradicted = _both(one.email, other.email) or _both(one.phones, other.phones)
    if here and not contradicted:
        return Likeness(How.NAME, _sure(names, 0.85))
    return None


def _sure(names: _Names, at_best: float) -> float:
    """Less where a name is only alike or missing."""
    missing = 0.03 * sum(each is Agreement.UNKNOWN for each in names)
    alike = 0.02 * sum(each is Agreement.ALIKE for each in names)
    return round(at_best - missing - alike, 2)


def _both(one: object, other: object) -> bool:
    return bool(one) and bool(other)


def _addresses_alike(one: str, other: str) -> bool:
    """One slip of the finger apart, digits left alone: martin1 and martin2 are two people."""
    if not one or not other or not _one_slip(one, other):
        return False
    left, right = ("".join(c for c in each if not c.isdigit()) for each in (one, other))
    return left != right


def _numbers_alike(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """One digit wrong, or two swapped."""
    return any(
        _one_slip(one[-_MOST_DIGITS_COMPARED:], other[-_MOST_DIGITS_COMPARED:])
        for one in ones
        for other in others
    )


def _one_slip(one: str, other: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein  # where keys differ only

    return DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def _same_company(one: Customer, other: Customer) -> bool:
    left = _company_told(one.company, one.first_name, one.last_name)
    if not left:
        return False
    right = company_words(other.company)
    return left == right or "".join(left) == "".join(right)


@lru_cache(maxsize=64)  # a customer is compared with all who may be the same
def _company_told(company: str, first_name: str, last_name: str) -> tuple[str, ...]:
    """The words of a company's name; none where it is but the person's own, as forms for companies are
    filled where there is no company."""
    names = {*plain_words(first_name), *plain_words(last_name)}
    return () if names.issuperset(plain_words(company)) else company_words(company)
