"""How much time has passed on this machine, whatever was done to its clock or to this process?"""

import time


def elapsed() -> float:
    """Seconds since some moment in the past; goes on while the process is stopped or the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
