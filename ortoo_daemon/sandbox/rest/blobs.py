"""What are the bytes of a file?  Attachments and versions of files, decoded as they were given."""

from __future__ import annotations

import base64

from ortoo_daemon.sandbox.errors import not_found
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call

_FIELDS = {
    "attachment": ("Attachment", "Body"),
    "contentversion": ("ContentVersion", "VersionData"),
}


def read(org: Org, call: Call) -> Answer:
    """The file itself, not JSON. Raises NOT_FOUND."""
    name, field = _FIELDS[call.path[1].lower()]
    row = org.storage.get(name, call.path[2])
    if row is None:
        raise not_found()
    return Answer(body=base64.b64decode(row[field] or ""))
