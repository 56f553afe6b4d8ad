"""What is the JSON Schema of each kind of file that admins edit, and which header names it to an editor?

Policies, tests, scorecards and models have schemas made from their parser's own tables, settings and
directory file from the classes that read them. Editors with the YAML language server (VS Code, Vim,
JetBrains) complete and check a file whose first line names its schema.
"""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ortoo_daemon.daemon.settings import SECRETS, Settings
from ortoo_daemon.policy.schema.cases import tests_schema
from ortoo_daemon.policy.schema.models import models_schema
from ortoo_daemon.policy.schema.policy_file import policy_schema
from ortoo_daemon.policy.schema.scorecards import scorecard_schema
from ortoo_daemon.policy.schema.services import services_schema
from ortoo_daemon.policy.schema.terms import DURATION, Schema
from ortoo_daemon.policy.schema.territories import territories_schema
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_INTERNAL = frozenset({"folder", "file"})
"""Of the settings: set while they are read."""

_REFUSED = frozenset({*SECRETS, "token"})
"""Secrets are refused in a file."""


class FileKind(StrEnum):
    POLICY = "policy"
    TESTS = "tests"
    SETTINGS = "settings"
    DIRECTORY = "directory"
    MODELS = "models"
    SCORECARD = "scorecard"
    SERVICES = "services"
    TERRITORIES = "territories"

    @property
    def file(self) -> str:
        """The name of its schema in the folder of schemas."""
        return f"{self.value}.schema.json"


def schema_of(kind: FileKind) -> Schema:
    """Draft 2020-12, ready to be written as JSON."""
    return _MADE_BY[kind]()


def header(schema: str) -> str:
    """The line by which an editor finds the schema; ``schema`` is its path from the file's folder."""
    return f"# yaml-language-server: $schema={schema}"


def schema_text(kind: FileKind) -> str:
    """The schema as it stands in its file; the same text for the same program."""
    return json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder, which is made where it is missing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / kind.file for kind in FileKind]
    for kind, path in zip(FileKind, written, strict=True):
        path.write_text(schema_text(kind), encoding="utf-8")
    return written


def _settings() -> Schema:
    found = _of_model(Settings, "ortoo-daemon settings")
    # A channel may be written by its name alone.
    channels = found["$defs"]["EventSettings"]["properties"]["channels"]
    channels["items"] = {"anyOf": [{"type": "string"}, channels["items"]]}
    return found


def _directory() -> Schema:
    return _of_model(DirectoryMapping, "ortoo-daemon directory")


def _of_model(model: type[BaseModel], title: str) -> Schema:
    whole = {"$schema": DIALECT, **_plainer(model.model_json_schema())}
    return {**whole, "title": title}


def _plainer(schema: Any) -> Any:
    """Less what no file has, and with durations and dates as files write them.

    Defaults go, as some are not written as they are read, and so do titles that repeat a key.
    """
    if isinstance(schema, list):
        return [_plainer(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if schema.get("format") == "duration":
        return dict(DURATION)
    found = {
        key: _plainer(value)
        for key, value in schema.items()
        if key not in ("default", "discriminator") and not (key == "title" and _is_text(value))
    }
    properties = found.get("properties")
    if isinstance(properties, dict):
        found["properties"] = {
            key: value for key, value in properties.items() if key not in _INTERNAL | _REFUSED
        }
    return found


def _is_text(value: object) -> bool:
    """Whether ``title`` is a word of the schema; else it is a key of the file."""
    return isinstance(value, str)


_MADE_BY: Mapping[FileKind, Callable[[], Schema]] = {
    FileKind.POLICY: policy_schema,
    FileKind.TESTS: tests_schema,
    FileKind.SETTINGS: _settings,
    FileKind.DIRECTORY: _directory,
    FileKind.MODELS: models_schema,
    FileKind.SCORECARD: scorecard_schema,
    FileKind.SERVICES: services_schema,
    FileKind.TERRITORIES: territories_schema,
}
