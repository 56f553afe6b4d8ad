"""What does a case of a policy's tests say that its steps are answered? ``answers:`` → values by label.

::

    answers:
      profile: {Budget__c: 30000, Model__c: {value: e-208, evidence: a small e-208, confidence: 0.9}}
      stock: ~                                              # nobody answers

A key is the label of a step of the policy that asks somebody outside; what its answer may be, the step knows.
"""

from collections.abc import Mapping
from typing import Any

from ortoo_daemon.policy.cases import GivenAnswer
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Scalar

ANSWERS = "answers"


def read_answers(node: MapNode | None) -> Mapping[str, GivenAnswer]:
    """By label. Whether the policy has such a step is told when the case is run."""
    entries = node.entries.items() if node is not None else ()
    return {
        label: GivenAnswer(value=plain(value), place=key.place) for label, (key, value) in entries
    }


def plain(node: Node) -> Any:
    """The node as JSON has it: mappings, lists and values."""
    if isinstance(node, MapNode):
        return {name: plain(value) for name, (_, value) in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None
