"""Who is to be told of a decision, by what way and in which words? Values of ``notify:``."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition


class OrgWay(StrEnum):
    """Ways that lead through the org itself; every other way is a channel of ``ortoo.yaml``.

    SALESFORCE: a custom notification (the bell). CHATTER: a post on the record that mentions the recipients.
    TASK: a task of each recipient, due when the record is. EMAIL_ALERT: an e-mail alert of the org, which
    knows its recipients itself.
    """

    SALESFORCE = "salesforce"
    CHATTER = "chatter"
    TASK = "task"
    EMAIL_ALERT = "email_alert"


ORG_WAYS: frozenset[str] = frozenset(OrgWay)

NEW_RECORD = "new_record"
UNROUTED = "unrouted"
SLA_WARNING = "sla_warning"
SLA_VIOLATION = "sla_violation"
OUTSIDE = "outside_boundaries"
ASKED_BACK = "asked_back"
"""Templates of entries that name none, by where they stand."""

SEEMS_AWAY = "seems_away"
"""The template for managers of somebody who is taken for absent."""

ABSENCES_AHEAD = "absences_ahead"
"""The template for managers, of the absences that lie ahead of their people."""


PARKED = "parked"
"""The template of parked records."""

AFTER_OUTAGE = "after_outage"
SWEEP_STOPPED = "sweep_stopped"
SUMMARIES = (AFTER_OUTAGE, SWEEP_STOPPED)
"""Templates of what befell the daemon as a whole; they tell of no record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """One entry of ``notify:``. ``queue`` names the queue where ``to`` is one by name (DeveloperName),
    ``user`` the user (username).

    ``when`` is asked of the record as ownership and action left it. ``digest_for``: what comes within this
    time is told together.
    """

    to: NoticeTo
    by: str
    template: str
    queue: str | None = None
    user: str | None = None
    when: Condition | None = None
    urgent: bool = False
    digest_for: timedelta | None = None
    place: Place
