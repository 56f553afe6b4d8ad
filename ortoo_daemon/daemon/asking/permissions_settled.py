"""Which permissions do needs come to in this org? Paths are followed; what nobody can withhold is left out.

Asks the org what objects look like to the login; changes nothing.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.daemon.asking.permission_needs import FieldNeed, Need, ObjectNeed, UserNeed
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.permissions import (
    IMPLIED,
    NO_OBJECT_RIGHTS,
    Permissions,
    Right,
    in_declared_form,
)

Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """``reasons`` are keyed as `Permissions.rights` names each right.

    ``unseen`` are fields (``Lead.Brand__c``) and objects that the login does not see, ``locked`` fields that
    it sees and can't write although it needs to.
    """

    permissions: Permissions
    reasons: Mapping[tuple[str, str], tuple[str, ...]]
    unseen: frozenset[str]
    locked: frozenset[str]


async def settled(org: Org, needs: Iterable[Need]) -> Settled:
    """Raises OrgError when the org can't be asked."""
    found = _Settling(org)
    for need in needs:
        await found.take(need)
    return found.done()


class _Settling:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._described: dict[str, Described | None] = {}
        self._reasons: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._unseen: set[str] = set()
        self._locked: set[str] = set()

    async def take(self, need: Need) -> None:
        if isinstance(need, UserNeed):
            self._note("", need.right, need.why)
        elif isinstance(need, ObjectNeed):
            self._object(need.object, need.right, need.why)
            if await self._describe(need.object) is None:
                self._unseen.add(need.object)
        else:
            await self._field(need)

    def done(self) -> Settled:
        objects: dict[str, set[Right]] = defaultdict(set)
        kinds: dict[str, set[str]] = {"read": set(), "edit": set(), "": set()}
        for of, right in self._reasons:
            if not of:
                kinds[""].add(right)
            elif right in kinds:
                kinds[right].add(of)
            else:
                objects[of].add(Right(right))
        return Settled(
            permissions=Permissions(
                objects={name: frozenset(rights) for name, rights in objects.items()},
                readable=frozenset(kinds["read"]),
                editable=frozenset(kinds["edit"]),
                user=frozenset(kinds[""]),
            ),
            reasons={key: tuple(whys) for key, whys in self._reasons.items()},
            unseen=frozenset(self._unseen),
            locked=frozenset(self._locked),
        )

    def _note(self, of: str, right: str, why: str) -> None:
        self._reasons[of, right][why] = None

    def _object(self, name: str, right: Right, why: str) -> None:
        if name not in NO_OBJECT_RIGHTS:
            self._note(name, right, why)
            for implied in IMPLIED.get(right, ()):
                self._note(name, implied, f"comes with {right}" if right != Right.READ else why)

    async def _field(self, need: FieldNeed) -> None:
        """The field, and every lookup on the way to it."""
        objects, steps = [need.object], need.path.split(".")
        for number, step in enumerate(steps, start=1):
            last = number == len(steps)
            found = [each async for each in self._step(objects, step, last=last)]
            if not found:
                if not need.optional:
                    self._unseen.add(f"{objects[0]}.{step}")
                return
            for name, field in found:
                self._object(name, Right.READ, need.why)
                await self._access(name, field, need, edit=need.edit and last)
            objects = [target for _, field in found for target in field["referenceTo"]]

    async def _step(
        self, objects: Iterable[str], step: str, *, last: bool
    ) -> AsyncIterator[tuple[str, Described]]:
        """The fields that a step of a path names, with their objects: one, of several for ``Owner.Name``."""
        known_by = "name" if last else "relationshipName"
        for name in objects:
            described = await self._describe(name)
            for field in described["fields"] if described else ():
                if field[known_by] == step:
                    yield name, field

    async def _access(self, name: str, field: Described, need: FieldNeed, *, edit: bool) -> None:
        opened = await self._opened_by(name, field)
        if edit and not (field["updateable"] or field["createable"]):
            self._locked.add(f"{name}.{field['name']}")
        if opened is not None:
            full = in_declared_form(f"{name}.{opened}")
            self._note(full, "read", need.why)
            if edit:
                self._note(full, "edit", need.why)

    async def _opened_by(self, name: str, field: Described) -> str | None:
        """The field by which access to this one is given; None where nobody can withhold it."""
        if field.get("permissionable", True):
            return str(field["name"])
        described = await self._describe(name)
        whole = field.get("compoundFieldName")
        for each in described["fields"] if described else ():
            if each["name"] == whole and each.get("permissionable"):
                return str(whole)
        return None

    async def _describe(self, name: str) -> Described | None:
        if name not in self._described:
            try:
                answer = await self._org.rest.call("GET", f"sobjects/{soql.name(name)}/describe")
            except PermanentOrgError:
                answer = None
            self._described[name] = answer
        return self._described[name]


def object_of(of: str) -> str:
    """The object of a field's full name, or the object itself."""
    return of.partition(".")[0]


def by_object(rights: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Rights grouped by object; those of the user come first, under no name."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for of, right in rights:
        groups[object_of(of)].append((of, right))
    yield from sorted(groups.items())
