"""Do the files fit each other and the org? What no single file can tell.

The directory file against the org's fields, policies against the directory file, against the daemon's
own fields in the org, and against the rooftops and hours that there are.
"""

from collections.abc import Iterable, Iterator

from ortoo_daemon.action.stamps import STAMPS
from ortoo_daemon.daemon.roster_checks import names_nobody_has, unbound_names
from ortoo_daemon.daemon.saved_org import KnownOrg
from ortoo_daemon.daemon.yaml_settings import place_of
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Scalar
from ortoo_daemon.policy.reach import fields_written, rules_of
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

_ALWAYS = frozenset({"24x7", "rooftop"})


def cross_checks(
    policies: PolicySet, mapping: DirectoryMapping, node: MapNode, known: KnownOrg | None
) -> Iterator[Problem]:
    """Every problem; ``node`` is the directory file as it was read, for its places."""
    yield from _uncounted(policies, mapping, node)
    yield from unbound_names(policies, mapping)
    if known is None:
        return
    yield from directory_fields(mapping, node, known.description)
    yield from _signals(policies, mapping, node, known.description)
    for policy in policies.policies:
        yield from _stamps(policy, known.description)
        yield from _read_only(policy, known.description)
        yield from _hours(policy, known.directory)
    yield from _territories(policies, known.directory)
    yield from names_nobody_has(policies, known.directory)


def _uncounted(policies: PolicySet, mapping: DirectoryMapping, node: MapNode) -> Iterator[Problem]:
    """Open work of every routed object is counted, so each must say what is open."""
    for name in sorted({policy.object for policy in policies.policies}):
        if name not in mapping.workload:
            yield Problem(
                place=place_of(node, ["workload"]),
                rule="unknown_workload",
                message=f"policies route {name}, but nothing says which {name} records are open work",
                mend=f"add {name}: {{field: value}} under workload",
            )


def directory_fields(
    mapping: DirectoryMapping, node: MapNode, org: OrgDescription
) -> Iterator[Problem]:
    """Names of the directory file that are none in the org."""
    sources = {"rooftops": mapping.rooftops.source, "people": mapping.people.source}
    for section, object_name in sources.items():
        for place, name in _named_in(node.get(section)):
            yield from _unknown(org, object_name, name, place)
    workload = node.get("workload")
    if isinstance(workload, MapNode):
        for object_name, (key, criteria) in workload.entries.items():
            if object_name not in org.objects:
                yield _no_object(object_name, key.place, org)
            elif isinstance(criteria, MapNode):
                for name, (field, _) in criteria.entries.items():
                    yield from _unknown(org, object_name, name, field.place)


def _named_in(section: Node | None) -> Iterator[tuple[Place, str]]:
    """Every API name of a section of the directory file, with its place."""
    if not isinstance(section, MapNode):
        return
    for key, (_, value) in section.entries.items():
        if key == "from":
            continue
        if key == "where" and isinstance(value, MapNode):
            yield from ((field.place, name) for name, (field, _) in value.entries.items())
        else:
            yield from _scalars(value)


def _scalars(node: Node) -> Iterator[tuple[Place, str]]:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        yield node.place, node.value
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, MapNode):
        for _, value in node.entries.values():
            yield from _scalars(value)


def _signals(
    policies: PolicySet, mapping: DirectoryMapping, node: MapNode, org: OrgDescription
) -> Iterator[Problem]:
    """A wish's field must be on every object whose policies use the wish."""
    for wish, field in sorted(mapping.signals.items()):
        for object_name in sorted({p.object for p in policies.policies if wish in _wishes(p)}):
            if object_name in org.objects and not field.startswith("$"):
                yield from _unknown(org, object_name, field, place_of(node, ["signals", wish]))


def _wishes(policy: Policy) -> set[str]:
    choices = (rule.assign.rooftop for rule in rules_of(policy))
    return {wish for choice in choices if choice is not None for wish in choice.prefer}


def _unknown(org: OrgDescription, object_name: str, name: str, place: Place) -> Iterator[Problem]:
    if object_name not in org.objects:
        yield _no_object(object_name, place, org)
    elif org.resolve(object_name, name) is None:
        fields = (field.name for field in org.objects[object_name].fields.values())
        yield Problem(
            place=place,
            rule="unknown_field",
            message=f"{object_name} has no field {name!r}",
            mend=did_you_mean(name, fields),
        )


def _no_object(name: str, place: Place, org: OrgDescription) -> Problem:
    return Problem(
        place=place,
        rule="unknown_field",
        message=f"the org has no object {name!r}",
        mend=did_you_mean(name, org.objects),
    )


def _stamps(policy: Policy, org: OrgDescription) -> Iterator[Problem]:
    described = org.objects.get(policy.object)
    missing = sorted(STAMPS - described.fields.keys()) if described else []
    if missing:
        yield Problem(
            place=policy.place,
            rule="missing_stamps",
            message=f"{policy.object} lacks the daemon's own fields {', '.join(missing)}",
            mend="deploy config/salesforce/main and assign the permission set Ortoo_Daemon",
        )


def _read_only(policy: Policy, org: OrgDescription) -> Iterator[Problem]:
    """Fields the daemon's user may not write cost nothing but the field: a hint."""
    described = org.objects.get(policy.object)
    if described is None:
        return
    for name in sorted(fields_written(policy)):
        field = described.fields.get(name)
        if field is not None and not field.updateable:
            yield Problem(
                place=policy.place,
                rule="read_only_field",
                message=f"the policy writes {policy.object}.{name}, which can't be written",
                mend="give the daemon's user edit access, or write another field",
                level=Level.HINT,
            )


def _hours(policy: Policy, directory: Directory) -> Iterator[Problem]:
    for rule in policy.sla:
        if rule.hours not in _ALWAYS and rule.hours not in directory.hours:
            named = (week.name for week in directory.hours.values())
            yield Problem(
                place=rule.place,
                rule="unknown_hours",
                message=f"the org has no active business hours {rule.hours!r}",
                mend=did_you_mean(rule.hours, {*named, *_ALWAYS}),
            )


def _territories(policies: PolicySet, directory: Directory) -> Iterator[Problem]:
    """Rows for a site that is not there route nothing; sites come and go, so it is a hint."""
    seen: set[tuple[str, str]] = set()
    sites = directory.rooftops_by_code
    for file, row in _rows(policies.policies):
        code = (row.rooftop or "").casefold()
        if not code or code in sites or (file, code) in seen or row.rooftop in directory.rooftops:
            continue
        seen.add((file, code))
        yield Problem(
            place=row.place,
            rule="unknown_rooftop",
            message=f"no rooftop of the directory is {row.rooftop!r}; its rows route nothing",
            mend=did_you_mean(row.rooftop or "", sites),
            level=Level.HINT,
        )


def _rows(policies: Iterable[Policy]) -> Iterator[tuple[str, TerritoryRow]]:
    """Rows of every territory file, each file once."""
    found = {}
    for policy in policies:
        for rule in rules_of(policy):
            choice = rule.assign.rooftop
            if choice is not None and choice.territories is not None:
                found[choice.territories.path] = choice.territories
    for path, territories in sorted(found.items()):
        yield from ((path, row) for row in territories.rows)
