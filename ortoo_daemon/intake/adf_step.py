"""Does a record come with an enquiry in ADF? Where it may, reading is loaded; most records have none."""

from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.adf_model import Adf
from ortoo_daemon.scope import RecordScope

_SIGNS = ("adf", "prospect")


def read_enquiry(handling: Handling) -> None:
    """Read the document of a record that has one, by ``intake: {adf: …}``."""
    adf = handling.policy.adf
    if adf is None:
        return
    sources = _possible(adf, handling.scope)
    if not sources or (adf.when is not None and adf.when.failure(handling.scope) is not None):
        return
    from ortoo_daemon.intake.adf.enquiry import take_enquiry

    take_enquiry(handling, adf, sources)


def _possible(adf: Adf, scope: RecordScope) -> list[str]:
    """Names whose text may hold a document; what was kept of it before comes first."""
    sources = adf.sources if adf.keep is None else (adf.keep, *adf.sources)
    texts = ((name, scope.text(name)) for name in sources)
    return [name for name, text in texts if text and _may_hold(text)]


def _may_hold(text: str) -> bool:
    folded = text.casefold()
    return any(sign in folded for sign in _SIGNS)
