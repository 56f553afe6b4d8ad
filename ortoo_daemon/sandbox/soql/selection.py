"""What does a plain SELECT list read, and into what shape of record?"""

from __future__ import annotations

from ortoo_daemon.sandbox.schema import FieldType
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.columns import Column, Columns
from ortoo_daemon.sandbox.soql.refusals import malformed
from ortoo_daemon.sandbox.soql.shape import Shape, part_name


def plain_items(select: tree.Select, columns: Columns) -> tuple[list[str], Shape]:
    """The SELECT list as SQL, and the shape that reads its rows. Raises INVALID_FIELD."""
    selection = _Selection(columns)
    for item in select.items:
        if isinstance(item, tree.AllFields):
            if item.group not in ("ALL", "STANDARD", "CUSTOM"):
                raise malformed(f"unexpected token: FIELDS({item.group})")
            for field in columns.all_fields(item.group):
                selection.add(columns.resolve(tree.Path((field.name,), item.at)))
        elif isinstance(item, tree.Item):
            assert isinstance(item.what, tree.Path)
            selection.add(columns.resolve(item.what), at=item.what)
    return selection.selected, selection.shape


class _Selection:
    """Collects the columns to read, each once, and where they go."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.selected: list[str] = []
        self._positions: dict[str, int] = {}
        self.shape = Shape(entity=columns.kind.name, id_at=self._position(columns.root.id_sql()))

    def add(self, column: Column, at: tree.Path | None = None) -> None:
        level = self._level(column.names[:-1])
        name = column.names[-1]
        if any(name == each for each, _ in level.plain):
            if at is not None:
                raise malformed(f"duplicate field selected: {name}")
            return
        if column.field.type is FieldType.ADDRESS:
            self._add_compound(level, column)
            return
        level.plain.append((name, self._position(column.sql)))
        if column.field.type is FieldType.BOOLEAN:
            level.booleans.append(name)

    def _add_compound(self, level: Shape, column: Column) -> None:
        alias = column.sql.partition(".")[0]
        parts = {
            part_name(column.field.name, part): self._position(f'{alias}."{part}"')
            for part in column.field.parts
        }
        level.compounds.append((column.field.name, parts))

    def _level(self, names: tuple[str, ...]) -> Shape:
        level = self.shape
        for depth, name in enumerate(names, start=1):
            if name not in level.parents:
                parent = self._columns.parent(names[:depth])
                entity = "Name" if parent.polymorphic else parent.tables[0][0].name
                level.parents[name] = Shape(entity=entity, id_at=self._position(parent.id_sql()))
            level = level.parents[name]
        return level

    def _position(self, sql: str) -> int:
        if sql not in self._positions:
            self._positions[sql] = len(self.selected)
            self.selected.append(sql)
        return self._positions[sql]
