"""What must a record be for a sweep to ask for it at all?"""

_ASKED = {"Lead": ("IsConverted = false",)}


def writable(object_name: str) -> tuple[str, ...]:
    """Conditions in SOQL, mostly none: the org lets nobody write to a converted lead."""
    return _ASKED.get(object_name, ())
