"""When and how is a record handed to the system of its rooftop? Values of ``action: {handoff: …}``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.records import FieldValue

HANDOFF = "Ortoo_Handoff__c"
HANDOFF_TO = "Ortoo_Handoff_To__c"
HANDOFF_AT = "Ortoo_Handoff_At__c"
HANDOFF_ID = "Ortoo_Handoff_Id__c"
HANDOFF_FIELDS = frozenset({HANDOFF, HANDOFF_TO, HANDOFF_AT, HANDOFF_ID})
"""Where a record says how its handoff stands; the last three are those of the last that was taken."""

EXCLUSIVE_FOR = timedelta(days=2)
"""How long a rooftop that was handed a record has it alone, where the policy says nothing else."""

FORMATS = ("adf",)
"""What can be sent."""

USUAL_FIELDS: Mapping[str, str] = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "phone": "Phone",
    "mobile": "MobilePhone",
    "street": "Street",
    "city": "City",
    "region": "State",
    "postal_code": "PostalCode",
    "country": "Country",
    "comments": "Description",
    "service": "LeadSource",
}
"""Fields of a Lead that are sent without being named, by what they are called in ADF."""

SENT_NAMES = (
    *USUAL_FIELDS, "company", "interest", "vehicle_status", "year", "make", "model", "trim", "vin",
    "stock", "price", "price_currency", "vehicle_comments", "timeframe",
)  # fmt: skip
"""Names of ADF that fields may be sent as."""


REPLY = "$reply"
"""Where a reply sets it: what was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer by e-mail of which a line begins with one of the phrases ``says`` (folded) sets these fields
    of the record; REPLY stands for the words of the answer."""

    says: tuple[str, ...]
    sets: Mapping[str, FieldValue]
    place: Place


class HandoffWay(StrEnum):
    """By which way it is sent."""

    SMTP = "smtp"
    HTTP = "http"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRule:
    """Who is handed what. ``to`` is the address; a file needs none.

    ``consent``: until it holds, nothing leaves. ``fields`` are sent, by name of ADF. ``document`` is the
    field with the enquiry as it came, of which all is passed on that no field says otherwise. No other
    rooftop gets the record within ``exclusive_for``, unless the first has lost it or given it back.
    """

    by: HandoffWay
    when: Condition | None = None
    consent: Condition | None = None
    to: Expression | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    document: str | None = None
    exclusive_for: timedelta = EXCLUSIVE_FOR
    replies: tuple[Reply, ...] = ()
    place: Place
    by_place: Place
    """Where the way is named."""

    def fields_read(self) -> frozenset[str]:
        """What its conditions look at when the record is decided, ``$`` names included."""
        found: frozenset[str] = frozenset()
        for condition in (self.when, self.consent):
            if condition is not None:
                found |= condition.fields()
        return found

    def fields_sent(self) -> frozenset[str]:
        """Fields that are read when it is sent."""
        found = set(self.fields.values()) | ({self.document} if self.document else set())
        if self.to is not None:
            found |= self.to.fields()
        return frozenset(name for name in found | self.fields_read() if name[:1] != "$")
