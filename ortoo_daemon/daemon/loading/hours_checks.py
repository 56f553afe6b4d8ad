"""Do the directory file's hours and shifts name sites, teams and people that there are?

A misspelt name is no mistake that the file could show: its hours are just kept by nobody. Hints, no errors:
somebody who leaves the company must not keep every edit of a policy from coming into force.
"""

from collections.abc import Iterable, Iterator

from ortoo_daemon.daemon.loading.shift_table import table_named
from ortoo_daemon.daemon.yaml_settings import place_of
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.hours_mapping import HoursOf

RULE = "kept_by_nobody"
MANUALS = {RULE: "Hours or shifts of a site, team or person that the org does not have."}


def kept_by_nobody(
    mapping: DirectoryMapping, node: MapNode, directory: Directory
) -> Iterator[Problem]:
    """Each name under ``for`` of hours, and each person of the shifts, that is not in the directory."""
    known = _Known(directory)
    for name, hours in mapping.hours.items():
        for number, each in enumerate(hours.kept_by):
            for key, wrong, mend in known.wrong_in(each):
                place = place_of(node, ["hours", name, "for", number, key])
                yield _hint(place, f"the hours {name!r} are kept by nobody: {wrong}", mend)
    yield from _strangers(mapping, node, known)


def _strangers(mapping: DirectoryMapping, node: MapNode, known: "_Known") -> Iterator[Problem]:
    """Each person once, where they stand first."""
    shifts, table = mapping.absences.shifts, table_named(node)
    if not isinstance(shifts, list):
        return
    told = set(known.usernames)
    for number, shift in enumerate(shifts):
        name = shift.person.strip().casefold()
        if name in told:
            continue
        told.add(name)
        place = place_of(node, ["absences", "shifts", number, "person"])
        if table is not None:
            place = Place(table, shift.line)
        message = f"shifts of nobody: no person of the directory has the username {shift.person}"
        yield _hint(place, message, did_you_mean(name, known.usernames))


class _Known:
    """Names of the directory, as the file may write them."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        people = directory.people.values()
        self.usernames = frozenset(directory.people_by_username)
        self._roles = frozenset(each.role.casefold() for each in people if each.role)

    def wrong_in(self, asked: HoursOf) -> Iterator[tuple[str, str, str]]:
        """The key, what is wrong with it, and how to mend it."""
        if asked.person is not None and asked.person.casefold() not in self.usernames:
            message = f"no person has the username {asked.person}"
            yield "person", message, did_you_mean(asked.person.casefold(), self.usernames)
        if asked.role is not None and asked.role.casefold() not in self._roles:
            message = f"no person has the role {asked.role}"
            yield "role", message, did_you_mean(asked.role.casefold(), self._roles)
        if asked.rooftop is not None:
            yield from self._wrong_site(asked.rooftop, asked.role)

    def _wrong_site(self, name: str, role: str | None) -> Iterator[tuple[str, str, str]]:
        sites = [
            site
            for site in self._directory.rooftops.values()
            if name.casefold() in _names((site.code, site.id, site.name))
        ]
        if not sites:
            codes = [site.code for site in self._directory.rooftops.values() if site.code]
            message = f"no rooftop has the code, name or id {name}"
            yield "rooftop", message, did_you_mean(name, codes)
        elif role is not None and role.casefold() in self._roles:
            staff = (self._directory.people_by_rooftop.get(site.id, ()) for site in sites)
            if role.casefold() not in {(p.role or "").casefold() for some in staff for p in some}:
                yield "role", f"nobody at {name} has the role {role}", ""


def _names(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names if name)


def _hint(place: Place, message: str, mend: str) -> Problem:
    return Problem(place=place, rule=RULE, message=message, mend=mend, level=Level.HINT)
