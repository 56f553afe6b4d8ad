"""How does ``table:`` of ``enrichment:`` become a look-up?

::

    - table: {file: tables/models.csv, match: {Model__c: {words: model}}, set: {Brand__c: brand}}
"""

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch, TableStep
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import Section, name_in, text_in
from ortoo_daemon.policy.resources import Resources
from ortoo_daemon.policy.tables import CsvTable

TABLE_KEYS = ("file", "match", "set", "only_empty")


def read_table_step(node: MapNode, problems: Problems, resources: Resources) -> TableStep | None:
    section = Section(node, problems, what="a table step", known=TABLE_KEYS)
    file = section.required("file")
    match_node, set_node = section.required("match"), section.required("set")
    if not isinstance(file, Scalar):
        section.text("file")
        return None
    table = resources.table(file)
    if table is None or match_node is None or set_node is None:
        return None
    matches = _matches(section.mapping("match"), table, problems)
    sets = _columns(section.mapping("set"), table, problems)
    if not matches or not sets:
        return None
    _note_doubles(table, matches, problems)
    return TableStep(
        table=table,
        matches=matches,
        sets=sets,
        only_empty=section.flag("only_empty"),
        place=node.place,
    )


def _note_doubles(table: CsvTable, matches: tuple[TableMatch, ...], problems: Problems) -> None:
    for first, second in table.doubles(matches):
        message = f"this row and line {first.line} answer the same look-up on the same day"
        mend = "remove one of them, or let their dates not overlap"
        problems.add(Place(table.file, second.line), "duplicate_row", message, mend)


def _matches(node: MapNode | None, table: CsvTable, problems: Problems) -> tuple[TableMatch, ...]:
    found = []
    for key, value in node.entries.values() if node else ():
        field = name_in(key, problems, what="match")
        kind, columns = _how(value, problems)
        known = [column for column in columns if _column(column, table, problems)]
        if field is not None and kind is not None and len(known) == len(columns):
            names = tuple(column.text for column in columns)
            found.append(TableMatch(field=field, columns=names, kind=kind))
    kinds = [match.kind for match in found if match.kind is not MatchKind.EXACT]
    if node is not None and MatchKind.WORDS in kinds and len(kinds) > 1:
        message = "'words' goes with columns alone: one match by words, and no prefix or range"
        problems.add(node, "wrong_match", message, "write two steps")
    if node is not None and not node.entries:
        problems.add(node, "empty", "a look-up needs a field to look up", "write {Field: column}")
    return tuple(found)


def _how(node: Node, problems: Problems) -> tuple[MatchKind | None, list[Scalar]]:
    """``column``, ``{prefix: column}``, ``{words: column}`` or ``{range: [first, last]}``."""
    if isinstance(node, Scalar):
        return MatchKind.EXACT, [node]
    if isinstance(node, MapNode) and len(node.entries) == 1:
        ((key, value),) = node.entries.values()
        if key.text in ("exact", "prefix", "words") and isinstance(value, Scalar):
            return MatchKind(key.text), [value]
        if key.text == "range" and isinstance(value, ListNode):
            columns = [item for item in value.items if isinstance(item, Scalar)]
            if len(columns) == 2 == len(value.items):
                return MatchKind.RANGE, columns
    message = "a match is a column, {prefix: column}, {words: column} or {range: [first column, last column]}"
    problems.add(node, "wrong_type", message)
    return None, []


def _columns(
    node: MapNode | None, table: CsvTable, problems: Problems
) -> tuple[tuple[str, str], ...]:
    found = []
    for key, value in node.entries.values() if node else ():
        field = name_in(key, problems, what="set")
        column = value if isinstance(value, Scalar) else None
        if column is None:
            text_in(value, problems, what="a column")
        elif field is not None and _column(column, table, problems):
            found.append((field, column.text))
    return tuple(found)


def _column(node: Scalar, table: CsvTable, problems: Problems) -> bool:
    if node.text in table.columns:
        return True
    message = f"{table.path} has no column {node.text!r}"
    problems.add(node, "unknown_column", message, did_you_mean(node.text, table.columns))
    return False
