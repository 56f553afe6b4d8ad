"""Does the record keep the rules of the network, and how good is it? Part of the first stage.

Every rule is asked, so that all that is wrong is told at once; then the first that parks or rejects decides.
"""

from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.unsaid import Said
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.govern_model import BEST, Govern, GovernRule, Verdict

STAGE = "intake"
BROKEN = "govern_broken"
_SEPARATOR = ";"


def govern(handling: Handling) -> None:
    """Write score and flags; park or reject what must not go on. Nothing where the policy has no rules."""
    wanted = handling.policy.govern
    if wanted is None or (wanted.when is not None and not wanted.when.holds(handling.scope)):
        return
    said = Said(handling, contacts_only=False)
    broken = [rule for rule in wanted.rules if _is_broken(rule, handling, said)]
    _tell(handling, wanted, broken)
    for rule in broken:
        if rule.verdict is Verdict.PARK:
            handling.parked_for = rule.reason
            handling.reason = ReasonCode.NO_CONTACT
            handling.place = rule.place
            return
        if rule.verdict is Verdict.REJECT:
            handling.rejected = rule
            handling.place = rule.place
            return


def _is_broken(rule: GovernRule, handling: Handling, said: Said) -> bool:
    """What is required must be said, whatever the field is filled with."""
    return rule.condition.holds(said if rule.required else handling.scope) is rule.refuses


def _tell(handling: Handling, wanted: Govern, broken: list[GovernRule]) -> None:
    for rule in broken:
        message = f"breaks the rule {rule.name!r}"
        handling.report(rule.name, stage=STAGE, code=BROKEN, message=message, place=rule.place)
    quality = max(0, BEST - sum(rule.points for rule in broken))
    handling.quality = quality
    if wanted.score is not None:
        handling.give(wanted.score, quality, stage=STAGE, place=wanted.place)
    if wanted.flags is not None:
        names = _SEPARATOR.join(rule.name for rule in broken)
        handling.give(wanted.flags, names or None, stage=STAGE, place=wanted.place)
