"""A fuse that has blown is told of once, and once when it lets records pass again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from ortoo_daemon.daemon.handling.fuses import Fuses
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.fuse_model import Fuse
from tests.world import NOW, PLACE, decided, directory, facts, lead, policies, policy, rule

FUSE = Fuse(of="leads", at_most=2, per=timedelta(hours=1), place=PLACE)
LEADS = policy(rule("desk"), fuse=FUSE)


def stopped() -> Decision:
    decision = decided(LEADS, facts(lead(), directory()))
    return replace(decision, reason=ReasonCode.FUSE, decided_at=NOW)


def test_what_blew_and_what_passes_again_is_told_once_each() -> None:
    moved = [int((NOW - timedelta(minutes=ago)).timestamp()) for ago in (50, 5)]
    told = []
    fuses = Fuses(
        policies=lambda: policies(LEADS),
        given=lambda: {FUSE.tally: moved},
        on_blown=told.append,
    )
    with capture_logs() as logs:
        fuses.note(stopped())
        fuses.note(stopped())
        fuses.look(NOW)
        fuses.look(NOW + timedelta(minutes=20))
        fuses.look(NOW + timedelta(minutes=21))
    events = [line["event"] for line in logs]
    assert events == ["fuse.blown", "fuse.passing"]
    assert [each.fuse.of for each in told] == ["leads"]
    assert fuses.owing
