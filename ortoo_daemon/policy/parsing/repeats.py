"""How does ``action: repeats:`` become what earlier records get?

::

    repeats:
      - of: Lead
        when: {$match.how: {is_not: household}}
        count: Ortoo_Repeat_Count__c
        attach: {subject: "Asked again: {{ Model__c }}", text: "{{ Description }}"}
        merge: {MobilePhone: oldest, City: {sources: [Configurator, Marketplace]}}
        set: {Rating: Hot}
"""

from collections.abc import Iterable

from ortoo_daemon.policy.evaluation import Expression
from ortoo_daemon.policy.find_model import Duplicates
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression, read_sets
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in, name_in, text_in
from ortoo_daemon.policy.repeat_model import AttachRule, MergedField, RepeatRule, Survivor
from ortoo_daemon.policy.values import fold
from ortoo_daemon.repeats import OWN_FIELDS

REPEAT_KEYS = ("of", "when", "count", "attach", "merge", "set")
ATTACH_KEYS = ("subject", "text", "done")
MERGE_KEYS = ("from", "keep", "sources")
WORDS = tuple(each for each in Survivor if each is not Survivor.SOURCES)


def read_repeats(node: Node, later: ConditionReader) -> tuple[RepeatRule, ...]:
    """The entries, one or a list; those that can't be used are noted."""
    problems = later.problems
    items = [node] if isinstance(node, MapNode) else items_in(node, problems, what="'repeats'")
    found = (_repeat(item, later) for item in items)
    return tuple(each for each in found if each is not None)


def note_unsearched(
    repeats: Iterable[RepeatRule], find: Duplicates | None, problems: Problems
) -> None:
    """An earlier record of an object that nobody looks through is never found."""
    known = {each.name for each in find.among} if find is not None else set()
    for each in repeats:
        if each.object not in known:
            message = f"'repeats' is about earlier {each.object} records, which nobody looks for"
            mend = f"write intake: {{find: {{duplicates: {{among: {{{each.object}: 60d}}, …}}}}}}"
            problems.add(each.place, "missing_key", message, mend)


def _repeat(node: Node, later: ConditionReader) -> RepeatRule | None:
    problems = later.problems
    mapping = mapping_in(node, problems, what="an entry of 'repeats'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an entry of 'repeats'", known=REPEAT_KEYS)
    section.required("of", "say which records get it: of: Lead")
    object_name, when, sets = section.text("of"), section.get("when"), section.get("set")
    attach, merge = section.mapping("attach"), section.mapping("merge")
    rule = RepeatRule(
        object=object_name or "",
        when=None if when is None else later.read(when, what="'when'"),
        attach=None if attach is None else _attach(attach, later),
        count=_field(section, "count"),
        merge=() if merge is None else tuple(_merged(merge, problems)),
        sets=() if sets is None else read_sets(sets, later),
        place=mapping.place,
    )
    if not (section.get("count") or attach or merge or sets):
        message = "the earlier record gets nothing"
        problems.add(mapping, "empty", message, "add count, attach, merge or set")
    _note_doubles(rule, problems)
    return rule if object_name else None


def _note_doubles(rule: RepeatRule, problems: Problems) -> None:
    """One field, one rule: what it becomes must not hang on the order."""
    seen = {rule.count} if rule.count else set()
    for name, place in rule.named():
        if name in seen:
            problems.add(place, "duplicate_name", f"{name} is given twice", "take one out")
        if name in OWN_FIELDS:
            problems.add(place, "wrong_name", f"{name} is kept by the daemon", "take it out")
        seen.add(name)


def _attach(node: MapNode, later: ConditionReader) -> AttachRule | None:
    section = Section(node, later.problems, what="'attach'", known=ATTACH_KEYS)
    subject, text = _expression(section, "subject", later), _expression(section, "text", later)
    if subject is None or text is None:
        return None
    return AttachRule(subject=subject, text=text, done=section.flag("done"), place=node.place)


def _expression(section: Section, key: str, later: ConditionReader) -> Expression | None:
    node = section.required(key, 'write text: "{{ Description }}"')
    return None if node is None else read_expression(node, later)


def _merged(node: MapNode, problems: Problems) -> Iterable[MergedField]:
    for name, (key, value) in node.entries.items():
        if not is_field_name(name) or "." in name:
            problems.add(key, "wrong_name", f"{name!r} is not the API name of a field")
            continue
        found = _of_word(key, value, problems) if isinstance(value, Scalar) else None
        if not isinstance(value, Scalar):
            found = _of_mapping(key, value, problems)
        if found is not None:
            yield found


def _of_word(key: Scalar, node: Scalar, problems: Problems) -> MergedField | None:
    keep = _survivor(node, problems)
    if keep is None:
        return None
    return MergedField(field=key.text, of=key.text, keep=keep, place=key.place)


def _of_mapping(key: Scalar, node: Node, problems: Problems) -> MergedField | None:
    """``{keep: newest, from: City}`` or ``{sources: [Configurator, Marketplace]}``."""
    mapping = mapping_in(node, problems, what=f"{key.text!r}")
    if mapping is None:
        return None
    section = Section(mapping, problems, what=f"{key.text!r}", known=MERGE_KEYS)
    keep_node, sources = section.get("keep"), section.get("sources")
    of = section.name("from") or key.text
    if (keep_node is None) == (sources is None):
        message = "either 'keep' or 'sources' says which value stays"
        problems.add(mapping, "missing_key", message, "write {keep: newest}")
        return None
    if sources is not None:
        order = _sources(sources, problems)
        kept: Survivor | None = Survivor.SOURCES if order else None
    else:
        order, kept = (), _survivor(keep_node, problems)
    if kept is None:
        return None
    return MergedField(field=key.text, of=of, keep=kept, sources=order, place=key.place)


def _sources(node: Node, problems: Problems) -> tuple[str, ...]:
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        problems.add(node, "empty", "'sources' names none", "write sources: [Configurator]")
    texts = (text_in(item, problems, what="'sources'") for item in items)
    return tuple(dict.fromkeys(fold(text) for text in texts if text is not None))


def _survivor(node: Node | None, problems: Problems) -> Survivor | None:
    text = None if node is None else text_in(node, problems, what="which value stays")
    if node is None or text is None:
        return None
    found = next((word for word in WORDS if word.value == text), None)
    if found is None:
        message = f"no value stays by {text!r}"
        problems.add(node, "unknown_name", message, did_you_mean(text, map(str, WORDS)))
    return found


def _field(section: Section, key: str) -> str | None:
    node = section.get(key)
    name = None if node is None else name_in(node, section.problems, what=f"{key!r}")
    if node is not None and name is not None and "." in name:
        section.problems.add(node, "wrong_name", f"{name!r} is not a field of the record")
        return None
    return name
