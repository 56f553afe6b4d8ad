"""Which values does a text hold that are to be asked for, and to which field does each go? A CSV file.

``field,about,type,length,longer,values,only_empty,confidence,finder``: the first two are needed.
"""

from collections.abc import Mapping

from ortoo_daemon.errors import Place
from ortoo_daemon.interpretation import Wanted, WantedKind
from ortoo_daemon.policy.ai_model import AiField
from ortoo_daemon.policy.csv_files import lacks_column, note_unknown_columns
from ortoo_daemon.policy.finders import Finder, FinderError, read_finder
from ortoo_daemon.policy.mapped import Longer, MappedField, MappedType
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.table_files import read_rows
from ortoo_daemon.policy.values import fold, number

COLUMNS = (
    "field",
    "about",
    "type",
    "length",
    "longer",
    "values",
    "only_empty",
    "confidence",
    "finder",
)
MOST_ROWS = 400
"""More would make instructions that no model follows."""

_LONGEST_ABOUT = 300
_MOST_CHOICES = 200


class AiMap(tuple[AiField, ...]):
    """The rows in file order."""

    __slots__ = ()


def read_ai_map(data: bytes, *, path: str, file: str, problems: Problems) -> AiMap | None:
    """The map without the rows that can't be used (each is noted). ``path`` as the policy writes it."""
    read = read_rows(file, data, problems)
    if read is None:
        return None
    what = f"a map of what is asked for ({path})"
    note_unknown_columns(file, read.header, COLUMNS, what=what, problems=problems)
    if lacks_column(file, read.header, COLUMNS[:2], what=what, problems=problems):
        return None
    found: dict[str, AiField] = {}
    for line, cells in read.rows:
        place = Place(file, line)
        row = _Row(dict(zip(read.header, cells, strict=True)), place, problems).read()
        if row is not None and row.field in found:
            before = found[row.field].mapped.place.line
            message = f"{row.field} is asked for already in line {before}"
            problems.add(place, "duplicate_row", message, "remove one of them")
        elif row is not None:
            found[row.field] = row
    if len(found) > MOST_ROWS:
        message = f"{len(found)} values are asked for at once"
        problems.add(Place(file), "wrong_row", message, f"at most {MOST_ROWS}: make two steps")
    return AiMap(found.values())


class _Row:
    def __init__(self, cells: Mapping[str, str], place: Place, problems: Problems) -> None:
        self.cells = cells
        self.place = place
        self.problems = problems
        self._before = len(problems.found)

    def read(self) -> AiField | None:
        field, about = self.cells["field"], self.cells["about"]
        if not is_field_name(field) or "." in field:
            self._wrong(f"{field!r} is not the API name of a field of the record", "wrong_name")
        if not about or len(about) > _LONGEST_ABOUT:
            self._wrong(f"say in 1 to {_LONGEST_ABOUT} characters what is asked for")
        values = self._values()
        type_, longer = self._type(), self._longer()
        length, confidence = self._length(), self._confidence()
        finder, only_empty = self._finder(tuple(values)), self._only_empty()
        if len(self.problems.found) > self._before:
            return None
        return AiField(
            mapped=MappedField(
                field=field,
                name=field,
                root="",
                type=type_,
                length=length,
                longer=longer,
                values={fold(said): written for said, written in values.items()},
                only_empty=only_empty is not False,
                place=self.place,
            ),
            wanted=Wanted(
                field,
                about,
                WantedKind.CHOICE if values else WantedKind(type_.value),
                tuple(values),
                length,
                tuple(values.values()),
            ),
            only_empty=only_empty,
            confidence=confidence,
            finder=finder,
        )

    def _type(self) -> MappedType:
        return MappedType(self._word("type", [each.value for each in MappedType]) or "text")

    def _longer(self) -> Longer:
        return Longer(self._word("longer", [each.value for each in Longer]) or Longer.CUT)

    def _length(self) -> int:
        cell = self.cells.get("length", "")
        if cell and not (cell.isascii() and cell.isdigit()):
            self._wrong(f"length is not a number of characters: {cell!r}")
            return 0
        return int(cell or 0)

    def _confidence(self) -> float | None:
        cell = self.cells.get("confidence", "")
        found = number(cell) if cell else None
        if cell and (found is None or not 0 <= found <= 1):
            self._wrong(f"confidence is a number from 0 to 1, not {cell!r}")
            return None
        return None if found is None else float(found)

    def _only_empty(self) -> bool | None:
        return {"true": True, "false": False}.get(self._word("only_empty", ["true", "false"]))

    def _finder(self, choices: tuple[str, ...]) -> Finder | None:
        cell = self.cells.get("finder", "")
        if not cell:
            return None
        try:
            return read_finder(cell, choices=choices)
        except FinderError as error:
            self._wrong(str(error))
            return None

    def _word(self, column: str, known: list[str]) -> str:
        cell = self.cells.get(column, "").casefold()
        if cell and cell not in known:
            message = f"{column}: {cell!r} is not one of {', '.join(known)}"
            self._wrong(message, "unknown_name", did_you_mean(cell, known))
            return ""
        return cell

    def _values(self) -> dict[str, str]:
        """``cash; leasing=Lease``: what may be answered, and what is written for it."""
        found: dict[str, str] = {}
        for pair in filter(None, map(str.strip, self.cells.get("values", "").split(";"))):
            said, sign, written = (part.strip() for part in pair.partition("="))
            if not said or (sign and not written):
                self._wrong(f"{pair!r} translates nothing", mend="write said=written, or one word")
            elif fold(said) in {fold(each) for each in found}:
                self._wrong(f"{said!r} stands here twice")
            else:
                found[said] = written or said
        if len(found) > _MOST_CHOICES:
            self._wrong(f"{len(found)} values to choose from", mend=f"at most {_MOST_CHOICES}")
        return found

    def _wrong(self, message: str, rule: str = "wrong_row", mend: str = "") -> None:
        self.problems.add(self.place, rule, message, mend)
