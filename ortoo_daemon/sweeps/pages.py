"""Where does the next page of a sweep begin?"""

from datetime import datetime

from ortoo_daemon.instants import instant_text


def behind(field: str, after: tuple[datetime, str]) -> str:
    """A condition in SOQL: behind the row of this moment and id, where rows are in the order of both. So what
    moves on meanwhile shifts no page."""
    at = instant_text(after[0])
    return f"({field} > {at} OR ({field} = {at} AND Id > '{after[1]}'))"
