"""How does ``intake: {triage: …}`` become a Triage?

::

    triage:
      when: {Origin: Email}
      set: {AccountId: $triage.account, Brand__c: $triage.brand}
      map: tables/mail_fields.csv
      split: {copy: [Subject, Origin, SuppliedEmail]}
      reopen: {Status: Working}
      model: triage
      mail_within: 1m
"""

from collections.abc import Callable

from ortoo_daemon.policy.mapped import MappedField
from ortoo_daemon.policy.models.catalogue import TaskName
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.sections import Section, duration_in, name_in
from ortoo_daemon.policy.resources import Resources
from ortoo_daemon.policy.triage_model import WAITED_FOR, Split, Triage

TRIAGE_KEYS = ("when", "set", "map", "split", "reopen", "model", "mail_within")
SPLIT_KEYS = ("copy",)
MODELS = (TaskName.TRIAGE.value,)
"""Tasks of the models' catalogue that read e-mails."""


def read_triage(
    node: MapNode, before: ConditionReader, found: ConditionReader, resources: Resources
) -> Triage:
    """``before`` reads what is asked before the e-mail is read, ``found`` what may name findings."""
    problems = before.problems
    section = Section(node, problems, what="triage", known=TRIAGE_KEYS)
    when, sets, within = section.get("when"), section.get("set"), section.get("mail_within")
    waited = None if within is None else duration_in(within, problems, what="'mail_within'")
    split, reopen = section.mapping("split"), section.get("reopen")
    return Triage(
        when=None if when is None else before.read(when, what="'when' of triage"),
        sets=() if sets is None else read_sets(sets, found),
        map=read_map(section, resources.field_map),
        split=None if split is None else read_split(split, before),
        reopen=() if reopen is None else read_sets(reopen, found),
        task=_task(section),
        mail_within=WAITED_FOR if waited is None else waited,
        place=node.place,
    )


def read_map(
    section: Section, read: Callable[[Scalar], tuple[MappedField, ...] | None]
) -> tuple[MappedField, ...]:
    """``map: tables/….csv``, as ``read`` has it; nothing where there is none, or it is wrong."""
    node = section.get("map")
    if node is None:
        return ()
    if not isinstance(node, Scalar):
        section.text("map")
        return ()
    return read(node) or ()


def read_split(node: MapNode, conditions: ConditionReader) -> Split:
    """``{copy: […]}``: fields that a record made by splitting takes over."""
    problems = conditions.problems
    section = Section(node, problems, what="'split'", known=SPLIT_KEYS)
    names = []
    for item in section.items("copy"):
        name = name_in(item, problems, what="'copy'")
        if name is not None and "." in name:
            problems.add(item, "wrong_name", f"{name!r} is of another record: it can't be copied")
        elif name is not None:
            names.append(name)
    return Split(copy=tuple(dict.fromkeys(names)), place=node.place)


def _task(section: Section) -> str | None:
    found = section.text("model")
    if found is not None and found not in MODELS:
        message = f"no task that reads e-mails is called {found!r}"
        node = section.node.entries["model"][1]
        section.problems.add(node, "unknown_name", message, did_you_mean(found, MODELS))
        return None
    return found
