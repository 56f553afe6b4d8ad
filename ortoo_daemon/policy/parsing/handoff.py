"""How does ``action: {handoff: …}`` become a HandoffRule?

::

    handoff:
      when: {$rooftop.Crm: adf}
      consent: {Dealer_Sharing_Consent__c: true}
      send: adf
      by: smtp
      to: $rooftop.Crm_Address
      map: {make: Brand__c, model: Model__c, interest: Request__c}
      document: Adf_Document__c
      exclusive_for: 2d
      replies: […]                       # `policy.parsing.replies`
"""

from ortoo_daemon.policy.handoff_model import (
    EXCLUSIVE_FOR,
    FORMATS,
    SENT_NAMES,
    USUAL_FIELDS,
    HandoffRule,
    HandoffWay,
)
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression
from ortoo_daemon.policy.parsing.replies import read_replies
from ortoo_daemon.policy.parsing.sections import Section, duration_in, name_in

HANDOFF_KEYS = (
    "when",
    "consent",
    "send",
    "by",
    "to",
    "map",
    "document",
    "exclusive_for",
    "replies",
)
WAYS = tuple(way.value for way in HandoffWay)


def read_handoff(
    node: MapNode, conditions: ConditionReader, *, object_name: str
) -> HandoffRule | None:
    """``conditions`` know what ownership found."""
    problems = conditions.problems
    section = Section(node, problems, what="a handoff", known=HANDOFF_KEYS)
    section.required("send", "write send: adf")
    section.required("by", f"one of {', '.join(WAYS)}")
    _word(section, "send", FORMATS)
    by = _word(section, "by", WAYS)
    when, consent, to = section.get("when"), section.get("consent"), section.get("to")
    if to is None and by in (HandoffWay.SMTP.value, HandoffWay.HTTP.value):
        section.required("to", "name the address, for example to: $rooftop.Crm_Address")
    lasts = section.get("exclusive_for")
    exclusive = None if lasts is None else duration_in(lasts, problems, what="'exclusive_for'")
    read_when = None if when is None else conditions.read(when, what="'when' of the handoff")
    asked = None if consent is None else conditions.read(consent, what="'consent'")
    address = None if to is None else read_expression(to, conditions)
    usual = USUAL_FIELDS if object_name == "Lead" else {}
    fields = {**usual, **_fields(section)}
    replies = read_replies(section, by)
    if by is None:
        return None
    return HandoffRule(
        by=HandoffWay(by),
        when=read_when,
        consent=asked,
        to=address,
        fields=fields,
        document=section.name("document"),
        exclusive_for=exclusive or EXCLUSIVE_FOR,
        replies=replies,
        place=node.place,
        by_place=node.entries["by"][1].place,
    )


def _word(section: Section, key: str, known: tuple[str, ...]) -> str | None:
    word = section.text(key)
    if word is not None and word not in known:
        message = f"{key!r} is not {word!r}"
        node = section.node.entries[key][1]
        section.problems.add(node, "unknown_name", message, did_you_mean(word, known))
        return None
    return word


def _fields(section: Section) -> dict[str, str]:
    """``{name of ADF: Field}``."""
    node = section.mapping("map")
    found: dict[str, str] = {}
    for name, (key, value) in node.entries.items() if node else ():
        field = name_in(value, section.problems, what="'map'")
        if name not in SENT_NAMES:
            message = f"ADF has no {name!r} to be sent"
            section.problems.add(key, "unknown_name", message, did_you_mean(name, SENT_NAMES))
        elif field is not None:
            found[name] = field
    return found
