"""How does ``intake: {adf: …}`` become an Adf?

::

    adf:
      when: {LeadSource: Marketplace}
      from: Description
      mails: {when: {Description: {blank: true}}, within: 1m}
      keep: Adf_Document__c
      map: tables/adf_fields.csv
      set: {Request__c: $adf.interest}
      vendor: Preferred_Dealer__c
      split: {copy: [LeadSource, Company]}
      unreadable: {park: adf_unreadable}
"""

from datetime import timedelta

from ortoo_daemon.policy.adf_model import UNREADABLE, Adf, AdfMails
from ortoo_daemon.policy.naming import TRIAGE, wrong_with_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.sections import Section, duration_in, text_in
from ortoo_daemon.policy.parsing.triage import read_map, read_split
from ortoo_daemon.policy.resources import Resources

ADF_KEYS = ("when", "from", "mails", "keep", "map", "set", "vendor", "split", "unreadable")
UNREADABLE_KEYS = ("park",)
MAILS_KEYS = ("when", "within")
LONGEST_WAIT = timedelta(hours=1)
PASS = "pass"


def read_adf_intake(
    node: MapNode, before: ConditionReader, found: ConditionReader, resources: Resources
) -> Adf | None:
    """``before`` reads what is asked before the document is read, ``found`` what may name findings."""
    problems = before.problems
    section = Section(node, problems, what="adf", known=ADF_KEYS)
    section.required("from", "name the field that holds the document, for example Description")
    when, sets, split = section.get("when"), section.get("set"), section.mapping("split")
    sources = _sources(section, before)
    read = Adf(
        when=None if when is None else before.read(when, what="'when' of adf"),
        sources=sources,
        mails=_mails(section, before),
        keep=_own_field(section, "keep"),
        sets=() if sets is None else read_sets(sets, found),
        map=read_map(section, resources.adf_map),
        vendor=section.name("vendor"),
        split=None if split is None else read_split(split, before),
        park=_park(section),
        place=node.place,
    )
    if split is not None and sources and not read.own_field:
        message = "further prospects need a field for their own document"
        problems.add(split, "missing_key", message, "name one with 'keep'")
    if read.mails is not None and read.keep is None:
        message = "a document of an e-mail needs a field that keeps it"
        problems.add(
            section.node.entries["mails"][0], "missing_key", message, "name one with 'keep'"
        )
    return read if sources else None


def _sources(section: Section, before: ConditionReader) -> tuple[str, ...]:
    """One name or several: fields of the record, and what the e-mail was found to hold."""
    node = section.get("from")
    items: list[Node] = [] if node is None else [node]
    if isinstance(node, ListNode):
        items = list(node.items)
    found = []
    for item in items:
        name = text_in(item, section.problems, what="'from'")
        wrong = None if name is None else wrong_with_name(name, before.roots & TRIAGE)
        if wrong is not None:
            section.problems.add(item, "wrong_name", wrong)
        elif name is not None:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _mails(section: Section, before: ConditionReader) -> AdfMails | None:
    """``true``, or which records and how long they are waited for."""
    node = section.get("mails")
    if node is None:
        return None
    if isinstance(node, Scalar) and node.value is True:
        return AdfMails(place=node.place)
    mapping = section.mapping("mails")
    if mapping is None:
        return None
    inner = Section(mapping, section.problems, what="'mails' of adf", known=MAILS_KEYS)
    when, within = inner.get("when"), inner.get("within")
    waits = AdfMails(place=mapping.place).within
    found = None if within is None else duration_in(within, section.problems, what="'within'")
    if within is not None and found is not None and found > LONGEST_WAIT:
        message = "'within' keeps the record from its owner"
        section.problems.add(within, "too_many", message, "at most 1h")
    return AdfMails(
        when=None if when is None else before.read(when, what="'when' of mails"),
        within=waits if found is None else found,
        place=mapping.place,
    )


def _own_field(section: Section, key: str) -> str | None:
    name = section.name(key)
    if name is not None and "." in name:
        message = f"{name!r} is of another record: it can't be written"
        section.problems.add(section.node.entries[key][1], "wrong_name", message)
        return None
    return name


def _park(section: Section) -> str | None:
    """``{park: reason}``, or ``pass``: rules see to it."""
    node = section.get("unreadable")
    if node is None:
        return UNREADABLE
    if isinstance(node, Scalar) and node.text == PASS:
        return None
    mapping = section.mapping("unreadable")
    if mapping is None:
        return UNREADABLE
    inner = Section(mapping, section.problems, what="'unreadable'", known=UNREADABLE_KEYS)
    inner.required("park", "say why, for example {park: adf_unreadable}, or write pass")
    return inner.text("park") or UNREADABLE
