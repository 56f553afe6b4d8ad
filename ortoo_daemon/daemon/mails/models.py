"""Which model reads an e-mail beside the rules, and what is kept of its part? By the catalogue as it stands.

``models.yaml`` is looked at before each e-mail: whoever switches a task off is heard at once. Where no model
can be asked the rules stand, and the decision says so. What reads e-mails is imported with the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.errors import ConfigError, StateError
from ortoo_daemon.facts import ModelAnswer, ModelOutcome
from ortoo_daemon.policy.models.catalogue import TaskName

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.model_triaging import ModelSaid
    from ortoo_daemon.intake.triage.triager import Triager, Understood

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

    def __init__(self, catalogue: CatalogueInForce) -> None:
        self._catalogue = catalogue
        self._why_not = ""

    async def understand(
        self, record: str, by_rules: Understood, triager: Triager
    ) -> tuple[Understood, ModelSaid]:
        """What stands of both; the rules' word where no model can be asked. Raises nothing."""
        from ortoo_daemon.daemon.asking.model_triaging import ModelSaid, ModelTriager

        try:
            async with self._catalogue.asking_for(TaskName.TRIAGE) as asked:
                if asked is None:
                    return by_rules, ModelSaid(answer=_off(), differences=())
                desk, task = asked
                self._why_not = ""
                reading = ModelTriager(triager=triager, desk=desk, task=task)
                return await reading.understand(record, by_rules)
        except (ConfigError, StateError) as error:
            if str(error) != self._why_not:
                _log.warning("triage.no_model", error=str(error))
            self._why_not = str(error)
            return by_rules, ModelSaid(answer=_off())

    async def close(self) -> None:
        await self._catalogue.close()


def kept_part(said: ModelSaid) -> Mapping[str, Any] | None:
    """A model's part as plain JSON, for the decision record; None where none was to be asked."""
    from ortoo_daemon.intake.understanding.keeping import kept_answer

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
