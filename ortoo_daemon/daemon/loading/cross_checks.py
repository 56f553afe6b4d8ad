"""Do the files fit each other and the org? What no single file can tell.

The directory file against the org's fields, policies and against the daemon's own
fields in the org.
"""

from collections.abc import Iterator

from ortoo_daemon.action.stamps import stamps_of
from ortoo_daemon.daemon.loading.call_checks import MANUALS as CALL_MANUALS
from ortoo_daemon.daemon.loading.handoff_checks import MANUALS as HANDOFF_MANUALS
from ortoo_daemon.daemon.loading.hours_checks import MANUALS as HOURS_MANUALS
from ortoo_daemon.daemon.loading.hours_checks import kept_by_nobody
from ortoo_daemon.daemon.loading.notice_checks import MANUALS as NOTICE_MANUALS
from ortoo_daemon.daemon.loading.other_file_checks import MANUALS as OTHER_FILE_MANUALS
from ortoo_daemon.daemon.loading.report_checks import MANUALS as REPORT_MANUALS
from ortoo_daemon.daemon.loading.roster_checks import unbound_names, unread_signs
from ortoo_daemon.daemon.loading.saved_org import KnownOrg
from ortoo_daemon.daemon.yaml_settings import place_of
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Scalar
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

MANUALS = {
    **NOTICE_MANUALS,
    **HANDOFF_MANUALS,
    **HOURS_MANUALS,
    **CALL_MANUALS,
    **REPORT_MANUALS,
    **OTHER_FILE_MANUALS,
    "unknown_workload": "An object is routed of which the directory file does not say what is open work.",
    "missing_stamps": "The object lacks fields of the daemon's own: not deployed, or not permitted.",
    "unbound_name": "A name of rooftops or owners that the directory file does not bind.",
    "unread_sign": "A policy names a sign of absence that the directory file does not look at.",
    "directory_refused": "The org refuses to be read by the directory file.",
    "settings": "`ortoo.yaml` or the directory file can't be used as it is.",
    "policy-test": "A case whose expectation was not met.",
    "allowance": "A comment that allows nothing, or allows without a reason.",
}
"""What is told outside of `policy.lint`, each in one line; a policy's form is told by the parser."""


def cross_checks(
    policies: PolicySet, mapping: DirectoryMapping, node: MapNode, known: KnownOrg | None
) -> Iterator[Problem]:
    """Every problem; ``node`` is the directory file as it was read, for its places."""
    yield from _uncounted(policies, mapping, node)
    yield from unbound_names(policies, mapping)
    yield from unread_signs(policies, mapping)
    if known is None:
        return
    yield from directory_fields(mapping, node, known.description)
    yield from _signals(policies, mapping, node, known.description)
    yield from kept_by_nobody(mapping, node, known.directory)
    yield from _customers(mapping, node, known.description)
    for policy in policies.policies:
        yield from _stamps(policy, known.description)


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


_SHIPPED = frozenset({"Lead", "Case"})
"""Objects whose fields stand in the main folder of the metadata."""

_MEND_MORE = (
    "deploy these fields: config/salesforce/more has them for Opportunity and Task (permission set "
    "Ortoo_Daemon_More), for an object of your own copy those of Lead; give the daemon's user edit access"
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


def _customers(mapping: DirectoryMapping, node: MapNode, org: OrgDescription) -> Iterator[Problem]:
    """What keys are made from, and the key fields, must be there. Objects not described are passed over."""
    for name, sources in sorted(mapping.key_sources.items()):
        place = place_of(node, ["customers", name])
        named = sources.fields().union(sources.described().values())
        for field in sorted(named) if name in org.objects else ():
            yield from _unknown(org, name, field, place)


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
    missing = sorted(stamps_of(policy.object) - described.fields.keys()) if described else []
    if missing:
        yield Problem(
            place=policy.place,
            rule="missing_stamps",
            message=f"{policy.object} lacks the daemon's own fields {', '.join(missing)}",
            mend="deploy config/salesforce/main and assign the permission set Ortoo_Daemon"
            if policy.object in _SHIPPED
            else _MEND_MORE,
        )
