"""Which rooftop does a text in a record or a territory file mean?"""

from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.records import RecordId, record_id


def named_rooftop(directory: Directory, text: str) -> Rooftop | None:
    """The rooftop an id (15 or 18 characters), a dealer code or a unique name means."""
    name = text.strip()
    found = directory.rooftops.get(RecordId(name))
    if found is None and len(name) == 15 and name.isascii() and name.isalnum():
        found = directory.rooftops.get(record_id(name))
    return found or directory.rooftops_by_code.get(name.casefold())
