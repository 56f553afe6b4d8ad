"""What else does a step of a clock bring about: fields to set, people to tell?"""

from ortoo_daemon.action.fields import set_fields
from ortoo_daemon.action.notices import tell
from ortoo_daemon.handling import Handling, StepKind


def follow_steps(handling: Handling) -> None:
    """Of every step that was taken; the trace says also why one was held back, or what was put right."""
    sla = handling.sla
    if sla is None:
        return
    if sla.due.why:
        held_back = "held back: " if sla.due.kind is StepKind.HOLD else ""
        handling.trace.notes.append(f"{held_back}{sla.due.why}")
    clock = sla.due.clocks[0].name if sla.due.clocks else None
    for step in sla.taken:
        set_fields(handling, step.sets)
        tell(handling, step.notify, clock=clock)
