"""How does ``notify:`` become entries: who is told, by which way, with which template?

A bare word is short for an entry: ``owner``, ``manager``, ``rooftop``, ``queue``, ``on_call``, or the name of
a channel of ``ortoo.yaml`` (which templates and channels there are is no matter of the policy).
"""

import re
from collections.abc import Collection

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.notify_model import Notify, OrgWay
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, duration_in, text_in

NOTIFY_KEYS = ("to", "by", "template", "when", "urgent", "digest")
TO_KEYS = ("queue", "user")
MOST_ENTRIES = 10

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""Of channels and templates."""

BY_HAND = frozenset(NoticeTo) - {NoticeTo.USER}
"""Words for who can be told of what a person did; a user is told by name."""

USUAL = BY_HAND - {NoticeTo.ASSIGNER}
"""Who can be told of what the daemon did."""


def read_notify(
    node: Node,
    conditions: ConditionReader,
    *,
    template: str,
    words: Collection[NoticeTo] = USUAL,
) -> tuple[Notify, ...]:
    """One entry, or a list of them; ``template`` is that of entries which name none, ``words`` say who can be
    told."""
    problems = conditions.problems
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        problems.add(node, "empty", "'notify' tells nobody", "take it out, or write notify: owner")
    if len(items) > MOST_ENTRIES:
        message = f"'notify' has {len(items)} entries, at most {MOST_ENTRIES} are heeded"
        problems.add(node, "too_many", message, "take some out")
    found = (_entry(item, conditions, template, words) for item in items)
    return tuple(entry for entry in found if entry is not None)


def _entry(
    node: Node, conditions: ConditionReader, template: str, words: Collection[NoticeTo]
) -> Notify | None:
    problems = conditions.problems
    if isinstance(node, MapNode):
        return _whole(node, conditions, template, words)
    word = text_in(node, problems, what="'notify'")
    if word is None:
        return None
    if word in words:
        to = NoticeTo(word)
        return Notify(to=to, by=_usual_way(to), template=template, place=node.place)
    if word in set(OrgWay):
        message = f"{word!r} says by which way, not who is told"
        problems.add(node, "wrong_type", message, f"write {{to: owner, by: {word}}}")
        return None
    if word in BY_HAND or NoticeTo.ON_CALL not in words:
        _nobody(node, word, problems, words)
        return None
    if not _is_name(node, word, problems, what="a channel"):
        return None
    return Notify(to=NoticeTo.ON_CALL, by=word, template=template, place=node.place)


def _whole(
    node: MapNode, conditions: ConditionReader, template: str, allowed: Collection[NoticeTo]
) -> Notify | None:
    problems = conditions.problems
    section = Section(node, problems, what="an entry of 'notify'", known=NOTIFY_KEYS)
    to_node = section.required("to", "say who is told: to: owner")
    told = None if to_node is None else _told(to_node, problems, allowed)
    when, digest = section.get("when"), section.get("digest")
    condition = None if when is None else conditions.read(when, what="'when'")
    if told is None or (when is not None and condition is None):
        return None
    to, name = told
    by = _named(section, "by", _usual_way(to), what="a channel")
    words = _named(section, "template", template, what="a template")
    if by is None or words is None or not _fits(to, by, section):
        return None
    return Notify(
        to=to,
        by=by,
        template=words,
        queue=name if to is NoticeTo.QUEUE else None,
        user=name if to is NoticeTo.USER else None,
        when=condition,
        urgent=section.flag("urgent"),
        digest_for=None if digest is None else duration_in(digest, problems, what="'digest'"),
        place=node.place,
    )


def _told(
    node: Node, problems: Problems, words: Collection[NoticeTo]
) -> tuple[NoticeTo, str | None] | None:
    """A word, ``{queue: DeveloperName}`` or ``{user: username}``."""
    if isinstance(node, MapNode) and NoticeTo.QUEUE in words:
        section = Section(node, problems, what="'to'", known=TO_KEYS)
        if len(node.entries) != 1:
            mend = "write to: owner, to: {queue: Its_Developer_Name} or to: {user: USERNAME}"
            problems.add(node, "missing_key", "'to' names one queue or one user", mend)
            return None
        queue, user = section.text("queue"), section.text("user")
        if queue is not None:
            return NoticeTo.QUEUE, queue
        return None if user is None else (NoticeTo.USER, user)
    word = text_in(node, problems, what="'to'")
    if word is None:
        return None
    if word not in words:
        _nobody(node, word, problems, words)
        return None
    return NoticeTo(word), None


def _nobody(node: Node, word: str, problems: Problems, words: Collection[NoticeTo]) -> None:
    message = f"nobody is called {word!r}"
    if word == NoticeTo.ASSIGNER:
        message = "only 'boundaries' are about somebody who assigned a record"
    elif word in BY_HAND:
        message = f"{word!r} can't be asked"
    problems.add(node, "unknown_name", message, did_you_mean(word, [str(to) for to in words]))


def _usual_way(to: NoticeTo) -> str:
    """The bell; who is on call is no user of the org and has a channel of that name."""
    return NoticeTo.ON_CALL.value if to is NoticeTo.ON_CALL else OrgWay.SALESFORCE.value


def _named(section: Section, key: str, usual: str, *, what: str) -> str | None:
    node = section.get(key)
    if node is None:
        return usual
    word = section.text(key)
    return word if word is not None and _is_name(node, word, section.problems, what=what) else None


def _is_name(node: Node, word: str, problems: Problems, *, what: str) -> bool:
    if NAME.fullmatch(word):
        return True
    hint = ""
    if isinstance(node, Scalar) and "://" in word:
        hint = "; addresses are secrets and stand in the settings"
    message = f"{word!r} can't be the name of {what}{hint}"
    problems.add(node, "wrong_name", message, "use letters, digits, - and _, at most 40")
    return False


def _fits(to: NoticeTo, by: str, section: Section) -> bool:
    if to is not NoticeTo.ON_CALL or by not in set(OrgWay):
        return True
    message = f"who is on call is no user of the org and can't be told by {by!r}"
    at = section.node.entries["by"][1]
    section.problems.add(at, "wrong_type", message, "name a channel of ortoo.yaml")
    return False
