"""How does a step ``ai:`` of ``enrichment`` become an AiStep?

::

    ai:
      task: lead_profile
      label: profile
      when: {Description: {blank: false}}
      read: {description: Description, transcript: Chat__c}
      tell: {source: LeadSource, brand: Brand__c, language: Language__c}
      names: [FirstName, LastName]
      value: Ortoo_Score__c
      map: tables/lead_profile.csv
      only_empty: true

``summary`` and ``reply_draft`` write one text: ``into: Field`` instead of ``map``.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from ortoo_daemon.interpretation import Wanted
from ortoo_daemon.policy.ai_model import AiField, AiStep
from ortoo_daemon.policy.mapped import MappedField
from ortoo_daemon.policy.models.catalogue import SENDABLE, TaskName
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, name_in, number_in
from ortoo_daemon.policy.resources import Resources

AI_KEYS = (
    "task", "label", "when", "read", "tell", "names", "value", "map", "into", "length", "only_empty",
)  # fmt: skip
WRITTEN = {
    TaskName.SUMMARY: "what the text says and asks for, in two or three plain sentences",
    TaskName.REPLY_DRAFT: "a polite, short answer to the text, for a person to check and complete",
}
"""Tasks that write one text, and what it is."""

TASKS = (TaskName.LEAD_PROFILE.value, *(each.value for each in WRITTEN))
"""Tasks of the models' catalogue that a step may name."""

USUAL_TEXT = (("description", "Description"),)
LONGEST_WRITTEN = 32_000

_LABEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def read_ai(
    node: MapNode, conditions: ConditionReader, resources: Resources, labels: Collection[str]
) -> AiStep | None:
    """The step, or None when something in it is wrong (and noted). ``labels`` are those of earlier steps."""
    problems = conditions.problems
    before = len(problems.found)
    section = Section(node, problems, what="an ai step", known=AI_KEYS)
    section.required("task", f"write one of {', '.join(TASKS)}")
    task = _task(section)
    when, value = section.get("when"), section.name("value")
    condition = None if when is None else conditions.read(when, what="'when' of the ai step")
    if task is None:
        return None
    sendable, roots = SENDABLE[task], conditions.roots
    texts = _pairs(section, "read", sendable.parts, roots) or USUAL_TEXT
    about = _pairs(section, "tell", sendable.fields, roots)
    fields = _fields(section, task, resources)
    label = _label(section, task, labels)
    people = (name_in(each, problems, what="'names'") for each in section.items("names"))
    named = tuple(name for name in people if name is not None)
    if fields is None or len(problems.found) > before:
        return None
    return AiStep(
        label=label,
        task=task.value,
        when=condition,
        texts=texts,
        about=about,
        people=named,
        value=value,
        fields=fields,
        place=node.place,
    )


def _task(section: Section) -> TaskName | None:
    found = section.text("task")
    if found is None or found in TASKS:
        return None if found is None else TaskName(found)
    node = section.node.entries["task"][1]
    message = f"no task that reads a record's text is called {found!r}"
    section.problems.add(node, "unknown_name", message, did_you_mean(found, TASKS))
    return None


def _label(section: Section, task: TaskName, labels: Collection[str]) -> str:
    label = section.text("label") or task.value
    node = section.get("label") or section.node
    if not _LABEL.fullmatch(label):
        message = f"{label!r} can't be a label"
        mend = "use small letters, digits, - and _, at most 40"
        section.problems.add(node, "wrong_name", message, mend)
    if label in labels:
        message = f"an earlier step is called {label!r} already"
        section.problems.add(node, "duplicate_name", message, "give one of them another label")
    return label


def _pairs(
    section: Section, key: str, known: Collection[str], roots: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    """``{description: Description}``: a name of the catalogue's allow-list, and what it is here."""
    found = []
    mapping, problems = section.mapping(key), section.problems
    for name, (at, value) in mapping.entries.items() if mapping else ():
        if name not in known:
            message = f"{key!r} knows no {name!r}"
            problems.add(at, "unknown_name", message, did_you_mean(name, known))
            continue
        field = name_in(value, problems, what=f"{name!r}", roots=roots)
        if field is not None:
            found.append((name, field))
    return tuple(found)


def _fields(section: Section, task: TaskName, resources: Resources) -> tuple[AiField, ...] | None:
    only_empty = section.flag("only_empty", default=True)
    if task in WRITTEN:
        return _one_text(section, task, only_empty)
    for key in ("into", "length"):
        if section.get(key) is not None:
            message = f"{task} fills many fields, so it has no {key!r}"
            section.problems.add(
                section.get(key) or section.node, "wrong_key", message, "use 'map'"
            )
    node = section.required("map", "name its file, for example tables/lead_profile.csv")
    if not isinstance(node, Scalar):
        section.text("map")
        return None
    found = resources.ai_map(node)
    if found is None:
        return None
    if not found:
        section.problems.add(node, "empty", f"{node.text} asks for nothing", "add a row")
    return tuple(
        replace(each, mapped=replace(each.mapped, only_empty=_own(each, only_empty)))
        for each in found
    )


def _own(row: AiField, usual: bool) -> bool:
    return usual if row.only_empty is None else row.only_empty


def _one_text(section: Section, task: TaskName, only_empty: bool) -> tuple[AiField, ...] | None:
    if section.get("map") is not None:
        message = f"{task} writes one text, so it has no 'map'"
        section.problems.add(section.get("map") or section.node, "wrong_key", message, "use 'into'")
    section.required("into", "name the field that takes the text")
    into, length = section.name("into"), _length(section)
    if into is None:
        return None
    if "." in into:
        message = f"{into!r} is not the API name of a field of the record"
        section.problems.add(section.get("into") or section.node, "wrong_name", message)
        return None
    place = (section.get("into") or section.node).place
    mapped = MappedField(
        field=into, name=into, root="", length=length, values={}, only_empty=only_empty, place=place
    )
    return (AiField(mapped=mapped, wanted=Wanted(into, WRITTEN[task], length=length)),)


def _length(section: Section) -> int:
    node, problems = section.get("length"), section.problems
    if node is None:
        return 0
    found = number_in(node, problems, what="'length'")
    if found is not None and not 1 <= found <= LONGEST_WRITTEN:
        mend = f"from 1 to {LONGEST_WRITTEN}"
        problems.add(node, "out_of_bounds", f"'length' is {found:g}", mend)
    return int(found or 0)
