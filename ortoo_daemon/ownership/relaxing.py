"""Which wished skills must be met by now, and until when does the record wait for somebody who meets them?

With ``relax_after`` wishes are asked like requirements at first. While nobody meets them the record waits
in the queue ``hold_in``; after each span the least important wish (the last one) is dropped, and the record
is decided again. How far it has come follows from when it began to wait, so that after an outage all that
should have been dropped is. What is required never is.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ortoo_daemon.clocks import Waiting
from ortoo_daemon.handling import Handling
from ortoo_daemon.instants import instant_text
from ortoo_daemon.ownership.targets import take_target
from ortoo_daemon.policy.ownership_model import Rule, SkillWish, TeamChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How far wishes are relaxed for one record. ``asked`` must be met now, the most important first;
    ``dropped`` are only looked at among those who meet the others."""

    choice: TeamChoice
    since: datetime
    asked: tuple[SkillWish, ...]
    dropped: tuple[SkillWish, ...]

    @property
    def team(self) -> TeamChoice:
        """Who comes into question at this step."""
        required = (*self.choice.required, *self.asked)
        return replace(self.choice, required=required, wished=self.dropped)

    @property
    def next_at(self) -> datetime:
        """When the next wish is dropped."""
        assert self.choice.relax_after is not None
        return self.since + self.choice.relax_after * (len(self.dropped) + 1)


def ladder(handling: Handling, rule: Rule) -> Ladder | None:
    """How far the rule's wishes are relaxed; None where it does not relax or the record asks for none."""
    choice = rule.assign.team
    if choice is None or choice.relax_after is None:
        return None
    wishes = tuple(wish for wish in choice.wished if _is_asked(handling, wish))
    if not wishes:
        return None
    before, now = handling.waited, handling.facts.now
    since = before.since if before is not None and before.rule == rule.name else now
    spans = max(0, (now - since) // choice.relax_after)
    kept = max(0, len(wishes) - spans)
    found = Ladder(choice=choice, since=since, asked=wishes[:kept], dropped=wishes[kept:])
    _tell_dropped(handling, found)
    return found


def hold(handling: Handling, rule: Rule, step: Ladder) -> bool:
    """Let the record wait for the next step; False when all is dropped or the queue can't own it."""
    queue = step.choice.hold_in
    if not step.asked or queue is None or not take_target(handling, queue):
        return False
    handling.place = queue.place
    next_at = step.next_at
    handling.waiting = Waiting(rule=rule.name, since=step.since, next_at=next_at)
    wanted = " and ".join(_word(handling, wish) for wish in step.asked)
    last = _word(handling, step.asked[-1])
    handling.trace.notes.append(
        f"nobody with {wanted}: waits in {queue.queue}; {last} is dropped at {instant_text(next_at)}"
    )
    return True


def _is_asked(handling: Handling, wish: SkillWish) -> bool:
    """Whether the wish asks for anything: a record that names no language wishes for none."""
    return wish.skill is not None or bool(handling.scope.text(wish.field))


def _tell_dropped(handling: Handling, step: Ladder) -> None:
    assert step.choice.relax_after is not None
    for number, wish in enumerate(reversed(step.dropped), start=1):
        at = step.since + step.choice.relax_after * number
        handling.trace.notes.append(
            f"{_word(handling, wish)} was dropped at {instant_text(at)}: "
            f"waited for since {instant_text(step.since)}"
        )


def _word(handling: Handling, wish: SkillWish) -> str:
    if wish.skill is not None:
        return wish.skill
    return f"{handling.scope.text(wish.field)} ({wish.field})"
