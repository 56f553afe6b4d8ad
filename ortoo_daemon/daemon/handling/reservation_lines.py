"""How does a reservation stand in the log that all daemons on a store share?"""

import json

from ortoo_daemon.daemon.handling.ledger import Ticket
from ortoo_daemon.daemon.handling.looking import Look, counters_of
from ortoo_daemon.facts import Given, Tally, Turns
from ortoo_daemon.json_text import json_text
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.work.reservations import Taking


def taking_of(look: Look, ticket: Ticket | None, record: RecordId) -> Taking:
    """What a decision wants of the log. Without a ticket it takes nothing, and must stand all the same."""
    looked, rooms = frozenset(look.counters), dict(look.rooms)
    if ticket is None:
        return Taking(number=0, seen=look.seen, looked=looked, rooms=rooms)
    taken = ticket.reservation
    turns = (taken.pool, taken.turns) if taken.pool and taken.turns else None
    return Taking(
        number=ticket.number,
        seen=look.seen,
        looked=looked,
        rooms=rooms,
        counters=counters_of(ticket.object, taken),
        body=_body(ticket.object, taken, record),
        turns=turns,
    )


def _body(object_name: str, taken: Reservation, record: RecordId) -> str:
    turns, given = taken.turns, taken.given
    return json_text(
        {
            "object": object_name,
            "record": record,
            "person": taken.person,
            "pool": taken.pool,
            "turns": None if turns is None else [turns.clock, dict(turns.at)],
            "given": None if given is None else [given.key, given.at, given.tallies, given.tags],
            "load": taken.load,
        }
    )


def reservation_in(body: str) -> tuple[str, Reservation, RecordId]:
    """Object, reservation and record of a line that another daemon wrote."""
    found = json.loads(body)
    turns, given = found["turns"], found["given"]
    taken = Reservation(
        person=found["person"],
        pool=found["pool"],
        turns=None if turns is None else Turns(clock=turns[0], at=turns[1]),
        given=None if given is None else _given(*given),
        load=found["load"],
    )
    return found["object"], taken, RecordId(found["record"])


def _given(key: str, at: int, tallies: list[list[str]], tags: list[str] | None) -> Given:
    return Given(
        key=key,
        at=at,
        tallies=tuple(Tally(*each) for each in tallies),
        tags=None if tags is None else tuple(tags),
    )
