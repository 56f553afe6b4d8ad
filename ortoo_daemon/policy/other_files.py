"""Which of the daemon's other files is this, that lies where a policy was looked for?

Told by the keys at its top, whatever its name. What has a policy's own keys is a policy, if a wrong one.
"""

from ortoo_daemon.policy.nodes import MapNode, Node

_POLICY = frozenset({"policy", "object", "ownership"})

_KINDS = {
    "the directory file": frozenset({"rooftops", "people"}),
    "the daemon's settings": frozenset({"org", "policy_order"}),
    "the catalogue of models": frozenset({"catalogue", "providers"}),
    "the file of services": frozenset({"services"}),
    "the taxonomy of e-mails": frozenset({"taxonomy", "request_types"}),
    "a scorecard": frozenset({"scorecard"}),
}
"""What a file is by any of these keys; none of them is a key of policies."""


def other_kind(node: Node) -> str | None:
    """What the document is, in words; None for a policy, and for what nobody knows."""
    if not isinstance(node, MapNode) or _POLICY & node.entries.keys():
        return None
    return next((kind for kind, keys in _KINDS.items() if keys & node.entries.keys()), None)
