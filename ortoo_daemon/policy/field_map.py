"""Which finding goes to which field, as what? A CSV file beside the policy, one row a field.

``field,from,type,length,longer,values,only_empty``: the first two are needed.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ortoo_daemon.adf_findings import ADF_NAMES
from ortoo_daemon.errors import Place
from ortoo_daemon.mail_findings import NAMES, FoundKind
from ortoo_daemon.policy.csv_files import lacks_column, note_unknown_columns
from ortoo_daemon.policy.mapped import Longer, MappedField, MappedType
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.table_files import read_rows
from ortoo_daemon.policy.values import fold

COLUMNS = ("field", "from", "type", "length", "longer", "values", "only_empty")

_USUAL = {
    FoundKind.TEXT: MappedType.TEXT,
    FoundKind.RECORD: MappedType.TEXT,
    FoundKind.NUMBER: MappedType.NUMBER,
    FoundKind.FLAG: MappedType.CHECKBOX,
    FoundKind.MOMENT: MappedType.DATETIME,
}
_ALL_OTHERS = "*"


class Findings(NamedTuple):
    """What may be mapped: names behind ``$root.``."""

    root: str
    names: Mapping[str, FoundKind]


OF_MAILS = Findings("triage", NAMES)
OF_ADF = Findings("adf", ADF_NAMES)


class FieldMap(tuple[MappedField, ...]):
    """The rows in file order."""

    __slots__ = ()


def read_adf_map(data: bytes, *, path: str, file: str, problems: Problems) -> FieldMap | None:
    """As `read_field_map`, for what enquiries in ADF say."""
    return read_field_map(data, path=path, file=file, problems=problems, of=OF_ADF)


def read_field_map(
    data: bytes, *, path: str, file: str, problems: Problems, of: Findings = OF_MAILS
) -> FieldMap | None:
    """The map without the rows that can't be used (each is noted). ``path`` as the policy writes it."""
    read = read_rows(file, data, problems)
    if read is None:
        return None
    note_unknown_columns(file, read.header, COLUMNS, what="a map of fields", problems=problems)
    if lacks_column(
        file, read.header, COLUMNS[:2], what=f"a map of fields ({path})", problems=problems
    ):
        return None
    found: dict[str, MappedField] = {}
    for line, cells in read.rows:
        row = _row(dict(zip(read.header, cells, strict=True)), Place(file, line), problems, of)
        if row is not None and row.field in found:
            message = f"{row.field} is mapped already in line {found[row.field].place.line}"
            problems.add(row.place, "duplicate_row", message, "remove one of them")
        elif row is not None:
            found[row.field] = row
    return FieldMap(found.values())


def _row(
    cells: Mapping[str, str], place: Place, problems: Problems, of: Findings
) -> MappedField | None:
    before = len(problems.found)
    field, name = cells["field"], cells["from"].removeprefix(f"${of.root}.")
    if not is_field_name(field) or "." in field:
        problems.add(place, "wrong_name", f"{field!r} is not the API name of a field of the record")
    if name not in of.names:
        message = f"${of.root} has no {name!r}"
        problems.add(place, "unknown_name", message, did_you_mean(name, of.names))
    kind = _word(cells.get("type", ""), MappedType, place, problems)
    longer = _word(cells.get("longer", ""), Longer, place, problems)
    length = cells.get("length", "")
    if length and not (length.isascii() and length.isdigit()):
        problems.add(place, "wrong_row", f"length is not a number of characters: {length!r}")
    only_empty = cells.get("only_empty", "").casefold()
    if only_empty not in ("", "true", "false"):
        problems.add(place, "wrong_row", f"only_empty is true or false, not {only_empty!r}")
    values = _values(cells.get("values", ""), place, problems)
    if len(problems.found) > before:
        return None
    otherwise = values.pop(_ALL_OTHERS, None)
    usual = MappedType.TEXT if values or otherwise else _USUAL[of.names[name]]
    return MappedField(
        field=field,
        name=name,
        root=of.root,
        type=MappedType(kind) if kind else usual,
        length=int(length or 0),
        longer=Longer(longer) if longer else Longer.CUT,
        values=values,
        otherwise=otherwise,
        only_empty=only_empty == "true",
        place=place,
    )


def _word(
    cell: str, known: type[MappedType] | type[Longer], place: Place, problems: Problems
) -> str:
    words = [each.value for each in known]
    if cell and cell not in words:
        message = f"{cell!r} is not one of {', '.join(words)}"
        problems.add(place, "unknown_name", message, did_you_mean(cell, words))
    return cell


def _values(cell: str, place: Place, problems: Problems) -> dict[str, str]:
    """``critical=High; normal=Medium; *=Low``: found value, and what is written for it."""
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, cell.split(";"))):
        left, sign, right = (part.strip() for part in pair.partition("="))
        if not sign or not left:
            message = f"{pair!r} translates nothing"
            problems.add(place, "wrong_row", message, "write found=written; *=for all others")
        elif fold(left) in found:
            problems.add(place, "wrong_row", f"{left!r} is translated twice")
        else:
            found[fold(left)] = right
    return found
