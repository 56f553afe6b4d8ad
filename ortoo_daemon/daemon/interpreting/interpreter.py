"""What does a model of the catalogue read out of a record's text? Answers the decision's question.

Where no model can be asked the answer says so and the decision goes on without: nothing here fails.
"""

from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

import structlog

from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.daemon.interpreting.picklists import Picklists
from ortoo_daemon.errors import ConfigError, StateError
from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.interpretation import InterpretQuestion, Said
from ortoo_daemon.policy.models.catalogue import TaskName

_log = structlog.get_logger("ortoo_daemon.records")

_MOST_REMEMBERED = 500
"""A record that is decided again at once (a counter moved on, the org was busy) does not pay twice."""


class Interprets(Protocol):
    """Somebody who reads texts of records."""

    async def ask(self, question: InterpretQuestion, *, looking: bool = False) -> Said | None: ...

    async def close(self) -> None: ...


class Interpreter:
    """Asks the models of the catalogue in force. ``picklists`` tell what fields take; without them all do."""

    def __init__(self, catalogue: CatalogueInForce, picklists: Picklists | None = None) -> None:
        self._catalogue = catalogue
        self._picklists = picklists
        self._lately: OrderedDict[InterpretQuestion, Said] = OrderedDict()
        self._why_not = ""

    async def ask(self, question: InterpretQuestion, *, looking: bool = False) -> Said | None:
        """None where models or the task are off. Raises nothing.

        ``looking``: of a decision that is not carried out; what was said just now is told, nobody is paid.
        """
        if question in self._lately:
            return self._lately[question]
        if looking:
            return None
        try:
            async with self._catalogue.asking_for(TaskName(question.task)) as asked:
                if asked is None:
                    return None
                # Loaded with the first text: what reads texts is large, and many policies have none.
                from ortoo_daemon.daemon.interpreting.reading import interpreted

                listed = question
                if self._picklists is not None:
                    listed = await self._picklists.narrowed(question)
                said = await interpreted(listed, *asked)
        except (ConfigError, StateError) as error:
            if str(error) != self._why_not:
                _log.warning("ai.no_model", task=question.task, error=str(error))
            self._why_not = str(error)
            return None
        if said.model is not None and said.model["outcome"] == ModelOutcome.ANSWERED:
            self._remember(question, said)
        return said

    async def close(self) -> None:
        """The catalogue is closed by whoever opened it."""
        self._lately.clear()

    def _remember(self, question: InterpretQuestion, said: Said) -> None:
        light = replace(question, texts=(), about=(), wanted=(), people=())
        self._lately[light] = said
        while len(self._lately) > _MOST_REMEMBERED:
            self._lately.popitem(last=False)
