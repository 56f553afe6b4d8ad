"""How are candidate policies tried on the past? History from the org or a file, then one replay of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ortoo_daemon.daemon.asking.history_file import Progress, read_history, write_history
from ortoo_daemon.daemon.asking.history_spool import HistorySpool
from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.asking.past_decisions import Span, read_past
from ortoo_daemon.daemon.loading.candidate_folder import candidate_folder
from ortoo_daemon.daemon.loading.checking import Checkup, checkup, parse_anew
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.daemon.loading.policy_files import (
    find_files,
    load_policies,
    read_directory_mapping,
)
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.loading.saved_org import FILE, load_saved_org
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.simulation.backtest.counters import Turnover
from ortoo_daemon.simulation.backtest.history import History
from ortoo_daemon.simulation.backtest.replay import Replay, Result, fields_of

_TELL_EVERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be looked at. ``since`` None: from where the file begins; ``objects`` empty: all.

    ``file`` is a history to read instead of the org's, ``export`` where to keep what was read.
    """

    since: datetime | None
    until: datetime | None
    objects: tuple[str, ...] = ()
    file: Path | None = None
    export: Path | None = None
    most_movers: int


def live_policies(settings: Settings) -> PolicySet:
    """The policies as they stand on disk. Raises ConfigError."""
    return load_policies(settings, read_directory_mapping(settings.path(settings.directory)))


def check_candidate(settings: Settings, folder: Path) -> Checkup:
    """What `check` says of the candidate, with the directory file and the saved org in force.

    ``folder`` as in `candidate_folder`. Raises ConfigError when there is no such folder.
    """
    settings, policies = candidate_folder(settings, folder)
    found = find_files(policies, settings.path(settings.directory))
    saved = settings.folder / FILE
    known = load_saved_org(saved) if saved.is_file() else None
    return checkup(parse_anew(settings, found), known)


async def backtest(
    settings: Settings,
    live: PolicySet,
    candidate: PolicySet | None,
    asked: Asked,
    *,
    progress: Progress,
) -> Result:
    """The whole comparison. Raises OrtooError."""
    with HistorySpool() as spool:
        if asked.file is not None:
            history = read_history(
                asked.file,
                spool,
                since=asked.since,
                until=asked.until,
                objects=asked.objects or None,
                progress=progress,
            )
        else:
            history = await _from_org(settings, live, candidate, asked, spool, progress)
        if asked.export is not None:
            write_history(history, spool, asked.export)
        return _replayed(history, spool, live, candidate, asked, progress)


async def _from_org(
    settings: Settings,
    live: PolicySet,
    candidate: PolicySet | None,
    asked: Asked,
    spool: HistorySpool,
    progress: Progress,
) -> History:
    sets = [live] if candidate is None else [live, candidate]
    objects = asked.objects or tuple(sorted({each.object for each in live.policies}))
    mapping = read_directory_mapping(settings.path(settings.directory))
    async with logged_in(settings) as org:
        now = await org.now()
        until = asked.until or now
        span = Span(since=asked.since or until, until=until, objects=objects)
        directory = await DirectoryReader(org, mapping).read()
        usernames = {
            name: id for each in sets for name, id in (await named_users(org, each)).items()
        }
        fields = {
            name: frozenset().union(*(fields_of(each, name) for each in sets)) for name in objects
        }
        read_by = {(name, live.revision): fields_of(live, name) for name in objects}
        reading = await read_past(org, span, fields, spool, read_by=read_by, progress=progress)
        return History(
            since=span.since,
            until=until,
            read_at=now,
            directory=directory,
            daemon_user=await org.identity(),
            usernames=usernames,
            fields=reading.fields,
            left_out={why: number for why, number in reading.left_out.items() if number},
            gaps=tuple(reading.gaps),
        )


def _replayed(
    history: History,
    spool: HistorySpool,
    live: PolicySet,
    candidate: PolicySet | None,
    asked: Asked,
    progress: Progress,
) -> Result:
    """Twice over the spool: how long work stays open, then the decisions."""
    total, turnover = len(spool), Turnover()
    for number, past in enumerate(spool, start=1):
        turnover.add(past)
        if number % _TELL_EVERY == 0 or number == total:
            progress("looking through the counters", number, total)
    geography = any(needs_geography(each) for each in (live, candidate) if each is not None)
    replay = Replay(
        history,
        live,
        candidate,
        postal=load_postal_index() if geography else PostalIndex.empty(),
        open_for=turnover.open_for,
        most_movers=asked.most_movers,
    )
    for number, past in enumerate(spool, start=1):
        replay.add(past)
        if number % _TELL_EVERY == 0 or number == total:
            progress("deciding", number, total)
    return replay.result()
