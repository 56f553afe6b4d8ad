"""Does a rooftop take part in the programme in which the record is given?

Where rooftops are compared, their filters say so already (`policy.parsing.ownership`); this is for the ways
by which a record comes to a rooftop without that.
"""

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.scope import RooftopScope


def takes_part(handling: Handling, rooftop: Rooftop) -> bool:
    """Whether the record may go there, as far as its programme says."""
    programme = handling.programme
    if programme is None or programme.rooftops is None:
        return True
    return programme.rooftops.holds(RooftopScope(handling.scope, rooftop))
