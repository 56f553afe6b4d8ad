"""Who may see a record beside its owner? Values of ``action: share:``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression

STANDARD_OBJECTS = ("Case", "Contact", "Lead", "Opportunity")
"""Standard objects whose records can be shared by hand; custom objects can, too."""


SHARING = "Ortoo_Sharing__c"
"""Where a record says with whom it is shared by the customer's consent, and who waits for that."""

LONGEST_SHARING = 255

_ID = re.compile(r"(?:005|00G)[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


class Access(StrEnum):
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """One of ``user`` (username), ``group`` (DeveloperName of a public group), ``queue`` (that of a queue,
    whose members are meant) and ``to`` (a value: the id of a user or public group) says with whom.
    ``consent``: until it holds nothing is shared."""

    user: str | None = None
    group: str | None = None
    queue: str | None = None
    to: Expression | None = None
    access: Access = Access.READ
    when: Condition | None = None
    consent: Condition | None = None
    place: Place

    def fields_read(self) -> frozenset[str]:
        """Names of the record, and ``$`` names, that conditions and value ask for."""
        asked = [each.fields() for each in (self.to, self.when, self.consent) if each is not None]
        return frozenset[str]().union(*asked)


def consent_fields(rules: Iterable[ShareRule]) -> frozenset[str]:
    """Fields of the record by which somebody agrees to its being shared, or no more."""
    asked = (rule.consent.fields() for rule in rules if rule.consent is not None)
    return frozenset(name for names in asked for name in names if not name.startswith("$"))


def can_be_shared(object_name: str) -> bool:
    """Whether the platform keeps sharing rows for records of this object at all."""
    return object_name in STANDARD_OBJECTS or object_name.endswith("__c")


def is_receiver(text: str) -> bool:
    """Whether the text is the id of a user or group."""
    return _ID.fullmatch(text) is not None


def share_object(object_name: str) -> str:
    """The object that holds who may see records of this one."""
    custom = object_name.endswith("__c")
    return f"{object_name[:-3]}__Share" if custom else f"{object_name}Share"
