"""How is a YAML file of settings read so that each complaint can say where?

Uses the policy language's own loader: same scalars (NO stays text), same refusals, same places.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ortoo_daemon.daemon.complaints import complaints
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar

Model = TypeVar("Model", bound=BaseModel)


def read_mapping(path: Path) -> MapNode:
    """The file's top mapping. Raises ConfigError when it can't be read or is no mapping."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _config_error(Place(str(path)), f"can't be read: {error.strerror}") from error
    return mapping_of(str(path), data)


def mapping_of(name: str, data: bytes) -> MapNode:
    """The top mapping of a file that was read already. Raises ConfigError when it is no mapping."""
    problems = Problems()
    node = read_document(name, data, problems)
    if problems.found:
        raise ConfigError(problems.found)
    if not isinstance(node, MapNode):
        raise _config_error(Place(name), "the file is no mapping of settings")
    return node


def validated(
    node: MapNode,
    make: Callable[[Mapping[str, Any]], Model],
    model: type[Model],
    *,
    env_prefix: str = "",
) -> Model:
    """The ``model`` that ``make`` builds from the plain values, and from variables of this prefix.

    Raises ConfigError with every complaint at the line it is about; a missing key is shown at its parent.
    """
    try:
        return make(plain(node))
    except ValidationError as error:
        found = complaints(error, model, partial(place_of, node), env_prefix=env_prefix)
        raise ConfigError(found) from error


def plain(node: Node) -> Any:
    """The node as plain Python values."""
    if isinstance(node, MapNode):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def place_of(node: Node, path: Sequence[int | str]) -> Place:
    """Where a path leads, as far as the file goes along it."""
    place = node.place
    for step in path:
        if isinstance(node, MapNode) and isinstance(step, str) and step in node.entries:
            key, node = node.entries[step]
            place = key.place
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
    return place


def _config_error(place: Place, message: str) -> ConfigError:
    return ConfigError([Problem(place=place, rule="settings", message=message)])
