"""What can be proven of policies that were checked, beyond single problems?"""

from datetime import datetime

from ortoo_daemon.daemon.loading.checking import Beside, Checkup
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.simulation.coverage import Proof, World, may_pass, prove
from ortoo_daemon.simulation.look_ahead import Shortage, look_ahead


def proven(found: Checkup, beside: Beside) -> tuple[Proof, ...]:
    """Which records no rule routes, by policy; nothing where there are no usable policies.

    Without an org nothing is said of rooftops.
    """
    if found.policies is None or beside.today is None:
        return ()
    world = World(
        today=beside.today,
        directory=found.known.directory if found.known else None,
        description=found.known.description if found.known else None,
        postal=beside.postal or PostalIndex.empty(),
    )
    return prove(found.policies, world)


def shortages(found: Checkup, now: datetime) -> list[Shortage] | None:
    """Where and when nobody is there in the coming days; None where no roster is known."""
    if found.policies is None or found.known is None:
        return None
    directory = found.known.directory
    subject = Subject(
        policies=found.policies, directory=directory, today=now.date(), passes=may_pass
    )
    return look_ahead(subject, directory, now=now)
