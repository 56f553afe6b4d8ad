"""What do services say to the questions of policies? By ``services.yaml`` as it stands at each question.

An edit of the file holds from the next question on; one that is wrong is told, and what held before goes on.
Whatever happens, the asker gets an answer: a record waits for no service longer than its policy says.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import structlog

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.daemon.calling.invocations import Invocations
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.salesforce.org import Org

if TYPE_CHECKING:  # loaded when the first record asks
    from ortoo_daemon.policy.callouts.catalogue import Service
    from ortoo_daemon.services.callouts.desk import ServiceDesk

_log = structlog.get_logger("ortoo_daemon.callouts")

FILE = "services.yaml"
"""Beside the settings; there need not be one."""

_LOOK_EVERY = 1.0
_REMEMBERED = 2_000

_Stamp = tuple[int, int, int]

_UNSENT = frozenset({CallOutcome.NOT_ASKED, CallOutcome.PAUSED})


class Asks(Protocol):
    """Somebody who asks services."""

    async def ask(self, question: CallQuestion, *, looking: bool = False) -> CallAnswer:
        """What came of it. ``looking``: only what changes nothing is asked."""
        ...

    async def close(self) -> None: ...


class Calls:
    """``reads_only``: services that change something are not asked, as by a run that writes nothing.

    ``note`` hears of each answer, with the service's name. Without ``org`` nothing of its own is started.
    """

    def __init__(
        self,
        settings: Settings,
        org: Org | None = None,
        *,
        reads_only: bool = False,
        note: Callable[[str, CallAnswer], None] = lambda service, answer: None,
    ) -> None:
        self._settings = settings
        self._looks = reads_only
        self._note = note
        self._stamp: _Stamp | None = None
        self._look_at = 0.0
        self._desks: Mapping[str, ServiceDesk] = {}
        self._former: list[ServiceDesk] = []
        self._turn = asyncio.Lock()
        self._said: OrderedDict[CallQuestion, CallAnswer] = OrderedDict()
        self._invocations = None if org is None else Invocations(org)

    @property
    def paused(self) -> Mapping[str, bool]:
        """By service, whether it is left alone after failures."""
        return {name: desk.paused for name, desk in self._desks.items()}

    async def ask(self, question: CallQuestion, *, looking: bool = False) -> CallAnswer:
        """What came of it. Raises nothing but the end of the task.

        A decision that is begun anew, as of a record that was held or has changed meanwhile, is told the same
        again: nothing is started twice for it as long as this process lives.
        """
        known = self._said.get(question)
        if known is None:
            known = await self._asked(question, looking or self._looks)
            if known.outcome not in _UNSENT:
                self._said[question] = known
                while len(self._said) > _REMEMBERED:
                    self._said.popitem(last=False)
        return known

    async def _asked(self, question: CallQuestion, looking: bool) -> CallAnswer:
        if question.kind is not CallKind.SERVICE:
            return await self._started(question, looking)
        await self._look()
        desk = self._desks.get(question.target)
        why_not = self._why_not(desk, looking)
        if desk is None or why_not:
            found = CallAnswer(outcome=CallOutcome.NOT_ASKED, detail=why_not)
        else:
            found = await desk.ask(question)
            self._note(question.target, found)
        _tell(question, found)
        return found

    async def _started(self, question: CallQuestion, looking: bool) -> CallAnswer:
        if self._invocations is None or looking:
            why = "it may change something, and this run changes nothing"
            found = CallAnswer(outcome=CallOutcome.NOT_ASKED, detail=why)
        else:
            found = await self._invocations.ask(question)
            self._note(question.kind.value, found)
        _tell(question, found)
        return found

    async def close(self) -> None:
        if self._invocations is not None:
            await self._invocations.close()
        for desk in (*self._desks.values(), *self._former):
            await desk.close()

    def _why_not(self, desk: "ServiceDesk | None", looking: bool) -> str:
        if desk is None:
            return "services.yaml has no such service"
        if not desk.service.enabled:
            return "it is off (services.yaml)"
        if looking and not desk.service.reads:
            return "it changes something, and this run changes nothing"
        return ""

    async def _look(self) -> None:
        """Take up an edit of the file; asked at most once a second."""
        if monotonic() < self._look_at:
            return
        async with self._turn:
            if monotonic() < self._look_at:
                return
            path = self._settings.folder / FILE
            stamp = _stamp(path)
            if stamp != self._stamp:
                found = None if stamp is None else await self._read(path)
                if found is not None or stamp is None:
                    await self._take_up(found or {})
                self._stamp = stamp
            self._look_at = monotonic() + _LOOK_EVERY

    async def _read(self, path: Path) -> "Mapping[str, Service] | None":
        """None where the file is wrong: what held before goes on."""
        from ortoo_daemon.daemon.loading.services_file import read_services

        try:
            return (await asyncio.to_thread(read_services, path)).services
        except ConfigError as error:
            _log.error("services.refused", problems=[str(each) for each in error.problems])
            return None

    async def _take_up(self, found: "Mapping[str, Service]") -> None:
        for desk in self._former:  # what they had under way has long ended
            await desk.close()
        known = self._desks
        self._desks = {name: self._desk(each, known.get(name)) for name, each in found.items()}
        kept = {id(desk) for desk in self._desks.values()}
        self._former = [desk for desk in known.values() if id(desk) not in kept]
        _log.info("services.loaded", services=sorted(found))

    def _desk(self, service: "Service", before: "ServiceDesk | None") -> "ServiceDesk":
        """What is as before goes on with its connections, answers and pauses."""
        from ortoo_daemon.daemon.calling.service_secret import service_secret
        from ortoo_daemon.services.callouts.credentials import Credentials
        from ortoo_daemon.services.callouts.desk import ServiceDesk
        from ortoo_daemon.services.callouts.line import Line

        if before is not None and before.service == service:
            return before
        settings = self._settings
        ca_file = settings.path(Path(service.ca_file)) if service.ca_file else None
        line = Line(service, ca_file=ca_file)
        credentials = Credentials(service.auth, line, lambda: service_secret(service, settings))
        return ServiceDesk(service, line, credentials)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _name(question: CallQuestion) -> str:
    kind = question.kind
    return question.target if kind is CallKind.SERVICE else f"{kind.value} {question.target}"


def _tell(question: CallQuestion, found: CallAnswer) -> None:
    facts = {
        "service": _name(question),
        "record": question.record,
        "outcome": found.outcome.value,
        "took_ms": found.took_for,
        "requests": found.requests,
    }
    if found.outcome is CallOutcome.ANSWERED:
        _log.debug("callout.answered", **facts, kept=found.kept)
    elif found.outcome in _UNSENT:
        _log.debug("callout.not_sent", **facts, why=found.detail)
    else:
        _log.warning("callout.failed", **facts, why=found.detail)
