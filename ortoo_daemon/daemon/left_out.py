"""Which modules does the daemon's process leave out, though libraries that it uses import them?

Only what the daemon never calls, of libraries that can't be told to go without it. They cost memory for as
long as the process lives. Must run before anything else is imported; the command line does without.
"""

import sys
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NoReturn

_OPTIONAL = ("rich",)
"""structlog uses it for coloured tracebacks, where it is installed."""

_STOOD_IN_FOR = {
    # zeep and lxml, for the SOAP of the metadata API
    "simple_salesforce.metadata": "SfdcMetadataApi",
    # cryptography; the daemon has its own logins, and hands simple-salesforce a token
    "simple_salesforce.login": "SalesforceLogin",
}

_OPENED = ("holidays", "countries")
"""The package imports the calendars of all countries, 8 MB, for the sake of their names; holidays itself asks
for the module of each country that a directory names."""


class LeftOut:
    """Stands in for what is never called. Raises RuntimeError when it is."""

    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("left out of the daemon's process: see ortoo_daemon.daemon.left_out")


def leave_out() -> None:
    """Let later imports go without these modules."""
    for name in _OPTIONAL:
        sys.modules[name] = None  # type: ignore[assignment]  # so Python is told that there is none
    for name, called in _STOOD_IN_FOR.items():
        standing_in = ModuleType(name, LeftOut.__doc__)
        setattr(standing_in, called, LeftOut)
        sys.modules[name] = standing_in
    sys.modules["charset_normalizer"] = _encodings()
    _open(*_OPENED)


def _encodings() -> ModuleType:
    """In the place of charset-normalizer: 1.5 MB by which requests guesses the encoding of a text whose
    sender does not tell it. What the daemon asks for is JSON, and that is UTF-8; so is the best guess at the
    rest."""
    stands_in = ModuleType("charset_normalizer", _encodings.__doc__)
    stands_in.__version__ = version("charset_normalizer")  # type: ignore[attr-defined]  # requests looks
    stands_in.detect = lambda _: {"encoding": "utf-8"}  # type: ignore[attr-defined]
    return stands_in


def _open(library: str, package: str) -> None:
    """Let the modules of a library's package be imported one by one, without those that it imports itself."""
    found = find_spec(library)  # imports nothing
    if found is None or not found.submodule_search_locations:
        return
    opened = ModuleType(f"{library}.{package}")
    opened.__path__ = [f"{place}/{package}" for place in found.submodule_search_locations]
    sys.modules[opened.__name__] = opened
