"""What do the fields get that a map and a ``set`` of intake name? Values, and what is wrong with them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ortoo_daemon.errors import Place
from ortoo_daemon.facts import Unlisted
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.mapped import MappedField, mapped_value
from ortoo_daemon.policy.values import text_of
from ortoo_daemon.records import FieldValue
from ortoo_daemon.scope import RecordScope

_STAGE = "intake"


class GivenValue(NamedTuple):
    """What a field gets; None leaves it alone."""

    field: str
    value: FieldValue
    trouble: str
    place: Place


def given_values(
    rows: Iterable[MappedField],
    sets: Iterable[SetField],
    scope: RecordScope,
    text: Callable[[str], str],
) -> Iterator[GivenValue]:
    """Values of a map, then of ``set``; ``text`` says what a field holds already, "" for nothing."""
    for row in rows:
        if not (row.only_empty and text(row.field)):
            mapped = mapped_value(row, scope.value(f"${row.root}.{row.name}"), zone=scope.zone)
            yield GivenValue(row.field, mapped.value, mapped.trouble, row.place)
    for each in sets:
        if not (each.only_empty and text(each.field)):
            yield GivenValue(each.field, each.value.evaluate(scope), "", each.place)


def only_listed(given: Iterable[GivenValue], unlisted: Unlisted) -> Iterator[GivenValue]:
    """The same, without values that no active one of their pick-lists is: these are told instead."""
    for each in given:
        if (each.field, text_of(each.value)) in unlisted:
            trouble = f"{each.field} has no active value {text_of(each.value)[:80]!r}"
            yield each._replace(value=None, trouble=trouble)
        else:
            yield each


def give_mapped(
    handling: Handling,
    rows: Iterable[MappedField],
    sets: Iterable[SetField],
    unlisted: Unlisted = frozenset(),
) -> None:
    """Give the record's own fields their values, and report those that could not be made."""
    scope = handling.scope
    for given in only_listed(given_values(rows, sets, scope, scope.text), unlisted):
        if given.trouble:
            handling.report(
                given.field,
                stage=_STAGE,
                code="map_value",
                message=given.trouble,
                place=given.place,
            )
        if given.value is not None:
            handling.give(given.field, given.value, stage=_STAGE, place=given.place)
