"""Where did the customer come from? One taxonomy for every entry point, the first touch and the last.

What the web address of the visit says of its campaign fills fields that are empty. The first touch is written
once and never again; the last is this enquiry's.
"""

from urllib.parse import parse_qsl, urlsplit

from ortoo_daemon.handling import Handling
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.attribution_model import ENTRY, Attribution
from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch

STAGE = "enrichment"
_LONGEST_VALUE, _LONGEST_TOUCH = 80, 255
_MOST_PARTS = 60
_MISS = "source_unknown"


def attribute(handling: Handling, step: Attribution) -> None:
    """Fill campaign fields, name the entry point, note the touch."""
    if step.when is not None and not step.when.holds(handling.scope):
        return
    if step.url is not None:
        _from_address(handling, step)
    _name_entry(handling, step)
    touch = _touch(handling, step)
    if step.first_touch is not None and not handling.scope.text(step.first_touch):
        handling.give(step.first_touch, touch, stage=STAGE, place=step.place)
    if step.last_touch is not None and not handling.decided_before:
        handling.give(step.last_touch, touch, stage=STAGE, place=step.place)


def _from_address(handling: Handling, step: Attribution) -> None:
    said = utm_of(handling.scope.text(step.url))
    for part, field in step.utm:
        value = said.get(part, "")
        if value and not handling.scope.text(field):
            handling.give(field, value, stage=STAGE, place=step.place)


def utm_of(address: str) -> dict[str, str]:
    """The ``utm_`` parts of a web address, by their names without it; none where it can't be read."""
    try:
        query = urlsplit(address).query
        pairs = parse_qsl(query, max_num_fields=_MOST_PARTS)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        word, text = name.casefold(), " ".join(value.split())
        if word.startswith("utm_") and text:
            found.setdefault(word.removeprefix("utm_"), text[:_LONGEST_VALUE])
    return found


def _name_entry(handling: Handling, step: Attribution) -> None:
    """By the table's row for what the entry point wrote, else for the source of the campaign."""
    names = [step.field, *(field for part, field in step.utm if part == "source")]
    written = next((text for name in names if (text := handling.scope.text(name))), "")
    if not written:
        return
    match = TableMatch(field=step.field, columns=(ENTRY,), kind=MatchKind.EXACT)
    row = step.table.find([(match, written)], handling.received_on)
    if row is None:
        message = f"{step.table.path} does not know this source"
        handling.report(step.field, stage=STAGE, code=_MISS, message=message, place=step.place)
        return
    for column, field in step.into:
        if row.get(column):
            handling.give(field, row[column], stage=STAGE, place=step.place)


def _touch(handling: Handling, step: Attribution) -> str:
    """When, and from where: entry point, then what is known of the campaign."""
    text = handling.scope.text
    entry = next((text(field) for column, field in step.into if column == "source"), "")
    parts = [entry or text(step.field) or "unknown", *(text(field) for _, field in step.utm)]
    line = " / ".join([instant_text(handling.received_at), *(part for part in parts if part)])
    return line[:_LONGEST_TOUCH]
