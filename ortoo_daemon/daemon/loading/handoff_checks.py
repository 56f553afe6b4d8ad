"""Can records be handed over by the ways that policies name? Ways are those of the section ``handoff``."""

from collections.abc import Iterator

from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import place_of
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.nodes import MapNode

MANUALS = {
    "unknown_way": "A policy hands records over by a way that `ortoo.yaml` does not describe.",
    "unused_way": "`ortoo.yaml` describes a way of handing over that no policy goes by.",
}


def handoff_checks(
    policies: PolicySet, settings: Settings, node: MapNode | None
) -> Iterator[Problem]:
    """Every problem; ``node`` is the settings file as it was read, None where only policies were."""
    yield from unknown_ways(policies, settings)
    if node is None:
        return
    used = {each.handoff.by.value for each in policies.policies if each.handoff is not None}
    for way in sorted(settings.handoff.ways() - used):
        yield Problem(
            place=place_of(node, ["handoff", way]),
            rule="unused_way",
            message=f"no policy hands anything over by {way!r}",
            mend=f"remove handoff.{way}, or name it in a policy: action: {{handoff: {{by: {way}}}}}",
            level=Level.HINT,
        )


def unknown_ways(policies: PolicySet, settings: Settings) -> Iterator[Problem]:
    """Policies that go by a way which there is not. A hint where none is set up at all: what is to be handed
    over waits then, and everything else goes on."""
    ways = settings.handoff.ways()
    for policy in policies.policies:
        rule = policy.handoff
        if rule is None or rule.by.value in ways:
            continue
        by = rule.by.value
        mend = f"describe it under handoff.{by} in {settings.file.name}"
        if ways:
            mend += f", or go by {' or '.join(sorted(ways))}"
        yield Problem(
            place=rule.by_place,
            rule="unknown_way",
            message=f"records are handed over by {by!r}, which {settings.file.name} does not describe",
            mend=mend,
            level=Level.ERROR if ways else Level.HINT,
        )
