"""In which words is somebody told? Templates by name and language, rendered in Jinja's sandbox.

``new_record.fr.txt``: the first line is the title, the rest the text. ``coaching/test_drive.fr.txt`` is plain
text for the function ``coaching``. Values of records are data here: they are never read as templates.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ortoo_daemon.errors import Place, Problem

DIGEST = "digest"
"""The template by which several notices are told together."""

NAMES = frozenset(
    {
        "record",
        "object",
        "link",
        "owner",
        "person",
        "rooftop",
        "recipient",
        "instead_of",
        "respond_by",
        "clock",
        "coaching",
        "notices",
        "about",
    }
)
"""What templates know."""

_FILE = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,39})\.([a-z]{2,3})\.txt")
_COACHING_FILE = re.compile(r"coaching/([a-z0-9_]+)\.([a-z]{2,3})\.txt")
_OTHER = "other"
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_LONGEST_TITLE, _LONGEST_TEXT = 250, 10_000
_RULE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody reads; plain text, the title in one line."""

    title: str
    text: str


def read_templates(folder: Path) -> dict[str, str]:
    """The files of a folder of templates by their path in it. Raises OSError, UnicodeDecodeError."""
    if not folder.is_dir():
        return {}
    files = sorted(path for path in folder.rglob("*.txt") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


class Templates:
    """All templates of a folder. ``usual`` is the language that others fall back on."""

    def __init__(self, files: Mapping[str, str], *, usual: str, folder: str = "templates") -> None:
        self._usual = usual
        self._folder = folder
        self._files = files
        self._environment = ImmutableSandboxedEnvironment(
            autoescape=False, undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.globals = {}
        self._compiled: dict[str, tuple[Template, Template]] = {}
        self._read: dict[str, frozenset[str]] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Templates that there are in the usual language."""
        found = (_FILE.fullmatch(path) for path in self._files)
        return frozenset(each[1] for each in found if each and each[2] == self._usual)

    def fields(self, name: str) -> frozenset[str]:
        """API names and paths of the record's fields that a template reads, in any language."""
        if name not in self._read:
            self._read[name] = frozenset(
                field
                for path, text in self._files.items()
                if (found := _FILE.fullmatch(path)) and found[1] == name
                for field in _fields(self._environment.parse(text))
            )
        return self._read[name]

    def render(self, name: str, language: str, values: Mapping[str, Any]) -> Message:
        """The message in this language, else in the usual one.

        Raises KeyError where there is no such template, jinja2.TemplateError where it can't be rendered.
        """
        short = language[:2].casefold()
        path = f"{name}.{short}.txt"
        if path not in self._files:
            path = f"{name}.{self._usual}.txt"

        def coaching(kind: object) -> str:
            return self._coaching(str(kind or ""), short)

        known = {**values, "coaching": coaching}
        title, text = (part.render(known) for part in self._parts(path))
        return Message(
            title=" ".join(title.split())[:_LONGEST_TITLE],
            text=_BLANK_LINES.sub("\n\n", text).strip()[:_LONGEST_TEXT],
        )

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the files, by place."""
        for path, text in sorted(self._files.items()):
            place = Place(f"{self._folder}/{path}")
            if _COACHING_FILE.fullmatch(path):
                continue
            if not _FILE.fullmatch(path):
                mend = "write NAME.en.txt or coaching/KIND.en.txt, in small letters"
                yield Problem(place=place, rule=_RULE, message="no name of a template", mend=mend)
                continue
            yield from self._wrong(path, text)

    def _wrong(self, path: str, text: str) -> Iterator[Problem]:
        file = f"{self._folder}/{path}"
        try:
            tree = self._environment.parse(text)
            self._parts(path)
        except TemplateSyntaxError as error:
            message = f"no Jinja template: {error.message}"
            yield Problem(place=Place(file, error.lineno), rule=_RULE, message=message)
            return
        except TemplateError as error:
            yield Problem(place=Place(file), rule=_RULE, message=f"no Jinja template: {error}")
            return
        for name in sorted(meta.find_undeclared_variables(tree) - NAMES):
            mend = f"known are {', '.join(sorted(NAMES))}"
            message = f"templates know no {name!r}"
            yield Problem(
                place=Place(file, _line(text, name)), rule=_RULE, message=message, mend=mend
            )
        if not text.partition("\n")[0].strip():
            yield Problem(place=Place(file), rule=_RULE, message="a template without a title")

    def _parts(self, path: str) -> tuple[Template, Template]:
        """Title and text, each a template of its own: what a value holds can't move it to the other."""
        found = self._compiled.get(path)
        if found is None:
            title, _, text = self._files[path].partition("\n")
            make = self._environment.from_string
            found = self._compiled[path] = (make(title), make(text))
        return found

    def _coaching(self, kind: str, language: str) -> str:
        """What helps with records of this kind; empty where nothing is written."""
        word = re.sub(r"[^a-z0-9]+", "_", kind.casefold()).strip("_")
        for name in filter(None, (word, _OTHER)):
            for spoken in (language, self._usual):
                found = self._files.get(f"coaching/{name}.{spoken}.txt")
                if found is not None:
                    return found.strip()
        return ""


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by path as templates read them: ``Account.Name`` becomes a mapping in a mapping."""
    found: dict[str, Any] = {}
    for path, value in fields.items():
        *parents, last = path.split(".")
        inner = found
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return found


def _fields(tree: nodes.Template) -> Iterator[str]:
    inner = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    for node in tree.find_all(nodes.Getattr):
        if id(node) in inner:
            continue
        path = _path(node)
        if path is not None and path[0] == "record":
            yield ".".join(path[1:])


def _path(node: nodes.Node) -> list[str] | None:
    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return None if before is None else [*before, node.attr]
    return None


def _line(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(rf"\b{re.escape(name)}\b", line):
            return number
    return 1
