"""Which SQL column is this field path?  Resolves paths up relationships into joins.

One `Columns` per SELECT: it hands out table aliases and collects the joins that the paths need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.schema import TEXTS, Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.refusals import located, no_such_column, no_such_relationship

_DEEPEST = 5
# What the platform's polymorphic parent ("Name") shows, whichever object it is.
NAME_FIELDS = {
    name.lower(): name
    for name in (
        "Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone", "Title",
        "Username", "Alias", "IsActive", "ProfileId", "UserRoleId",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a row as SQL. `names` is the path in canonical case."""

    sql: str
    names: tuple[str, ...]
    field: Field

    @property
    def folds(self) -> bool:
        return self.field.type in TEXTS and not self.field.case_sensitive

    @property
    def key(self) -> str:
        """What comparisons, sorting and grouping look at."""
        return f"fold({self.sql})" if self.folds else self.sql


@dataclass(frozen=True, slots=True)
class Parent:
    """The far end of a relationship path: one table, or several for a polymorphic one."""

    tables: tuple[tuple[ObjectType, str], ...]  # (object, alias)
    names: tuple[str, ...]

    @property
    def polymorphic(self) -> bool:
        return len(self.tables) > 1

    def id_sql(self) -> str:
        return _first_of([f"{alias}.Id" for _, alias in self.tables])


class Columns:
    """The paths of one SELECT. `level` keeps aliases of nested statements apart."""

    def __init__(self, schema: Schema, source: str, kind: ObjectType, level: int = 0) -> None:
        self._schema = schema
        self._source = source
        self._level = level
        self.root = Parent(((kind, f"t{level}"),), ())
        self.kind = kind
        self._parents: dict[tuple[str, ...], Parent] = {(): self.root}
        self._joins: list[str] = []

    def joins(self) -> str:
        return "".join(self._joins)

    def from_sql(self) -> str:
        return f'"{self.kind.name}" t{self._level}'

    def deleted_sql(self) -> str:
        return f"t{self._level}.IsDeleted"

    def resolve(self, path: tree.Path) -> Column:
        """The column of a path. Raises INVALID_FIELD."""
        names = path.names
        if len(names) > 1 and names[0].lower() == self.kind.name.lower():
            names = names[1:]  # `SELECT Lead.Id FROM Lead`
        parent = self._parent(names[:-1], path)
        return self._column(parent, names[-1], path)

    def parent(self, names: tuple[str, ...]) -> Parent:
        """A parent that some resolved path went through, by canonical names."""
        return self._parents[names]

    def all_fields(self, group: str) -> Iterator[Field]:
        """What FIELDS(group) stands for."""
        for field in self.kind.fields.values():
            if group == "ALL" or field.custom == (group == "CUSTOM"):
                yield field

    def _parent(self, names: tuple[str, ...], path: tree.Path) -> Parent:
        if len(names) > _DEEPEST:
            message = f"Only {_DEEPEST} levels of parent relationships are allowed: {path}"
            raise located("MALFORMED_QUERY", self._source, path.at, message)
        parent = self.root
        for name in names:
            parent = self._step(parent, name, path)
        return parent

    def _step(self, parent: Parent, name: str, path: tree.Path) -> Parent:
        reference = None
        if not parent.polymorphic:
            (kind, alias) = parent.tables[0]
            reference = kind.relationships.get(name.lower())
        if reference is None:
            raise no_such_relationship(self._source, path.at, name)
        assert reference.relationship is not None
        names = (*parent.names, reference.relationship)
        found = self._parents.get(names)
        if found is None:
            found = self._parents[names] = self._join(alias, reference, names)
        return found

    def _join(self, alias: str, reference: Field, names: tuple[str, ...]) -> Parent:
        tables = []
        for target in reference.reference_to:
            kind = self._schema.objects[target]
            joined = f"t{self._level}_{len(self._joins)}"
            self._joins.append(
                f' LEFT JOIN "{kind.name}" {joined} ON {joined}.Id = {alias}."{reference.name}"'
            )
            tables.append((kind, joined))
        return Parent(tuple(tables), names)

    def _column(self, parent: Parent, name: str, path: tree.Path) -> Column:
        if parent.polymorphic:
            return self._name_column(parent, name, path)
        (kind, alias) = parent.tables[0]
        field = kind.by_lower.get(name.lower())
        if field is None:
            raise no_such_column(self._source, path.at, name, kind.name)
        return Column(f'{alias}."{field.name}"', (*parent.names, field.name), field)

    def _name_column(self, parent: Parent, name: str, path: tree.Path) -> Column:
        canonical = NAME_FIELDS.get(name.lower())
        if canonical is None:
            raise no_such_column(self._source, path.at, name, "Name")
        names = (*parent.names, canonical)
        if canonical == "Type":
            field = Field(name="Type", type=FieldType.PICKLIST, label="Type")
            return Column(_type_sql(parent), names, field)
        having = [(k.fields[canonical], a) for k, a in parent.tables if canonical in k.fields]
        if canonical == "Name":
            having += [
                (k.name_field, a)
                for k, a in parent.tables
                if k.name_field and canonical not in k.fields
            ]
        if not having:
            raise no_such_column(self._source, path.at, name, "Name")
        sql = _first_of([f'{alias}."{field.name}"' for field, alias in having])
        return Column(sql, names, having[0][0])

    def refuse(self, path: tree.Path, what: str) -> OrgError:
        message = f"field '{path}' can not be {what} in a query call"
        return located("INVALID_FIELD", self._source, path.at, message)


def _first_of(columns: list[str]) -> str:
    return columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"


def _type_sql(parent: Parent) -> str:
    """The parent's kind; of a group its own word, since queues call themselves `Queue`."""
    cases = []
    for kind, alias in parent.tables:
        shown = f"'{kind.name}'"
        if kind.name == "Group":
            shown = f"CASE {alias}.Type WHEN 'Queue' THEN 'Queue' ELSE 'Group' END"
        cases.append(f"WHEN {alias}.Id IS NOT NULL THEN {shown}")
    return f"CASE {' '.join(cases)} END"
