"""Which queues does the seeded org have?  Desks, one per region, one per pod and skill."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.seed import identities
from ortoo_daemon.sandbox.seed.identities import ADMIN_USER_ID
from ortoo_daemon.sandbox.seed.roster import PODS, SKILLS
from ortoo_daemon.sandbox.seed.rows import created


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: `objects` may be assigned to it."""

    developer_name: str
    name: str
    objects: tuple[str, ...]


_DESKS = (
    Queue(identities.UNROUTED_QUEUE, "Unrouted Leads", ("Lead",)),
    Queue(identities.FLEET_QUEUE, "Fleet Desk", ("Lead",)),
    Queue(identities.EV_QUEUE, "EV Desk", ("Lead",)),
    Queue(identities.NEEDS_A_PERSON_QUEUE, "Needs a Person", ("Lead", "Case")),
    Queue("Unrouted_Cases", "Unrouted Cases", ("Case",)),
    Queue(identities.NOT_FOR_LEADS_QUEUE, "Old Leads Desk", ("Case",)),
)
_TICKETS = Queue("Service_Tickets", "Service Tickets", ("Service_Ticket__c",))


def load_queues(org: Org, regions: Iterable[str]) -> dict[str, str]:
    """Create the queues with their objects and members; ids by DeveloperName."""
    queues = [*_DESKS, *_of_regions(regions), *_of_desks(), _TICKETS]
    rows = [
        {"Name": q.name[:40], "DeveloperName": q.developer_name, "Type": "Queue"} for q in queues
    ]
    ids = created(org, "Group", rows, user_id=ADMIN_USER_ID)
    objects = [
        {"QueueId": each, "SobjectType": name}
        for each, queue in zip(ids, queues, strict=True)
        for name in queue.objects
    ]
    created(org, "QueueSobject", objects, user_id=ADMIN_USER_ID)
    by_name = {q.developer_name: each for q, each in zip(queues, ids, strict=True)}
    created(org, "GroupMember", _members(org, by_name), user_id=ADMIN_USER_ID)
    _public_group(org)
    return by_name


def _public_group(org: Org) -> None:
    """Those of the maker's launch partner who may read along."""
    row = {"Name": "Launch Partners", "DeveloperName": "Launch_Partners", "Type": "Regular"}
    (group,) = created(org, "Group", [row], user_id=ADMIN_USER_ID)
    member = {"GroupId": group, "UserOrGroupId": identities.DISPATCHER_USER_ID}
    created(org, "GroupMember", [member], user_id=ADMIN_USER_ID)


def region_queue(region: str) -> str:
    """`FR-Île-de-France` -> `Leads_FR_Ile_de_France`."""
    plain = unicodedata.normalize("NFKD", region).encode("ascii", "ignore").decode()
    return "Leads_" + re.sub(r"\W+", "_", plain)


def pod_queue(pod: str) -> str:
    """`POD-ST` -> `Cases_POD_ST`."""
    return "Cases_" + pod.replace("-", "_")


def skill_queue(skill: str) -> str:
    """`LISTINGS` -> `Cases_LISTINGS`."""
    return f"Cases_{skill}"


def _of_regions(regions: Iterable[str]) -> list[Queue]:
    return [Queue(region_queue(r), f"Leads {r}", ("Lead",)) for r in sorted(set(regions))]


def _of_desks() -> list[Queue]:
    pods = [Queue(pod_queue(pod), f"Cases {pod}", ("Case",)) for pod in PODS]
    return pods + [Queue(skill_queue(each), f"Cases {each}", ("Case",)) for each in SKILLS]


def _members(org: Org, queues: Mapping[str, str]) -> list[dict[str, str]]:
    """Agents sit in the queues of their pod and skills, the dispatcher in every desk."""
    rows = [
        {"GroupId": queues[desk.developer_name], "UserOrGroupId": identities.DISPATCHER_USER_ID}
        for desk in (*_DESKS, _TICKETS)
    ]
    for agent in org.storage.find("User", Ortoo_Role__c="service_agent"):
        for skill in str(agent["Ortoo_Skills__c"]).split(";"):
            name = pod_queue(skill) if skill in PODS else skill_queue(skill)
            rows.append({"GroupId": queues[name], "UserOrGroupId": agent["Id"]})
    return rows
