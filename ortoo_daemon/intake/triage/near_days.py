"""Does a sentence name a day that is near: today, tomorrow, a weekday or a date of the next working days?

Counted from the day on which the mail came. What lies behind ("since Monday", "on the 3rd", two weeks ago)
is not near. Pure: the day is given, no clock is asked.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ortoo_daemon.intake.triage.words import Word

WORKING_DAYS = 2
"""So many working days ahead are near."""

_SATURDAY = 5


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLAIN = _words("""
today tonight tomorrow demain heute morgen ubermorgen uebermorgen vandaag vanmiddag vanavond overmorgen
oggi domani dopodomani stasera hoy manana aujourd domattina
morgenvroeg morgenochtend morgenmiddag morgenavond morgenfruh morgenvormittag morgennachmittag morgenabend
""")
_NOT_A_DAY = {
    # greetings and times of day: "guten Morgen", "heute morgen" (is over), "por la mañana"
    "morgen": _words(
        "guten goede goeden goeie schonen heute vandaag am jeden elke gisteren gestern"
    ),
    "manana": _words("la esta buena por cada"),
}
_EARLIER = _words("""
seit since depuis desde da dal dall sinds vom last letzten letzter letzte vergangenen dernier
passe pasado pasada scorso scorsa vorige afgelopen vor hace
""")
_BEHIND = _words("dernier derniere passe pasado pasada scorso scorsa last jongstleden ago geleden")
_BEFORE_PLAIN = _words("seit since depuis desde da dal sinds von vom from de van di every jeden")
_OF = _words("di von van")
_AHEAD = _words("morgen ubermorgen uebermorgen overmorgen domani dopodomani domattina")
"""*Of tomorrow* is near, *of today* may be over: *the delivery of today*."""
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday lundi montag lunes lunedi maandag",
            "tuesday mardi dienstag martes martedi dinsdag",
            "wednesday mercredi mittwoch miercoles mercoledi woensdag",
            "thursday jeudi donnerstag jueves giovedi donderdag",
            "friday vendredi freitag viernes venerdi vrijdag",
            "saturday samedi samstag sonnabend sabado sabato zaterdag",
            "sunday dimanche sonntag domingo domenica zondag",
        )
    )
    for name in names.split()
}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier januar enero gennaio januari",
            "february fevrier februar febrero febbraio februari",
            "march mars marz maerz marzo maart",
            "april avril abril aprile",
            "may mai mayo maggio mei",
            "june juin juni junio giugno",
            "july juillet juli julio luglio",
            "august aout agosto augustus",
            "september septembre septiembre settembre",
            "october octobre oktober octubre ottobre",
            "november novembre noviembre",
            "december decembre dezember diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKS_OFF = re.compile(
    r"(?:week|en huit|en quinze|in acht tagen|over (?:een|1|twee|2) w(?:eek|eken)"
    r"|in (?:einer|zwei|1|2) wochen?"
    r"|(?:of |the )?(?:week after|next week|following week)"
    r"|(?:der )?(?:nachste[rn]?|kommende[rn]?) woche"
    r"|(?:de )?(?:la )?semaine prochaine|(?:de )?(?:la )?(?:proxima semana|semana (?:que viene|proxima))"
    r"|(?:della )?(?:prossima settimana|settimana prossima)|(?:van )?(?:volgende|komende) week)\b"
)
_FIGURES = re.compile(
    r"(?<![\w./-])(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?(?![\w€%/-]|[.,]\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def names_a_near_day(text: str, words: Sequence[Word], today: date | None) -> bool:
    """Whether a day from ``today`` to two working days later is named; ``words`` are those of ``text``.

    Where nobody knows when the mail came, only words such as *tomorrow* tell.
    """
    if any(_is_plain(words, at) for at in range(len(words))):
        return True
    if today is None:
        return False
    days = (*_weekdays(words, today), *_written(words, today), *_figures(text, words, today))
    return any(is_near(day, today) for day in days)


def is_near(day: date, today: date) -> bool:
    """Whether the day is today or within two working days of it."""
    if not 0 <= (day - today).days <= 7:
        return False
    ahead = (today + timedelta(days=number) for number in range(1, (day - today).days + 1))
    return sum(one.weekday() < _SATURDAY for one in ahead) <= WORKING_DAYS


def _is_plain(words: Sequence[Word], at: int) -> bool:
    word = words[at].text
    if word not in _PLAIN:
        return False
    before = words[at - 1].text if at else ""
    greets = word == "morgen" and words[at].capital
    after = words[at + 1].text if at + 1 < len(words) else ""
    morning = word in {"heute", "vandaag"} and after in {"morgen", "nacht", "fruh"}
    behind = before in _BEFORE_PLAIN and not (before in _OF and word in _AHEAD)
    return not (greets or morning or behind or before in _NOT_A_DAY.get(word, ()))


def _weekdays(words: Sequence[Word], today: date) -> Iterator[date]:
    for at, word in enumerate(words):
        number = _WEEKDAYS.get(word.text)
        if number is not None and not _is_behind(words, at) and not _is_weeks_off(words, at):
            yield today + timedelta(days=(number - today.weekday()) % 7)


def _written(words: Sequence[Word], today: date) -> Iterator[date]:
    """``5 septembre``, ``September 5``, ``the 5th of September``."""
    for at, word in enumerate(words):
        month = MONTHS.get(word.text)
        if month is None or _is_behind(words, at - 1):
            continue
        for place in (at - 1, at - 2, at + 1):
            day = _day_of(words[place].text) if 0 <= place < len(words) else 0
            if day:
                yield from _of_the_year(day, month, today)


def _figures(text: str, words: Sequence[Word], today: date) -> Iterator[date]:
    start, end = (words[0].start, words[-1].end) if words else (0, 0)
    for found in _ISO.finditer(text, start, end):
        yield from _valid(int(found[1]), int(found[2]), int(found[3]))
    for found in _FIGURES.finditer(text, start, end):
        at = next(n for n, word in enumerate(words) if word.end > found.start())
        if not _is_behind(words, at):
            first, second = int(found[1]), int(found[2])
            yield from _of_the_year(first, second, today)
            yield from _of_the_year(second, first, today)


def _is_behind(words: Sequence[Word], at: int) -> bool:
    """Whether a day is told of as past, or is the beginning of what lasts."""
    before = {word.text for word in words[max(0, at - 2) : max(0, at)]}
    after = {word.text for word in words[at + 1 : at + 2]}
    return bool(before & _EARLIER or after & _BEHIND)


def _is_weeks_off(words: Sequence[Word], at: int) -> bool:
    """Whether right behind a weekday stands that it is not the coming one: *Friday week*."""
    after = " ".join(word.text for word in words[at + 1 : at + 5])
    return bool(_WEEKS_OFF.match(after))


def _day_of(text: str) -> int:
    figures = text.rstrip("sthndreo")
    return int(figures) if figures.isdigit() and len(figures) <= 2 else 0


def _of_the_year(day: int, month: int, today: date) -> Iterator[date]:
    for year in (today.year, today.year + 1):
        yield from _valid(year, month, day)


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
