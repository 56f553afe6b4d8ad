"""Which vehicle does a VIN name: whose make, of which model year, and is it a VIN at all?

The form is that of ISO 3779: seventeen of the letters and digits without I, O and Q. The ninth character is
a check digit where North American rules hold (makers' codes beginning with 1 to 5) and in China (L);
elsewhere makers put there what they like. The tenth tells the model year in North America and at those
makers in Europe and Asia that follow suit; others, such as Renault, Stellantis, BMW and Mercedes-Benz in
Europe, put none there.
"""

import re
from dataclasses import dataclass

from ortoo_daemon.intake.makers import maker_of

VIN_LENGTH = 17
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VALUES = {
    letter: value
    for value, letters in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ"))
    for letter in letters
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980
_CYCLE = len(_YEARS)
_YEAR_MAKERS = frozenset(
    {
        "Volkswagen",
        "Audi",
        "SEAT",
        "Škoda",
        "Porsche",
        "Opel",
        "Hyundai",
        "Kia",
        "Volvo",
        "Jaguar",
        "Land Rover",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vin:
    """A VIN and what it tells.

    ``maker`` is "" where its code is unknown, ``model_year`` None where none is told. ``problem`` says what
    is wrong with it, "" for a sound one.
    """

    value: str
    maker: str
    model_year: int | None
    problem: str

    @property
    def note(self) -> str:
        """What is known, in words."""
        known = [self.maker] if self.maker else []
        known += [f"model year {self.model_year}"] if self.model_year else []
        return "; ".join([*known, *([self.problem] if self.problem else [])])


def read_vin(text: str, *, latest_year: int) -> Vin:
    """Reads a VIN, spaces and hyphens aside. ``latest_year`` is the last model year that can be meant.

    The letter of the year comes round every thirty years: of the years it may mean, the last one up to
    ``latest_year`` is taken; in North America the seventh character settles it.
    """
    value = re.sub(r"[^A-Za-z0-9]", "", text).upper()
    maker = maker_of(value[:3])
    problem = _problem(value)
    sound = len(value) == VIN_LENGTH
    year = _model_year(value, maker, latest_year) if sound else None
    return Vin(value=value, maker=maker, model_year=year, problem=problem)


def check_digit(vin: str) -> str:
    """The ninth character that North American rules ask for: 0 to 9 or X. Raises KeyError for I, O and Q."""
    total = sum(
        weight * (int(letter) if letter.isdigit() else _VALUES[letter])
        for letter, weight in zip(vin, _WEIGHTS, strict=True)
    )
    return "X" if total % 11 == 10 else str(total % 11)


def _problem(value: str) -> str:
    if len(value) != VIN_LENGTH:
        return f"has {len(value)} characters, a VIN has {VIN_LENGTH}"
    if not _FORM.fullmatch(value):
        wrong = ", ".join(sorted(set(re.findall(r"[^A-HJ-NPR-Z0-9]", value))))
        return f"has {wrong}, which no VIN has: 1 and 0 are often meant"
    if value[0] in "12345L" and value[8] != (digit := check_digit(value)):
        return f"check digit is {value[8]}, {digit} would fit: a character is mistyped"
    return ""


def _model_year(value: str, maker: str, latest: int) -> int | None:
    american = value[0] in "12345"
    if not (american or maker in _YEAR_MAKERS) or value[9] not in _YEARS:
        return None
    year = _FIRST_YEAR + _YEARS.index(value[9])
    if american and value[6].isalpha():
        return year + _CYCLE
    while not american and year + _CYCLE <= latest:
        year += _CYCLE
    return year
