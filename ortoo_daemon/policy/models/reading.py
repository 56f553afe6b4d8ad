"""What does ``models.yaml`` say, and what is wrong with it, with the place of each problem?"""

import re
from urllib.parse import urlsplit

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.models.amounts import count, inner, number, one_of, section_of
from ortoo_daemon.policy.models.catalogue import (
    Catalogue,
    Dialect,
    Model,
    Price,
    Provider,
    Task,
    TaskName,
)
from ortoo_daemon.policy.models.task_reading import TaskReader
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import Node, Problems
from ortoo_daemon.policy.parsing.sections import Section, duration_in

VERSION = 1

CATALOGUE_KEYS = ("catalogue", "enabled", "currency", "providers", "models", "tasks")
PROVIDER_KEYS = (
    "speaks",
    "url",
    "parallel",
    "pause_after",
    "pause_for",
    "key",
    "key_file",
    "proxy",
)
MODEL_KEYS = ("provider", "name", "price", "takes_temperature")
PRICE_KEYS = ("input", "output", "cache_read", "cache_write")

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HERE = ("localhost", "127.0.0.1", "::1")
_DEAREST = 10_000.0


def load_catalogue(file: str, data: bytes) -> Catalogue:
    """The catalogue in ``data``; raises ConfigError with everything that is wrong in it."""
    problems = Problems()
    node = read_document(file, data, problems)
    if node is None:
        if problems.found:
            raise ConfigError(problems.found)
        return Catalogue(enabled=False, currency="USD")
    found = _Reader(problems).catalogue(node)
    if problems.found:
        raise ConfigError(problems.found)
    return found


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def catalogue(self, node: Node) -> Catalogue:
        section = section_of(node, self.problems, "a catalogue of models", CATALOGUE_KEYS)
        count(section, "catalogue", least=VERSION, most=VERSION)
        section.required("enabled", "write enabled: false until models shall be asked")
        providers = {
            name: self._provider(name, value) for name, value in self._named(section, "providers")
        }
        models = {
            name: self._model(name, value, providers)
            for name, value in self._named(section, "models")
        }
        return Catalogue(
            enabled=section.flag("enabled"),
            currency=section.text("currency") or "USD",
            providers=providers,
            models=models,
            tasks=self._tasks(section, models),
        )

    def _named(self, section: Section, key: str) -> list[tuple[str, Node]]:
        found = []
        mapping = section.mapping(key)
        for name, (at, value) in (mapping.entries if mapping else {}).items():
            if not _NAME.fullmatch(name):
                message = f"{name!r} is no name"
                mend = "use small letters, digits, - and _, beginning with a letter"
                self.problems.add(at, "wrong_name", message, mend)
            found.append((name, value))
        return found

    def _provider(self, name: str, node: Node) -> Provider:
        section = section_of(node, self.problems, "a provider", PROVIDER_KEYS)
        plain = Provider(name=name, dialect=Dialect.ANTHROPIC, url="")
        pause = section.get("pause_for")
        paused = duration_in(pause, self.problems, what="'pause_for'") if pause else None
        return Provider(
            name=name,
            dialect=Dialect(one_of(section, "speaks", [str(each) for each in Dialect])),
            url=self._url(section, "url", needed=True) or "",
            parallel=count(section, "parallel", least=1, most=256, usual=plain.parallel),
            pause_after=count(section, "pause_after", least=1, most=100, usual=plain.pause_after),
            pause_for=paused or plain.pause_for,
            needs_key=section.flag("key", default=True),
            key_file=section.text("key_file"),
            proxy=self._url(section, "proxy"),
        )

    def _url(self, section: Section, key: str, *, needed: bool = False) -> str | None:
        """A URL without secrets in it. Plain http is for this machine alone: mail goes through it."""
        node = section.required(key) if needed else section.get(key)
        text = section.text(key) if node is not None else None
        if text is None or node is None:
            return None
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if host is None or parts.scheme not in ("http", "https"):
            self.problems.add(node, "wrong_url", f"{key!r} is no URL", "write https://host/path")
        elif parts.username or parts.password or parts.query or parts.fragment:
            message = f"{key!r} holds more than a host and a path"
            self.problems.add(node, "wrong_url", message, "keys stand in a file of their own")
        elif parts.scheme == "http" and host not in _HERE and key == "url":
            message = f"{host} would be asked without encryption"
            self.problems.add(node, "wrong_url", message, "use https; http is for localhost only")
        return text.rstrip("/")

    def _model(self, name: str, node: Node, providers: dict[str, Provider]) -> Model:
        section = section_of(node, self.problems, "a model", MODEL_KEYS)
        provider = section.required("provider")
        chosen = section.text("provider") or ""
        if provider is not None and chosen not in providers:
            message = f"there is no provider {chosen!r}"
            self.problems.add(
                provider, "unknown_provider", message, did_you_mean(chosen, providers)
            )
        section.required("name", "write what the provider calls the model")
        return Model(
            name=name,
            provider=chosen,
            called=section.text("name") or "",
            price=self._price(section),
            takes_temperature=section.flag("takes_temperature", default=True),
        )

    def _price(self, section: Section) -> Price:
        """What is cached counts as input where no price of its own is written."""
        found = inner(section, "price", PRICE_KEYS, needed=True)
        if found is None:
            return Price(input=0, output=0, cache_read=0, cache_write=0)
        base = number(found, "input", least=0, most=_DEAREST)
        return Price(
            input=base,
            output=number(found, "output", least=0, most=_DEAREST),
            cache_read=number(found, "cache_read", least=0, most=_DEAREST, usual=base),
            cache_write=number(found, "cache_write", least=0, most=_DEAREST, usual=base),
        )

    def _tasks(self, section: Section, models: dict[str, Model]) -> dict[TaskName, Task]:
        found = {}
        mapping = section.mapping("tasks")
        names = [str(each) for each in TaskName]
        for name, (at, value) in (mapping.entries if mapping else {}).items():
            if name not in names:
                message = f"there is no task {name!r}"
                self.problems.add(at, "unknown_task", message, did_you_mean(name, names))
                continue
            task = TaskName(name)
            found[task] = TaskReader(self.problems, models).task(task, value)
        return found
