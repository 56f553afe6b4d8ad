"""When do two names mean one person, however they were typed?

Names are compared without accents, case and marks. First names know their short forms in six languages;
surnames know slips of the finger, second surnames and swapped order. What forms and connectors write where
nobody said a name (Salesforce's own ``[not provided]``) is no name: else all who said none were one person.
"""

import re
from enum import IntEnum
from functools import lru_cache

from ortoo_daemon.intake.matching.no_names import says_no_company, says_nobody, without_titles
from ortoo_daemon.intake.meant import meant
from ortoo_daemon.policy.values import without_accents

_LETTERS = re.compile(r"[^\W\d_]+")
_SPELLED = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th"}
)
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "delle",
        "di",
        "da",
        "das",
        "do",
        "dos",
        "du",
        "des",
        "la",
        "le",
        "les",
        "el",
        "van",
        "von",
        "vom",
        "zu",
        "zum",
        "der",
        "den",
        "dem",
        "ter",
        "ten",
        "und",
        "y",
        "e",
    ]
)
_FORMS_OF = [
    "sarl",
    "sas",
    "sa",
    "eurl",
    "sasu",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "ohg",
    "ug",
    "co",
    "bv",
    "nv",
    "srl",
    "spa",
    "sl",
    "slu",
    "ltd",
    "limited",
    "llc",
    "inc",
    "plc",
    "corp",
    "cie",
]
_COMPANY_FORMS = frozenset(_FORMS_OF)

_SHORT_FORMS = (
    "william bill billy will willy liam guillaume wilhelm willem wim",
    "robert bob bobby rob robbie roberto",
    "elizabeth elisabeth liz lizzie beth betty eliza lisa elisa",
    "margaret margarete marguerite maggie peggy meg greta gretel",
    "katherine catherine katharina kate kathy cathy katie kat",
    "michael mike mick mickey micha michel miguel michele",
    "james jim jimmy jamie",
    "thomas tom tommy tomas",
    "susan susanne sue susie suzanne sanne",
    "edward ed eddie ted teddy ned eduard edouard eduardo",
    "jose pepe pepito josep",
    "francisco paco fran pancho curro francesc",
    "dolores lola loli",
    "javier javi xavier xavi",
    "antonio toni tony antoine anton antonius toon",
    "nicolas nico nick nicholas niklas nikolaus nicola klaus",
    "nathalie nath natalie natalia",
    "giovanni gianni vanni",
    "francesca franca",
    "alessandra sandra alexandra alex sandrine",
    "alessandro sandro alexander alexandre alex sacha sascha",
    "stefan steffen stephan stephane steven stephen steve stefano esteban",
    "wolfgang wolf",
    "ursula uschi ulla",
    "pieter piet peter pete pierre pedro pietro pierrot",
    "johannes hans jan johann hannes johan jean juan john johnny jack",
    "josef joseph sepp jupp joe joey giuseppe beppe",
    "charles charlie chuck carlos carlo karl carl",
    "richard rick ricky dick richie ricardo riccardo",
    "christopher chris christophe christoph cristobal kit",
    "christine christina chris tina cristina kristin kirsten",
    "andrew andy drew andreas andre andres andrea",
    "daniel dan danny daniele",
    "matthew matt matthias mathieu matthieu matteo mateo",
    "benjamin ben benny",
    "samuel sam sammy",
    "joshua josh",
    "anthony tony",
    "david dave davy",
    "patricia pat patty trish tricia",
    "patrick pat paddy patrice",
    "jennifer jen jenny",
    "rebecca becky becca",
    "deborah deb debbie",
    "barbara barb babs bärbel barbel",
    "isabelle isabel isabella isa bella",
    "frederic fred freddy frederik friedrich fritz federico",
    "philippe philipp phil philip felipe filippo",
    "vincent vince vincenzo vicente enzo",
    "gerard gerhard gerd gerrit gerardo",
    "heinrich heinz heiner hendrik henk henri henry harry enrique enrico",
    "maximilian max maxime maximilien",
    "sebastian basti sebastien bastien",
    "jacques jacob jakob jaap jakub",
    "manuel manu manolo emmanuel",
    "rosario charo",
    "concepcion concha conchi",
    "ignacio nacho",
    "guadalupe lupe",
    "luigi luis louis ludwig lodewijk lou",
    "lorenzo laurent lorenz lars laurence larry",
    "georg george georges jorge giorgio schorsch jürgen jurgen joris",
)


