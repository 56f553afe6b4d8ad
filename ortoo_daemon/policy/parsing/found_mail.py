"""What does a case of a policy's tests say that is found in the e-mail? ``mail:`` → findings.

::

    mail:
      language: fr
      requests:
        - {account: 001000000000001AAA, brand: Peugeot, type: parts_order, skill: PARTS}
"""

from collections.abc import Mapping

from ortoo_daemon.mail_findings import MAIL_NAMES, REQUEST_NAMES, MailFindings, made_findings
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import items_in, mapping_in
from ortoo_daemon.records import FieldValue, record_id

REQUESTS = "requests"
_COUNTED = frozenset({"mail", "requests", "split", "number", "needs_person"})
"""What follows from the rest."""

WRITTEN_OF_MAIL = tuple(sorted(MAIL_NAMES.keys() - _COUNTED))
WRITTEN_OF_REQUEST = tuple(sorted(REQUEST_NAMES.keys() - _COUNTED))


def read_found_mail(node: MapNode, problems: Problems) -> MailFindings:
    """Everything that is wrong is noted, and left out."""
    listed = node.get(REQUESTS)
    requests = []
    for item in [] if listed is None else items_in(listed, problems, what="'requests'"):
        mapping = mapping_in(item, problems, what="a request")
        if mapping is not None:
            requests.append(_values(mapping, WRITTEN_OF_REQUEST, problems))
    mail = _values(node.without(REQUESTS), WRITTEN_OF_MAIL, problems)
    return made_findings(mail, requests, key="0" * 32, id=record_id("02s000000000000"))


def _values(node: MapNode, known: tuple[str, ...], problems: Problems) -> Mapping[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for name, (key, value) in node.entries.items():
        if name not in known:
            message = f"$triage finds no {name!r} here"
            problems.add(key, "unknown_name", message, did_you_mean(name, known))
        elif not isinstance(value, Scalar):
            problems.add(value, "wrong_type", f"a finding has one value, not {value.kind}")
        elif value.value not in (None, ""):
            found[name] = value.value
    return found
