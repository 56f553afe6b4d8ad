"""Which cases does one case with ``each`` stand for? A case and the rows of its table → a case a row.

::

    - name: each brand's enquiries come to its own site
      given: {Country: France}
      each:
        - [Brand__c, PostalCode, rooftop, sla.first_response]  # a field is given, the rest is expected
        - [Renault,  "35000",    R00013812, 30m]
        - [Peugeot,  "31000",    042317L01, ~]                 # nothing is expected

Rows may be mappings instead, each with what a case may have. What a row says goes before what the case
says; ``given``, ``roster``, ``answers`` and ``expect`` are merged key by key.
"""

from collections.abc import Iterator, Sequence

from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.parsing.expectations import EXPECT_KEYS
from ortoo_daemon.policy.parsing.given_answers import ANSWERS
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in

EACH = "each"
ROW_KEYS = ("name", "given", "now", "roster", "moved", "mail", "match", ANSWERS, "expect", "then")
COLUMNS = ("name", "now", "expect")
"""Columns that are keys of the row itself; `EXPECT_KEYS` stand for those of ``expect``."""

INNER = ("fields", "owner", "sla")
"""Keys of ``expect`` that are mappings: a column is one of theirs, ``fields.Brand__c``."""

_MERGED = ("given", "roster", ANSWERS, "expect")


def rows_of(case: MapNode, problems: Problems) -> Iterator[MapNode]:
    """The cases of a table, each at the place of its row, with a name of its own."""
    each = case.get(EACH)
    if each is None:
        return
    items = items_in(each, problems, what=f"{EACH!r}")
    heading = _has_heading(items)
    if isinstance(each, ListNode) and len(items) == heading:
        message = f"{EACH!r} has no rows, so that nothing is tried"
        problems.add(each, "empty", message, "add a row, or take the case out")
    rows = _under_heading(items, problems) if heading else _mappings(items, problems)
    base, labels = case.without(EACH), set[str]()
    for number, row in enumerate(rows, start=1):
        label = _label(row) or f"row {number}"
        label = f"{label} (row {number})" if label.casefold() in labels else label
        labels.add(label.casefold())
        yield _merged(base, row, label)


def _has_heading(items: Sequence[Node]) -> bool:
    return bool(items) and isinstance(items[0], ListNode)


def _mappings(items: Sequence[Node], problems: Problems) -> Iterator[MapNode]:
    for item in items:
        mapping = mapping_in(item, problems, what="a row")
        if mapping is not None:
            Section(mapping, problems, what="a row", known=ROW_KEYS)
            yield mapping.without(*(key for key in mapping.entries if key not in ROW_KEYS))


def _under_heading(items: Sequence[Node], problems: Problems) -> Iterator[MapNode]:
    columns = _columns(items[0], problems)
    if columns is None:
        return
    for item in items[1:]:
        cells = items_in(item, problems, what="a row")
        if len(cells) == len(columns):
            yield _row(item, columns, cells)
        elif isinstance(item, ListNode):
            message = f"the row has {len(cells)} values, its heading {len(columns)}"
            problems.add(item, "wrong_type", message, "write ~ where there is nothing to say")


def _columns(heading: Node, problems: Problems) -> list[Scalar] | None:
    """The columns, None where nothing can be read below them."""
    items = items_in(heading, problems, what="the heading of the rows")
    columns = [each for each in items if isinstance(each, Scalar) and each.text.strip()]
    if len(columns) != len(items) or not columns:
        problems.add(heading, "wrong_type", "a heading is a list of names of columns")
        return None
    words, seen = (*COLUMNS, *EXPECT_KEYS, *(f"{each}." for each in INNER)), set[str]()
    for column in columns:
        name = column.text.strip()
        if name in seen:
            problems.add(column, "duplicate_key", f"the column {name!r} stands here twice")
        elif name not in words and _is_word(name):
            message = f"a column is a field of the record or a word of 'expect', not {name!r}"
            problems.add(column, "unknown_key", message, did_you_mean(name, words))
        seen.add(name)
    return columns


def _row(at: Node, columns: Sequence[Scalar], cells: Sequence[Node]) -> MapNode:
    """A row of values as the mapping that it stands for."""
    row, given, expect = (MapNode(at.file, at.line, at.column) for _ in range(3))
    for column, cell in zip(columns, cells, strict=True):
        name = column.text.strip()
        empty = isinstance(cell, Scalar) and cell.plain and cell.value is None
        outer, _, inner = name.partition(".")
        if outer not in (*COLUMNS, *EXPECT_KEYS):
            given.entries[name] = (column, cell)
        elif empty:
            continue  # nothing is said
        elif inner:
            part = expect.get(outer)
            part = part if isinstance(part, MapNode) else MapNode(at.file, at.line, at.column)
            part.entries[inner] = (column, cell)
            expect.entries[outer] = (column, part)
        else:
            target = row if name in COLUMNS else expect
            target.entries[name] = (column, cell)
    for name, part in (("given", given), ("expect", expect)):
        if part.entries and name not in row.entries:
            row.entries[name] = (_key(at, name), part)
    return row


def _is_word(name: str) -> bool:
    """Whether a name is rather a word of the language than a field of the org."""
    outer, _, inner = name.partition(".")
    return outer.islower() and not outer.endswith("__c") and not (inner and outer in INNER)


def _merged(base: MapNode, row: MapNode, label: str) -> MapNode:
    found = MapNode(row.file, row.line, row.column)
    found.entries = dict(base.entries)
    for key, (at, value) in row.entries.items():
        before = base.get(key)
        if key in _MERGED and isinstance(before, MapNode) and isinstance(value, MapNode):
            both = MapNode(value.file, value.line, value.column)
            both.entries = {**before.entries, **value.entries}
            found.entries[key] = (at, both)
        elif key != "name":
            found.entries[key] = (at, value)
    name = base.get("name")
    if isinstance(name, Scalar) and name.text.strip():
        text = f"{name.text.strip()}: {label}"
        named = Scalar(name.file, name.line, name.column, text=text, plain=False)
        found.entries["name"] = (base.entries["name"][0], named)
    return found


def _label(row: MapNode) -> str:
    """What tells the row from its neighbours: its name, else what it gives and when."""
    name, given, now = row.get("name"), row.get("given"), row.get("now")
    if isinstance(name, Scalar) and name.text.strip():
        return name.text.strip()
    values = [value for _, value in given.entries.values()] if isinstance(given, MapNode) else []
    told = [*values, now] if now is not None else values
    return ", ".join(_said(value) for value in told)


def _said(value: Node) -> str:
    if not isinstance(value, Scalar):
        return written(value)
    return "nothing" if value.value is None else value.text


def _key(at: Node, name: str) -> Scalar:
    return Scalar(at.file, at.line, at.column, text=name, plain=True)