class Agreement(IntEnum):
    """How far two names go together, the worst first. UNKNOWN: one of them is not there."""

    DIFFERENT = 0
    UNKNOWN = 1
    ALIKE = 2
    SAME = 3


@lru_cache(maxsize=16_384)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of a name in small letters without accents and marks.

    >>> plain_words("D'Ávila-Müller")
    ('d', 'avila', 'muller')
    """
    spelled = meant(text).casefold().translate(_SPELLED)
    return tuple(_LETTERS.findall(without_accents(spelled)))


def name_words(text: str) -> tuple[str, ...]:
    """As `plain_words`; none where the text stands for no name.

    >>> name_words("[not provided]")
    ()
    """
    words = plain_words(text)
    return () if says_nobody(words) or "@" in text else words


@lru_cache(maxsize=16_384)
def first_name_words(text: str) -> tuple[str, ...]:
    """As `name_words`, without how somebody is addressed: ``Mr & Mrs`` is nobody's first name.

    >>> first_name_words("Dr. Hans"), first_name_words("Herr")
    (('hans',), ())
    """
    return without_titles(name_words(text))


@lru_cache(maxsize=1024)
def surname_words(text: str) -> tuple[str, ...]:
    """The words of a surname that tell it from others; particles count where there is nothing else."""
    words = name_words(text)
    return tuple(word for word in words if word not in _PARTICLES and len(word) > 1) or words


@lru_cache(maxsize=1024)
def company_words(text: str) -> tuple[str, ...]:
    """The words of a company's name without its legal form; none where people say that there is none."""
    words = plain_words(text)
    if says_no_company(words):
        return ()
    return tuple(word for word in words if word not in _COMPANY_FORMS) or words


def _families() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_SHORT_FORMS):
        for name in line.split():
            found.setdefault("".join(plain_words(name)), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


_FAMILIES = _families()


@lru_cache(maxsize=16_384)
def first_names_agree(one: str, other: str) -> Agreement:
    """Of first names: SAME also for a known short form, ALIKE for an initial or a slip of the finger."""
    left, right = first_name_words(one), first_name_words(other)
    if not left or not right:
        return Agreement.UNKNOWN
    if left == right or "".join(left) == "".join(right):
        return Agreement.SAME
    if len(left) != len(right) and min(len(left[0]), len(right[0])) > 1 and left[0] == right[0]:
        return Agreement.DIFFERENT  # Jean and Jean-Pierre may be father and son
    if min(len(left[0]), len(right[0])) == 1:
        return Agreement.ALIKE if left[0][0] == right[0][0] else Agreement.DIFFERENT
    if _FAMILIES.get(left[0], _NONE) & _FAMILIES.get(right[0], _NONE):
        return Agreement.SAME
    return Agreement.ALIKE if _slip("".join(left), "".join(right)) else Agreement.DIFFERENT


_NONE: frozenset[int] = frozenset()


@lru_cache(maxsize=16_384)
def surnames_agree(one: str, other: str) -> Agreement:
    """Of surnames: ALIKE for a slip of the finger, and where one of two surnames is left out."""
    left, right = surname_words(one), surname_words(other)
    if not left or not right:
        return Agreement.UNKNOWN
    if left == right or "".join(left) == "".join(right):
        return Agreement.SAME
    if len(left) != len(right) and (set(left) < set(right) or set(right) < set(left)):
        return Agreement.ALIKE
    return Agreement.ALIKE if _slip("".join(left), "".join(right)) else Agreement.DIFFERENT


def _slip(one: str, other: str) -> bool:
    """Whether one slip of the finger makes one word of the other; two in long words."""
    shorter = min(len(one), len(other))
    if shorter < 3 or (one[0] != other[0] and shorter < 5):
        return False
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler  # where spellings differ only

    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    if slips <= 1:
        return shorter >= 4 or JaroWinkler.similarity(one, other) >= 0.9
    return slips == 2 and shorter >= 8
