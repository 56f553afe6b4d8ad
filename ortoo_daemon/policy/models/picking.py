"""Which models are asked, in which order, for one record? By the task's rules; pure."""

from dataclasses import dataclass

from ortoo_daemon.policy.models.catalogue import Choice, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What rules may look at. ``budget_left`` is in percent of the day's; ``value`` None where unknown."""

    language: str = ""
    length: int = 0
    value: float | None = None
    budget_left: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Models in the order in which they are asked. ``choice`` counts the task's rules from 1, 0 for none."""

    models: tuple[str, ...]
    choice: int


def pick(task: Task, at: Circumstances) -> Pick:
    """By the first rule that holds; else the task's own order."""
    for number, choice in enumerate(task.choices, start=1):
        if _holds(choice, at):
            return Pick(models=choice.models, choice=number)
    return Pick(models=task.models, choice=0)


def _holds(choice: Choice, at: Circumstances) -> bool:
    if choice.languages and at.language not in choice.languages:
        return False
    if choice.longer_than is not None and at.length <= choice.longer_than:
        return False
    if choice.value_above is not None and (at.value is None or at.value <= choice.value_above):
        return False
    return choice.budget_left_below is None or at.budget_left < choice.budget_left_below
