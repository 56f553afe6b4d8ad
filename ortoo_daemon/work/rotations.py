"""Where did each pool's rotation stand? Kept so that a restart is not everybody's first turn.

Batch functions for `work.thread`.
"""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from ortoo_daemon.facts import Turns
from ortoo_daemon.records import RecordId
from ortoo_daemon.work.tables import rotation


def load_rotations(connection: Connection, asked: Sequence[None]) -> list[dict[str, Turns]]:
    found = {
        row.pool: Turns(
            clock=row.clock,
            at={RecordId(person): float(at) for person, at in json.loads(row.at).items()},
        )
        for row in connection.execute(select(rotation))
    }
    return [found for _ in asked]


def save_rotations(connection: Connection, saved: Sequence[Mapping[str, Turns]]) -> list[None]:
    """Write these pools; pools that are not named stay as they are."""
    last = {pool: turns for mapping in saved for pool, turns in mapping.items()}
    if last:
        connection.execute(delete(rotation).where(rotation.c.pool.in_(last)))
        rows = [
            {"pool": pool, "clock": turns.clock, "at": json.dumps(dict(turns.at), sort_keys=True)}
            for pool, turns in last.items()
        ]
        connection.execute(insert(rotation), rows)
    return [None for _ in saved]
