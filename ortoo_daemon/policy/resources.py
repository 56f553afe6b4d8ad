"""Which files may a policy name? Finds tables beside it and reads each of them once.

Pure: the bytes are handed in by whoever read the folder.
"""

import posixpath
from collections.abc import Callable, Mapping
from typing import TypeVar

from ortoo_daemon.policy.ai_map import AiMap, read_ai_map
from ortoo_daemon.policy.field_map import FieldMap, read_adf_map, read_field_map
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import Problems, Scalar
from ortoo_daemon.policy.parsing.scorecards import read_scorecard
from ortoo_daemon.policy.performance import PerformanceTable, read_performances
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.policy.tables import CsvTable, read_table
from ortoo_daemon.policy.territories import TerritoryFile, read_territories

Read = TypeVar("Read", CsvTable, TerritoryFile, PerformanceTable, Scorecard, FieldMap, AiMap)


class Resources:
    """The files at hand. ``used`` are those that some policy named."""

    def __init__(self, files: Mapping[str, bytes], problems: Problems) -> None:
        self.files = files
        self.problems = problems
        self.used: set[str] = set()
        self._tables: dict[str, CsvTable | None] = {}
        self._territories: dict[str, TerritoryFile | None] = {}
        self._performances: dict[str, PerformanceTable | None] = {}
        self._scorecards: dict[str, Scorecard | None] = {}
        self._field_maps: dict[str, FieldMap | None] = {}
        self._adf_maps: dict[str, FieldMap | None] = {}
        self._ai_maps: dict[str, AiMap | None] = {}

    def table(self, node: Scalar) -> CsvTable | None:
        """The table a policy names; None when it is missing or can't be used (and noted)."""
        return self._once(node, self._tables, read_table)

    def territories(self, node: Scalar) -> TerritoryFile | None:
        return self._once(node, self._territories, read_territories)

    def performances(self, node: Scalar) -> PerformanceTable | None:
        return self._once(node, self._performances, read_performances)

    def scorecard(self, node: Scalar) -> Scorecard | None:
        return self._once(node, self._scorecards, read_scorecard)

    def field_map(self, node: Scalar) -> FieldMap | None:
        return self._once(node, self._field_maps, read_field_map)

    def adf_map(self, node: Scalar) -> FieldMap | None:
        return self._once(node, self._adf_maps, read_adf_map)

    def ai_map(self, node: Scalar) -> AiMap | None:
        return self._once(node, self._ai_maps, read_ai_map)

    def _once(
        self,
        node: Scalar,
        known: dict[str, Read | None],
        read: Callable[..., Read | None],
    ) -> Read | None:
        file = self._find(node)
        if file is None:
            return None
        if file not in known:
            known[file] = read(self.files[file], path=node.text, file=file, problems=self.problems)
        return known[file]

    def _find(self, node: Scalar) -> str | None:
        """Beside the policy, in the folder above it, or as written."""
        here = posixpath.dirname(node.file)
        for folder in (here, posixpath.dirname(here), ""):
            file = posixpath.normpath(posixpath.join(folder, node.text))
            if file in self.files:
                self.used.add(file)
                return file
        tables = [name for name in self.files if name.endswith(".csv") or in_tables(name)]
        by_name = {posixpath.join("tables", posixpath.basename(name)) for name in tables}
        message = f"no file {node.text!r} beside the policy or in the folder above it"
        self.problems.add(node, "missing_file", message, did_you_mean(node.text, by_name))
        return None


def in_tables(name: str) -> bool:
    """Whether a file stands among the tables: a YAML file there is a scorecard, no policy."""
    return posixpath.basename(posixpath.dirname(name)) == "tables"
