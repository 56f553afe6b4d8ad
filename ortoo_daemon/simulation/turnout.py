"""Who is there in a case of a policy's tests, and who goes away, leaves or comes back later? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person
from ortoo_daemon.policy.cases import RosterChange
from ortoo_daemon.records import RecordId

_NOBODY: Mapping[str, RecordId | None] = {}


def all_there(directory: Directory) -> Directory:
    """The directory with nobody away: what a case says must not hang on whose holiday it is today."""
    people = {id_: person.as_if(away=False) for id_, person in directory.people.items()}
    return directory if people == directory.people else replace(directory, people=people)


def turned_out(
    directory: Directory,
    changes: Iterable[RosterChange],
    *,
    also: Mapping[str, RecordId | None] = _NOBODY,
) -> tuple[Directory, tuple[str, ...]]:
    """The directory as a case changes it, and a complaint for each person it does not know.

    ``also`` are words that stand for somebody in place of a username.
    """
    people = dict(directory.people)
    strangers = []
    for change in changes:
        name = change.username.casefold()
        known = directory.people_by_username.get(name)
        id_ = also.get(name, known.id if known else None)
        person = people.get(id_) if id_ is not None else None
        if person is None:
            strangers.append(f"{change.place}: nobody on the roster is {change.username}")
        else:
            people[person.id] = _changed(person, change)
    if people == directory.people:
        return directory, tuple(strangers)
    return replace(directory, people=people), tuple(strangers)


def _changed(person: Person, change: RosterChange) -> Person:
    if change.active is not None:
        person = replace(person, active=change.active)
    if change.away is not None:
        person = person.as_if(away=change.away)
    return person
