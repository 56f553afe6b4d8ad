"""Who is told that somebody is taken for absent, as they missed target after target?

Their manager, else the managers of their rooftop: once for each time, across restarts, by the org's own
notification. Nobody is taken out of the roster in silence.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from ortoo_daemon.consequences import Notice, NoticeTo
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.person import Person
from ortoo_daemon.policy.notify_model import SEEMS_AWAY, OrgWay
from ortoo_daemon.policy.sla_model import Superior
from ortoo_daemon.records import Owner, OwnerKind, RecordId
from ortoo_daemon.salesforce.missed_targets import last_missed
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.sweeps")


class SeemingAway:
    """Tells managers, of the record that was missed last."""

    def __init__(
        self, org: Org, knowledge: Knowledge, outbox: Outbox, *, now: Callable[[], datetime]
    ) -> None:
        self._org = org
        self._knowledge = knowledge
        self._outbox = outbox
        self._now = now

    async def tell(self, person: Person) -> None:
        """Of somebody whose ``missed_at`` is set. Raises OrgError, StateError."""
        since = person.missed_at
        if since is None:
            return
        superiors = superiors_of(person, self._knowledge.directory)
        missed = await last_missed(self._org, person.id, since)
        if missed is not None and superiors:
            object_name, record = missed
            decision = Decision(
                object=object_name,
                record_id=record,
                key=f"seems_away:{person.id}:{since:%Y%m%dT%H%M%SZ}",
                outcome=Outcome.NOTHING,
                reason=ReasonCode.OWNER_AWAY,
                decided_at=self._now(),
                owner=Owner(id=person.id, kind=OwnerKind.USER, name=person.name),
                notices=(
                    Notice(
                        to=NoticeTo.MANAGER,
                        by=OrgWay.SALESFORCE,
                        template=SEEMS_AWAY,
                        recipients=superiors,
                    ),
                ),
            )
            await self._outbox.hold(decision)
            await self._outbox.release(decision)
        _log.warning(
            "absence.inferred",
            person=person.id,
            since=instant_text(since),
            told=len(superiors) if missed is not None else 0,
        )


def superiors_of(person: Person, directory: Directory) -> tuple[RecordId, ...]:
    """The manager, else those of the rooftop; nobody is told of themselves."""
    if person.manager is not None:
        return (person.manager,)
    staff = directory.people_by_rooftop.get(person.rooftop, ()) if person.rooftop else ()
    role = Superior.ROOFTOP_MANAGER.value
    return tuple(
        each.id
        for each in staff
        if each.active and each.id != person.id and (each.role or "").casefold() == role
    )
