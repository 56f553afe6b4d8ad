"""What can be read off the live parts at any moment, and under which metric's name?

Nothing is kept here: each is read when somebody asks. No label names a record, a person or a rooftop. The
names are listed in docs/operations.md and stay; alert rules and the dashboard build on them.
"""

from ortoo_daemon.daemon.watching.readings.candidate import CANDIDATE
from ortoo_daemon.daemon.watching.readings.handoffs import HANDOFFS
from ortoo_daemon.daemon.watching.readings.org import ORG
from ortoo_daemon.daemon.watching.readings.policies import POLICIES
from ortoo_daemon.daemon.watching.readings.process import PROCESS
from ortoo_daemon.daemon.watching.readings.reading import Reading
from ortoo_daemon.daemon.watching.readings.stream import STREAM
from ortoo_daemon.daemon.watching.readings.sweeps import SWEEPS
from ortoo_daemon.daemon.watching.readings.work import WORK

READINGS: tuple[Reading, ...] = (
    *PROCESS, *POLICIES, *CANDIDATE, *WORK, *HANDOFFS, *STREAM, *ORG, *SWEEPS,
)  # fmt: skip
"""In the order in which /metrics shows them."""
