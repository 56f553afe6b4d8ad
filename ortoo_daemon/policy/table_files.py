"""What rows does a table have? A table is a CSV file, or a YAML file with a list of mappings.

In YAML each row names its columns, so rows may leave out what they don't need; whatever is written
is text, as in a CSV file: `postal_code: 01000` keeps its zero.
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.csv_files import CsvRows, read_csv
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar


def read_rows(file: str, data: bytes, problems: Problems) -> CsvRows | None:
    """The rows of a table; None when there are none to be had (and the problem is noted)."""
    if not file.endswith((".yaml", ".yml")):
        return read_csv(file, data, problems)
    before = len(problems.found)
    root = read_document(file, data, problems)
    if root is None and len(problems.found) > before:
        return None
    if not isinstance(root, ListNode) or not root.items:
        message = "a table in YAML is a list of rows"
        mend = "write each as - {column: value, …}"
        problems.add(root or Place(file), "wrong_row", message, mend)
        return None
    rows = list(_rows(root, problems))
    header = tuple(dict.fromkeys(name for _, row in rows for name in row))
    kept: dict[tuple[str, ...], int] = {}
    for node, row in rows:
        cells = tuple(row.get(name, "") for name in header)
        first = kept.setdefault(cells, node.line)
        if first != node.line:
            message = f"the same row stands in line {first}"
            problems.add(node, "duplicate_row", message, "remove one of them")
    return CsvRows(header, tuple((line, cells) for cells, line in kept.items()))


def _rows(root: ListNode, problems: Problems) -> Iterator[tuple[Node, dict[str, str]]]:
    for item in root.items:
        if not isinstance(item, MapNode):
            problems.add(item, "wrong_row", "a row is a mapping of columns to values")
            continue
        cells = {}
        for name, (_, value) in item.entries.items():
            if isinstance(value, Scalar):
                cells[name] = "" if value.value is None else value.text.strip()
            else:
                problems.add(value, "wrong_row", f"{name} is {value.kind}, not one value")
        if any(cells.values()):
            yield item, cells
