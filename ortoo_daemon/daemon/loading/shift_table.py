"""What does the table of shifts say that the directory file names?"""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from ortoo_daemon.daemon.yaml_settings import place_of, validated
from ortoo_daemon.errors import ConfigError, Problem
from ortoo_daemon.policy.nodes import MapNode, Problems, Scalar
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.shifts import read_shifts

Files = Callable[[str], bytes | None]
"""The bytes of a file by its path, None where there is none."""


def directory_mapping(node: MapNode, files: Files) -> DirectoryMapping:
    """The directory file with the rows of its table of shifts. Raises ConfigError with every complaint."""
    mapping = validated(node, DirectoryMapping.model_validate, DirectoryMapping)
    name = mapping.absences.shifts
    if not isinstance(name, str):
        return mapping
    file = _beside(node, name)
    data, problems = files(file), Problems()
    if data is None:
        raise ConfigError([_missing(node, name)])
    rows = read_shifts(file, data, problems)
    if problems.found:
        raise ConfigError(problems.found)
    absences = mapping.absences.model_copy(update={"shifts": rows})
    return mapping.model_copy(update={"absences": absences})


def table_named(node: MapNode) -> str | None:
    """The path of the table that a directory file names; None for one that names none."""
    absences = node.get("absences")
    named = absences.get("shifts") if isinstance(absences, MapNode) else None
    return _beside(node, named.text) if isinstance(named, Scalar) else None


def _beside(node: MapNode, name: str) -> str:
    return (PurePosixPath(node.place.file).parent / name).as_posix()


def on_disk(file: str) -> bytes | None:
    """Reads a table. None where it can't be read."""
    try:
        return Path(file).read_bytes()
    except OSError:
        return None


def among(contents: Mapping[str, bytes]) -> Files:
    """Files that were read already."""
    return contents.get


def _missing(node: MapNode, name: str) -> Problem:
    return Problem(
        place=place_of(node, ["absences", "shifts"]),
        rule="missing_file",
        message=f"there is no file {name!r} beside the directory file, or it can't be read",
        mend="put it among the tables, or name another one",
    )
