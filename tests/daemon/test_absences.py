"""Claims about who is noticed to be away, and who is told of those who are taken for absent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from ortoo_daemon.daemon.absences import Absences
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.noticing.seeming_away import superiors_of
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.daemon.rig import policy_set
from tests.world import person, rooftop

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SITE = rooftop(1, "Site")
ANN, BOB = person(1, at=SITE), person(2, at=SITE)
MANAGER = person(3, at=SITE, role="rooftop_manager")


def absences(*people: Person) -> Absences:
    """Policies without ``absence``: nothing is asked of the org or put on the queue."""
    knowledge = Knowledge(
        policies=Policies(policy_set()),
        directory=Directory.of(people=people),
        ledger=Ledger(),
        daemon_user=RecordId("005000000000000AAA"),
    )
    return Absences(cast(Org, None), cast(WorkQueue, None), knowledge, now=lambda: NOW)


def see(found: Absences, *people: Person) -> None:
    found._knowledge.replace_directory(Directory.of(people=people))


async def look(found: Absences) -> None:
    await found.look(cast(DirectoryReader, None))


@asynchronous
async def test_people_are_counted_by_the_sign_that_decided():
    on_leave = replace(BOB, leave=((NOW, NOW + timedelta(hours=1)),))
    found = absences(replace(ANN, availability="Away"), on_leave, replace(MANAGER, active=False))
    await look(found)
    assert found.counts() == {"fields": 1, "calendar": 1, "inactive": 1}
    see(found, ANN, BOB, MANAGER)
    await look(found)
    assert found.counts() == {}


@asynchronous
async def test_somebody_is_told_of_each_inferred_absence_once_and_again_after_a_return():
    told: list[str] = []

    async def tell(person: Person) -> None:
        told.append(person.name)

    seeming = replace(ANN, missed_at=NOW)
    found = absences(seeming, replace(BOB, availability="Away"))
    found.on_inferred = tell
    await look(found)
    await look(found)
    assert told == [ANN.name]
    see(found, ANN, BOB)
    await look(found)
    see(found, seeming, BOB)
    await look(found)
    assert told == [ANN.name, ANN.name]


@asynchronous
async def test_telling_that_failed_is_tried_again():
    tries: list[Mapping[str, Any] | str] = []

    async def tell(person: Person) -> None:
        tries.append(person.name)
        if len(tries) == 1:
            raise TemporaryOrgError("SERVER_UNAVAILABLE", "later")

    found = absences(replace(ANN, missed_at=NOW))
    found.on_inferred = tell
    with pytest.raises(TemporaryOrgError):
        await look(found)
    await look(found)
    assert len(tries) == 2
    assert found.signs == {ANN.id: Sign.MISSED}


def test_the_manager_is_told_else_those_of_the_rooftop_and_nobody_of_themselves():
    directory = Directory.of(rooftops=[SITE], people=[ANN, BOB, MANAGER])
    assert superiors_of(ANN, directory) == (MANAGER.id,)
    assert superiors_of(replace(ANN, manager=BOB.id), directory) == (BOB.id,)
    assert superiors_of(MANAGER, directory) == ()
