"""Who writes on the launch day? Invented people with names, phones and e-mails as forms bring them.

Numbers are random within each country's mobile ranges and every address ends in a domain that can't
exist; nothing is ever dialled or sent.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from ortoo_daemon.sandbox.seed.places import COUNTRIES

_PARTICLES: Mapping[str, tuple[str, ...]] = {
    "FR": ("de ", "Le ", "d'", "de La "),
    "DE": ("von ", "zu ", "von der "),
    "ES": ("de la ", "del "),
    "IT": ("De ", "Di ", "D'", "Della "),
    "GB": ("Mc", "O'", "Mac"),
    "NL": ("van ", "van der ", "de ", "van 't "),
    "US": ("Mc", "O'", "de la "),
}

_MOBILES: Mapping[str, tuple[str, ...]] = {
    "FR": ("06 ## ## ## ##", "06########", "+33 6 ## ## ## ##", "06.##.##.##.##", "0033 6########"),
    "DE": ("0151 ########", "+49 (0)151 ########", "0151/########", "0049 151 ########"),
    "ES": ("6## ### ###", "+34 6## ## ## ##", "6########", "(+34) 6##-###-###"),
    "IT": ("347 ### ####", "+39 347 #######", "347#######", "0039 347 ### ####"),
    "GB": ("07400 ######", "+44 7400 ######", "(07400) ######", "00447400######"),
    "NL": ("06-########", "06 ## ## ## ##", "+31 6 ########", "0031 6########"),
    "US": ("(212) 55#-####", "212-55#-####", "+1 212 55# ####", "21255#####", "1.212.55#.####"),
}
"""A # is any digit but 0 and 1, which some plans do not allow everywhere."""

_MAIL_HOSTS = ("mail.example", "post.example", "web.example", "inbox.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One person as they filled in a form; ``phone`` and ``email`` may be empty."""

    country: str
    language: str
    first_name: str
    last_name: str
    email: str
    phone: str


def invent(country: str, dice: Random) -> Customer:
    """Somebody of a country, tidily or carelessly written."""
    place = COUNTRIES[country]
    first, last = dice.choice(place.first_names), dice.choice(place.last_names)
    if dice.random() < 0.15:
        last = f"{dice.choice(_PARTICLES[country])}{last}"
    if dice.random() < 0.12:
        first = f"{first}-{dice.choice(place.first_names)}"
    number = dice.randrange(1, 1000)
    email = f"{_plain(first)}.{_plain(last)}{number}@{dice.choice(_MAIL_HOSTS)}"
    return _carelessly(
        Customer(
            country=country,
            language=dice.choice((place.languages[0],) * 8 + place.languages[1:]),
            first_name=first,
            last_name=last,
            email=email,
            phone=a_phone(country, dice),
        ),
        dice,
    )


def a_phone(country: str, dice: Random) -> str:
    """A mobile number in one of the country's ways to write it."""
    pattern = dice.choice(_MOBILES[country])
    return "".join(dice.choice("23456789") if each == "#" else each for each in pattern)


def again(customer: Customer, dice: Random) -> Customer:
    """The same person a second time: same address and number, written otherwise."""
    rewritten = replace(
        customer,
        first_name=customer.first_name.strip().title(),
        last_name=customer.last_name.strip().upper(),
        phone=customer.phone.replace(" ", "").replace("-", ""),
    )
    return replace(rewritten, email=dice.choice((customer.email.upper(), customer.email.lower())))


def _carelessly(customer: Customer, dice: Random) -> Customer:
    """About half of all forms need a hand with the names."""
    ways: tuple[Callable[[str], str], ...] = (str, str, str, str.upper, str.lower, _spaced)
    way = dice.choice(ways)
    return replace(
        customer,
        first_name=way(customer.first_name),
        last_name=way(customer.last_name),
        email=customer.email.upper() if dice.random() < 0.05 else customer.email,
    )


def _spaced(text: str) -> str:
    return f"  {text} "


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(each for each in letters.lower() if each.isalnum())
