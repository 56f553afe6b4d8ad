"""Which model reads an e-mail beside the rules, and what is kept of its part? By the catalogue as it stands.

``models.yaml`` is looked at before each e-mail: whoever switches a task off is heard at once. Where no model
can be asked the rules stand, and the decision says so.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from ortoo_daemon.daemon.asking.model_triaging import ModelSaid, ModelTriager
from ortoo_daemon.daemon.loading.catalogue_file import FILE
from ortoo_daemon.daemon.model_desk import model_desk
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, StateError
from ortoo_daemon.facts import ModelAnswer, ModelOutcome
from ortoo_daemon.intake.triage.triager import Triager, Understood
from ortoo_daemon.intake.understanding.keeping import kept_answer
from ortoo_daemon.policy.models.catalogue import Task, TaskName
from ortoo_daemon.policy.models.reading import load_catalogue
from ortoo_daemon.services.models.desk import ModelDesk

_log = structlog.get_logger("ortoo_daemon.mails")


class ReadsToo(Protocol):
    """Somebody who reads an e-mail beside the rules."""

    async def understand(
        self, record: str, by_rules: Understood, triager: Triager
    ) -> tuple[Understood, ModelSaid]:
        """What stands of both. ``record`` pays."""

    async def close(self) -> None: ...


class Models:
    """Asks the models of the task ``triage``; opened when the first e-mail is to be read so."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._digest = ""
        self._open: tuple[ModelDesk, Task] | None = None
        self._why_not = ""
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()

    async def understand(
        self, record: str, by_rules: Understood, triager: Triager
    ) -> tuple[Understood, ModelSaid]:
        """What stands of both; the rules' word where no model can be asked. Raises nothing."""
        try:
            asked = await self._current()
            if asked is None:
                return by_rules, ModelSaid(answer=_off(), differences=())
            desk, task = asked
            reading = ModelTriager(triager=triager, desk=desk, task=task)
            return await reading.understand(record, by_rules)
        except (ConfigError, StateError) as error:
            if str(error) != self._why_not:
                _log.warning("triage.no_model", error=str(error))
            self._why_not = str(error)
            return by_rules, ModelSaid(answer=_off())

    async def close(self) -> None:
        await self._stack.aclose()

    async def _current(self) -> tuple[ModelDesk, Task] | None:
        """The desk of the catalogue as it stands, None where models or the task are off."""
        async with self._turn:
            path = self._settings.folder / FILE
            data = await asyncio.to_thread(_bytes, path)
            digest = hashlib.sha256(data).hexdigest()
            if digest != self._digest:
                await self._stack.aclose()
                self._open, self._digest = None, ""
                self._open = await self._opened(path, data)
                self._digest, self._why_not = digest, ""
            return self._open

    async def _opened(self, path: Path, data: bytes) -> tuple[ModelDesk, Task] | None:
        if not data:
            return None
        catalogue = load_catalogue(str(path), data)
        task = catalogue.task(TaskName.TRIAGE)
        if task is None:
            return None
        desk = await self._stack.enter_async_context(model_desk(self._settings, catalogue))
        return desk, task


def kept_part(said: ModelSaid) -> Mapping[str, Any] | None:
    """A model's part as plain JSON, for the decision record; None where none was to be asked."""
    if said.answer is None:
        return None
    answer = said.answer
    told = {"tokens": answer.tokens, "cost": answer.cost, "took_for": answer.took_for}
    return {**kept_answer(answer), **told, "differences": list(said.differences)}


def _off() -> ModelAnswer:
    return ModelAnswer(
        task=str(TaskName.TRIAGE),
        outcome=ModelOutcome.OFF,
        asked_at=datetime.now(UTC),
        prompt="",
        form="",
        prompt_hash="",
    )


def _bytes(path: Path) -> bytes:
    """None there is as good as an empty one: models are off."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
