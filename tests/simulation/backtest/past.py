"""Small pasts for tests of backtests."""

from datetime import timedelta

from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, RecordId, WorkReason
from ortoo_daemon.simulation.backtest.history import Happened, History, PastDecision
from ortoo_daemon.simulation.backtest.replay import Replay, Result
from tests.world import DESK, NOW, an_id

DAEMON = an_id("005", 999)
WEB_FORMS = an_id("005", 998)
TO_THE_DESK = Happened(
    outcome="assigned",
    reason="rule",
    policy="leads",
    rule="all",
    owner=DESK.id,
    owner_name="The desk",
)


def to(person: RecordId, **given) -> Happened:
    given.setdefault("rule", "all")
    return Happened(outcome="assigned", reason="rule", policy="leads", owner=person, **given)


def past(number: int, *, after: float = 0, **given) -> PastDecision:
    """Decided so many minutes after NOW; all values are of then unless said otherwise."""
    fields: dict[str, FieldValue] = {
        "CreatedDate": "2026-11-23T09:10:00.000+0000",
        "CreatedById": WEB_FORMS,
        **given.pop("fields", {}),
    }
    given.setdefault("happened", TO_THE_DESK)
    given.setdefault("of_then", frozenset(fields))
    given.setdefault("way_in", WorkReason.CREATED)
    given.setdefault("seen_owner", WEB_FORMS)
    return PastDecision(
        key=f"{an_id('00Q', number)}:first",
        object="Lead",
        record=an_id("00Q", number),
        decided_at=NOW + timedelta(minutes=after),
        fields=fields,
        **given,
    )


def history(directory: Directory, *fields: str) -> History:
    return History(
        since=NOW,
        until=NOW + timedelta(days=1),
        read_at=NOW + timedelta(days=1),
        directory=directory,
        daemon_user=DAEMON,
        fields={"Lead": frozenset({"CreatedDate", "CreatedById", *fields})},
    )


def replayed(
    directory: Directory,
    live: PolicySet,
    *pasts: PastDecision,
    candidate: PolicySet | None = None,
    open_for: timedelta = timedelta(days=1),
    most_movers: int = 100,
) -> Result:
    replay = Replay(
        history(directory),
        live,
        candidate,
        postal=PostalIndex.empty(),
        open_for=open_for,
        most_movers=most_movers,
    )
    for each in pasts:
        replay.add(each)
    return replay.result()
