"""Is the daemon's user allowed what the daemon needs, and nothing more? Each finding with its fix.

Rights that look large and are needed are listed with their reason. Changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.asking.permission_needs import TRANSFERS, needs_of
from ortoo_daemon.daemon.asking.permissions_settled import (
    Settled,
    by_object,
    object_of,
    settled,
)
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.permissions import Permissions, Right, granted
from ortoo_daemon.services.notify.templates import Templates

NAME = "Ortoo_Daemon_Least"
LABEL = "Ortoo Daemon Least"
DESCRIPTION = (
    "What the daemon's user needs by the policies and settings in use, and nothing more. Delete comes with "
    "Modify All; the daemon deletes no lead and no case."
)
_DEPLOY = (
    "deploy the permission set that --permission-set writes, and assign it to the daemon's user"
)
_TAKE_AWAY = "take it away: assign only the permission set that --permission-set writes"
_MOST_NAMED = 12

_LARGE = frozenset({Right.VIEW_ALL, Right.MODIFY_ALL})
_LARGE_OF_USER = frozenset({*TRANSFERS.values(), "ViewAllUsers"})

_OPEN_NOTHING = frozenset(
    {"ActivitiesAccess", "ApiUserOnly", "ChatterInternalUser", "LightningConsoleAllowedForUser"}
    | {
        "LightningExperienceUser",
        "PasswordNeverExpires",
        "ShowCompanyNameAsUserBadge",
        "ViewHelpLink",
    }
    | {"ViewSetup"}
)
"""Rights of a user that open no record; without ViewSetup permission sets can't be looked at."""

_ALL_OBJECTS = {"ViewAllData": (Right.READ, Right.VIEW_ALL), "ModifyAllData": tuple(Right)}
"""Rights of a user that give these rights to every object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """``has`` is by permission set and profile; None where the org did not let them be read."""

    needed: Settled
    has: Mapping[str, Permissions] | None
    findings: tuple[Finding, ...]


async def compared(
    org: Org,
    settings: Settings,
    *,
    policies: PolicySet,
    mapping: DirectoryMapping,
    templates: Templates,
) -> Compared:
    """What is needed beside what the login has. Raises OrgError."""
    needed = await settled(org, needs_of(settings, policies, mapping, templates))
    try:
        has = await granted(org, await org.identity())
    except PermanentOrgError as error:
        mend = "give the daemon's user View Setup and Configuration while you look"
        blind = failed("permission sets", f"can't be read ({error.code})", mend)
        return Compared(needed=needed, has=None, findings=(blind, *_seen_only(needed)))
    findings = (*_needed(needed, has.values()), *_expected(needed), *_more(needed, has))
    return Compared(needed=needed, has=has, findings=findings)


def _needed(needed: Settled, has: Iterable[Permissions]) -> Iterator[Finding]:
    """Of each object whether all is there."""
    held = {right for each in has for right in _held(each, needed.permissions)}
    for name, rights in by_object(needed.permissions.rights()):
        missing = [each for each in rights if each not in held]
        unseen = sorted(each for each in needed.unseen if object_of(each) == name)
        locked = sorted(each for each in needed.locked if object_of(each) == name)
        wrong = [
            *_told("missing", missing, name),
            *([f"not there, or not seen: {_names(unseen, name)}"] if unseen else []),
            *([f"can't be written: {_names(locked, name)}"] if locked else []),
        ]
        check = name or "user"
        if wrong:
            yield failed(check, "; ".join(wrong), _DEPLOY)
        else:
            yield passed(check, _in_short(rights, name))
    known = {object_of(of) for of, _ in needed.permissions.rights()}
    for name in sorted({object_of(each) for each in needed.unseen} - known):
        yield failed(name, "the object is not there, or not seen", _DEPLOY)


def _seen_only(needed: Settled) -> Iterator[Finding]:
    """What the org's descriptions alone show: fields that are not seen or can't be written."""
    for name in sorted({object_of(each) for each in needed.unseen | needed.locked}):
        wrong = [each for each in needed.unseen | needed.locked if object_of(each) == name]
        yield failed(name, f"not seen, or can't be written: {_names(sorted(wrong), name)}", _DEPLOY)


def _expected(needed: Settled) -> Iterator[Finding]:
    """Rights that look large: needed, and why."""
    for (of, right), whys in sorted(needed.reasons.items()):
        if right in _LARGE or (not of and right in _LARGE_OF_USER):
            reasons = [why for why in whys if not why.startswith("comes with")] or list(whys)
            yield passed("expected", f"{_right(of, right)}: {'; '.join(reasons)}")


def _more(needed: Settled, has: Mapping[str, Permissions]) -> Iterator[Finding]:
    wanted = set(needed.permissions.rights())
    by: dict[tuple[str, str], list[str]] = defaultdict(list)
    for label, permissions in sorted(has.items()):
        for right in permissions.rights():
            if right not in wanted and not (right[0] == "" and right[1] in _OPEN_NOTHING):
                by[right].append(label)
    for name, rights in by_object(by):
        labels = sorted({label for right in rights for label in by[right]})
        text = "; ".join(_told("not needed", sorted(rights), name))
        yield failed("more", f"{name or 'user'}: {text} (by {', '.join(labels)})", _TAKE_AWAY)


def _held(has: Permissions, needed: Permissions) -> Iterator[tuple[str, str]]:
    yield from has.rights()
    for right, gives in _ALL_OBJECTS.items():
        if right in has.user:
            yield from ((name, str(each)) for name in needed.objects for each in gives)


def _told(what: str, rights: Iterable[tuple[str, str]], name: str) -> list[str]:
    """``missing: Edit, Modify All; to read: A, B; to edit: C``."""
    every = list(rights)
    whole = [_right("", right) for of, right in every if of == name]
    parts = [", ".join(whole)] if whole else []
    for right in ("read", "edit"):
        fields = [of for of, each in every if each == right and of != name]
        if fields:
            parts.append(f"to {right}: {_names(fields, name)}")
    return [f"{what}: {'; '.join(parts)}"] if parts else []


def _in_short(rights: Iterable[tuple[str, str]], name: str) -> str:
    """``Read, Edit, View All; 31 fields read, 20 of them written``."""
    every = list(rights)
    whole = ", ".join(_right("", right) for of, right in every if of == name)
    read, edit = (
        sum(each == right for of, each in every if of != name) for right in ("read", "edit")
    )
    fields = f"{read} fields read, {edit} of them written" if read else ""
    return "; ".join(part for part in (whole, fields) if part)


def _right(of: str, right: str) -> str:
    words = {Right.VIEW_ALL: "View All", Right.MODIFY_ALL: "Modify All"}
    told = words.get(Right(right), right) if right in set(Right) else right
    return f"{told} on {of}" if of else told


def _names(fields: Iterable[str], name: str) -> str:
    short = [each.removeprefix(f"{name}.") for each in fields]
    more = f" and {len(short) - _MOST_NAMED} more" if len(short) > _MOST_NAMED else ""
    return ", ".join(short[:_MOST_NAMED]) + more
