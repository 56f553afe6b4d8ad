"""Pairs of enquiries of which it is known whether one person wrote both.

Made by rules of how people and families really write, with a seed, and by nothing of the matcher: neither
its keys nor its thresholds. Half of the pairs are of one person.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

_FIRST = [
    "Jean",
    "Pierre",
    "Marie",
    "Nathalie",
    "Camille",
    "Lucas",
    "Emma",
    "Chloé",
    "Hugo",
    "Léa",
    "Thomas",
    "Julie",
    "Nicolas",
    "Sophie",
    "Antoine",
    "Manon",
    "Hans",
    "Jürgen",
    "Ursula",
    "Stefan",
    "Sabine",
    "Wolfgang",
    "Anke",
    "Torsten",
    "Björn",
    "Käthe",
    "Uwe",
    "Ingrid",
    "José",
    "Carmen",
    "Francisco",
    "Dolores",
    "Antonio",
    "Pilar",
    "Javier",
    "Lucía",
    "Álvaro",
    "Begoña",
    "Giovanni",
    "Giulia",
    "Marco",
    "Francesca",
    "Luca",
    "Chiara",
    "Matteo",
    "Alessandra",
    "Jan",
    "Pieter",
    "Sanne",
    "Femke",
    "Daan",
    "Lotte",
    "Willem",
    "Annelies",
    "William",
    "Robert",
    "Elizabeth",
    "Margaret",
    "Katherine",
    "Michael",
    "James",
    "Thomas",
    "Susan",
    "Edward",
]
_LAST = [
    "Martin",
    "Bernard",
    "Dubois",
    "Durand",
    "Lefèvre",
    "Moreau",
    "Laurent",
    "Girard",
    "Rousseau",
    "Fontaine",
    "Chevalier",
    "Gauthier",
    "Mercier",
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Becker",
    "Hoffmann",
    "Schäfer",
    "Krüger",
    "Zimmermann",
    "Köhler",
    "Lehmann",
    "García",
    "Rodríguez",
    "González",
    "Fernández",
    "Sánchez",
    "Ramírez",
    "Domínguez",
    "Vázquez",
    "Hernández",
    "Ibáñez",
    "Rossi",
    "Esposito",
    "Bianchi",
    "Colombo",
    "Ricci",
    "Marino",
    "Lombardi",
    "Barbieri",
    "Jansen",
    "Bakker",
    "Visser",
    "Meijer",
    "Hendriks",
    "Dijkstra",
    "Vermeulen",
    "Kuipers",
    "Smith",
    "Johnson",
    "Williams",
    "Thompson",
    "Robinson",
    "Whitaker",
    "Harrison",
    "Fletcher",
    "Kowalski",
    "Nowak",
    "Larsen",
    "Sørensen",
]
_NICKNAMES = {
    "William": ("Bill", "Will", "Billy"),
    "Robert": ("Bob", "Rob"),
    "Elizabeth": ("Liz", "Beth", "Betty"),
    "Margaret": ("Maggie", "Peggy"),
    "Katherine": ("Kate", "Kathy"),
    "Michael": ("Mike", "Mick"),
    "James": ("Jim", "Jimmy"),
    "Thomas": ("Tom",),
    "Susan": ("Sue",),
    "Edward": ("Ed", "Ted"),
    "José": ("Pepe",),
    "Francisco": ("Paco", "Fran"),
    "Dolores": ("Lola",),
    "Javier": ("Javi",),
    "Antonio": ("Toni",),
    "Nicolas": ("Nico",),
    "Nathalie": ("Nath",),
    "Giovanni": ("Gianni",),
    "Francesca": ("Franca",),
    "Alessandra": ("Sandra",),
    "Stefan": ("Steffen",),
    "Wolfgang": ("Wolf",),
    "Ursula": ("Uschi",),
    "Pieter": ("Piet",),
    "Willem": ("Wim",),
}
_MAIL = [
    "gmail.com",
    "orange.fr",
    "web.de",
    "gmx.de",
    "hotmail.com",
    "outlook.com",
    "libero.it",
    "telenet.be",
    "yahoo.es",
]
_TOWNS = (
    "01067",
    "13001",
    "28013",
    "31000",
    "33000",
    "35000",
    "44000",
    "59000",
    "69003",
    "75011",
    "80331",
    "20121",
)
_KEYS_BESIDE = {
    "a": "qzs",
    "e": "wrd",
    "i": "uok",
    "o": "ipl",
    "n": "bm",
    "m": "n",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "l": "k",
}
_PLAIN = str.maketrans("éèêàâîïôöùûüçñáíóúäßøå", "eeeaaiioouuucnaiouasoa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """What somebody typed into a form."""

    first: str = ""
    last: str = ""
    email: str = ""
    phone: str = ""
    postal_code: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    kind: str
    one: Enquiry
    other: Enquiry
    same: bool


def labelled_pairs(number: int, *, seed: int) -> list[Pair]:
    """``number`` pairs, half of one person each, kinds by how often they are met."""
    rng = random.Random(seed)
    same = rng.choices(list(_SAME), weights=[w for w, _ in _SAME.values()], k=number // 2)
    others = rng.choices(
        list(_OTHERS), weights=[w for w, _ in _OTHERS.values()], k=number - number // 2
    )
    found = [_pair(rng, kind, _SAME[kind][1], True) for kind in same]
    found += [_pair(rng, kind, _OTHERS[kind][1], False) for kind in others]
    rng.shuffle(found)
    return found


_Make = Callable[[random.Random, Enquiry], Enquiry]


def _pair(rng: random.Random, kind: str, make: _Make, same: bool) -> Pair:
    one = _enquiry(rng)
    while kind == "nickname" and one.first not in _NICKNAMES:
        one = _enquiry(rng)
    other = make(rng, one)
    pair = (one, other) if rng.random() < 0.5 else (other, one)
    return Pair(kind=kind, one=pair[0], other=pair[1], same=same)


def _enquiry(rng: random.Random) -> Enquiry:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return Enquiry(
        first=first,
        last=last,
        email=_address(rng, first, last),
        phone=_number(rng),
        postal_code=rng.choice(_TOWNS),
    )


def _address(rng: random.Random, first: str, last: str) -> str:
    first, last = first.lower().translate(_PLAIN), last.lower().translate(_PLAIN)
    local = rng.choice(
        (f"{first}.{last}", f"{first[0]}.{last}", f"{last}.{first}", f"{first}{last}")
    )
    tail = rng.choice(("", "", str(rng.randrange(1950, 2006)), str(rng.randrange(1, 99))))
    return f"{local}{tail}@{rng.choice(_MAIL)}"


def _number(rng: random.Random) -> str:
    return f"+336{rng.randrange(10_000_000, 99_999_999)}"


def _typo(rng: random.Random, text: str) -> str:
    """One slip of the finger, not in the first letter, of which people take most care."""
    if len(text) < 3:
        return text
    at = rng.randrange(1, len(text))
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2 if at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            beside = _KEYS_BESIDE.get(text[at].lower(), "e")
            return text[:at] + rng.choice(beside) + text[at + 1 :]


def _mail_typo(rng: random.Random, address: str) -> str:
    local, _, domain = address.partition("@")
    if rng.random() < 0.4:
        return f"{local}@{_typo(rng, domain.partition('.')[0])}.{domain.partition('.')[2]}"
    return f"{_typo(rng, local)}@{domain}"


def _digit_typo(rng: random.Random, phone: str) -> str:
    at = rng.randrange(5, len(phone) - 1)
    if rng.random() < 0.5 and phone[at] != phone[at + 1]:
        return phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]
    return phone[:at] + str((int(phone[at]) + rng.randrange(1, 9)) % 10) + phone[at + 1 :]


def _nickname(rng: random.Random, e: Enquiry) -> Enquiry:
    again = replace(e, first=rng.choice(_NICKNAMES[e.first]))
    return replace(again, email="" if rng.random() < 0.5 else again.email)


def _other_address(rng: random.Random, e: Enquiry) -> Enquiry:
    return replace(e, email=_address(rng, e.first, e.last) if rng.random() < 0.7 else "")


def _family(rng: random.Random, e: Enquiry) -> Enquiry:
    """A relative under the same roof."""
    first = rng.choice([each for each in _FIRST if each != e.first])
    return replace(e, first=first, email=_address(rng, first, e.last))


def _stranger(rng: random.Random, e: Enquiry) -> Enquiry:
    while (found := _enquiry(rng)).last == e.last and found.first == e.first:
        pass
    return replace(found, postal_code=e.postal_code)


def _other_last(rng: random.Random, e: Enquiry) -> str:
    return rng.choice([each for each in _LAST if each != e.last])


_SAME: dict[str, tuple[int, _Make]] = {
    "the same": (8, lambda _, e: e),
    "address in capitals, name in capitals": (
        5,
        lambda _, e: replace(e, email=e.email.upper(), last=e.last.upper()),
    ),
    "accents lost": (
        4,
        lambda _, e: replace(e, first=e.first.translate(_PLAIN), last=e.last.translate(_PLAIN)),
    ),
    "typo in the surname": (10, lambda rng, e: replace(e, last=_typo(rng, e.last), email="")),
    "typo in the first name": (7, lambda rng, e: replace(e, first=_typo(rng, e.first))),
    "typos in both names, same address": (
        4,
        lambda rng, e: replace(
            e, first=_typo(rng, e.first), last=_typo(rng, e.last), phone=_number(rng)
        ),
    ),
    "nickname": (8, _nickname),
    "initial": (5, lambda _, e: replace(e, first=f"{e.first[0]}.", email="")),
    "names swapped": (4, lambda _, e: replace(e, first=e.last, last=e.first)),
    "two surnames, one given": (
        4,
        lambda rng, e: replace(e, last=f"{e.last} {_other_last(rng, e)}", email=""),
    ),
    "married since": (3, lambda rng, e: replace(e, last=_other_last(rng, e))),
    "hyphenated since": (
        3,
        lambda rng, e: replace(e, last=f"{e.last}-{_other_last(rng, e)}", phone=""),
    ),
    "other address, same phone": (9, _other_address),
    "other phone, same address": (9, lambda rng, e: replace(e, phone=_number(rng))),
    "typo in the address, same phone": (
        6,
        lambda rng, e: replace(e, email=_mail_typo(rng, e.email)),
    ),
    "typo in the address, no phone": (
        4,
        lambda rng, e: replace(e, email=_mail_typo(rng, e.email), phone=""),
    ),
    "typo in the phone, no address": (
        4,
        lambda rng, e: replace(e, phone=_digit_typo(rng, e.phone), email=""),
    ),
    "moved, same address": (
        4,
        lambda rng, e: replace(e, postal_code=rng.choice(_TOWNS), phone=_number(rng)),
    ),
    "no names, same address": (3, lambda _, e: replace(e, first="", last="", postal_code="")),
    "only a surname, same phone": (3, lambda _, e: replace(e, first="", email="")),
    "for a company the second time": (2, lambda _, e: replace(e, company="Garage du Pont SARL")),
}
"""By kind: how often it is met, and how the second enquiry of a person comes to be."""

_OTHERS: dict[str, tuple[int, _Make]] = {
    "strangers": (14, lambda rng, _: _enquiry(rng)),
    "strangers of one town": (14, _stranger),
    "one surname, one town": (12, lambda rng, e: replace(_family(rng, e), phone=_number(rng))),
    "namesakes in one town": (
        5,
        lambda rng, e: replace(e, email=_address(rng, "z" + e.first, e.last), phone=_number(rng)),
    ),
    "namesakes elsewhere": (
        6,
        lambda rng, e: replace(
            e,
            email="",
            phone=_number(rng),
            postal_code=rng.choice([each for each in _TOWNS if each != e.postal_code]),
        ),
    ),
    "family, one phone": (14, _family),
    "family, one address": (
        8,
        lambda rng, e: replace(_family(rng, e), email=e.email, phone=_number(rng)),
    ),
    "couple, one address and phone": (5, lambda rng, e: replace(_family(rng, e), email=e.email)),
    "couple of two surnames, one phone": (
        6,
        lambda rng, e: replace(_stranger(rng, e), phone=e.phone),
    ),
    "switchboard": (
        8,
        lambda rng, e: replace(_stranger(rng, e), phone=e.phone, company="Ville de Lyon"),
    ),
    "one mailbox of a company": (
        4,
        lambda rng, e: replace(_stranger(rng, e), email=e.email, company="Ville de Lyon"),
    ),
    "numbers one digit apart": (
        4,
        lambda rng, e: replace(_stranger(rng, e), phone=_digit_typo(rng, e.phone)),
    ),
    "siblings, addresses alike": (
        4,
        lambda rng, e: replace(_family(rng, e), email=_mail_typo(rng, e.email), phone=_number(rng)),
    ),
    "father and son": (
        3,
        lambda rng, e: replace(
            e, first=f"{e.first}-Pierre", email=_address(rng, e.first + "p", e.last)
        ),
    ),
}
"""By kind: how often it is met, and who the other one is."""


def by_kind(pairs: list[Pair]) -> Iterator[tuple[str, list[Pair]]]:
    """The pairs of each kind."""
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        yield kind, [pair for pair in pairs if pair.kind == kind]
