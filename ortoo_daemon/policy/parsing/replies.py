"""How do ``replies`` of a handoff become Reply values?

::

    replies:
      - {says: [accepted, we take it], set: {Status: Working - Contacted}}
      - {says: [return, not for us], set: {Ortoo_Return_Reason__c: $reply}}
"""

from collections.abc import Iterator

from ortoo_daemon.policy.handoff_model import REPLY, HandoffWay, Reply
from ortoo_daemon.policy.nodes import Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import (
    Section,
    items_in,
    mapping_in,
    name_in,
    text_in,
)
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue

REPLY_KEYS = ("says", "set")
MOST_REPLIES = 10


def read_replies(section: Section, by: str | None) -> tuple[Reply, ...]:
    """In the order in which they are tried; only what goes by e-mail is answered by e-mail."""
    node = section.get("replies")
    if node is None:
        return ()
    problems = section.problems
    if by != HandoffWay.SMTP.value:
        message = "only what is handed over by e-mail (by: smtp) is answered by e-mail"
        problems.add(node, "wrong_use", message, "remove 'replies', or go by: smtp")
    found = [each for item in section.items("replies") for each in _reply(item, problems)]
    if len(found) > MOST_REPLIES:
        problems.add(node, "too_many", f"at most {MOST_REPLIES} replies, not {len(found)}")
    return tuple(found)


def _reply(node: Node, problems: Problems) -> Iterator[Reply]:
    mapping = mapping_in(node, problems, what="a reply")
    if mapping is None:
        return
    section = Section(mapping, problems, what="a reply", known=REPLY_KEYS)
    says = section.required("says", "write words that a line of the answer begins with")
    section.required("set", f"name fields, for example set: {{Ortoo_Return_Reason__c: {REPLY}}}")
    if says is None:
        return
    items = items_in(says, problems, what="'says'")
    texts = [text_in(each, problems, what="'says'") for each in items]
    phrases = [" ".join(fold(text).split()) for text in texts if text]
    yield Reply(says=tuple(phrases), sets=_sets(section), place=mapping.place)


def _sets(section: Section) -> dict[str, FieldValue]:
    """``{Field: constant}``; REPLY stands for what was answered."""
    node, found = section.mapping("set"), dict[str, FieldValue]()
    for key, value in node.entries.values() if node else ():
        field = name_in(key, section.problems, what="'set'")
        if not isinstance(value, Scalar):
            message = f"a reply sets a constant, or {REPLY}"
            section.problems.add(value, "wrong_type", message)
        elif field is not None:
            found[field] = value.text if isinstance(value.value, str) else value.value
    return found
