"""Who may see a record beside its owner? Values of ``action: share:``."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression

STANDARD_OBJECTS = ("Case", "Contact", "Lead", "Opportunity")
"""Standard objects whose records can be shared by hand; custom objects can, too."""


_ID = re.compile(r"(?:005|00G)[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


class Access(StrEnum):
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """One of ``user`` (username), ``group`` (DeveloperName of a public group) and ``to`` (a value: the id of
    a user or public group) says with whom. ``consent``: until it holds nothing is shared."""

    user: str | None = None
    group: str | None = None
    to: Expression | None = None
    access: Access = Access.READ
    when: Condition | None = None
    consent: Condition | None = None
    place: Place

    def fields_read(self) -> frozenset[str]:
        """Names of the record, and ``$`` names, that conditions and value ask for."""
        asked = [each.fields() for each in (self.to, self.when, self.consent) if each is not None]
        return frozenset[str]().union(*asked)


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
