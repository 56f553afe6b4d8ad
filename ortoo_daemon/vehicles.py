"""Which vehicle of the org has this VIN? The question, and how it is kept with a decision. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ortoo_daemon.records import FieldValue

Vehicle = Mapping[str, FieldValue]
"""A record of a vehicle: its Id, and the fields that were asked for."""


class VehicleQuestion(NamedTuple):
    """Which records of ``object`` have this ``vin`` in the field ``by``, and what do ``fields`` of them hold?

    ``make`` are fields and values of the record that is made where there is none; None: none is made.
    Answer: Vehicles; None where nobody was asked.
    """

    object: str
    by: str
    vin: str
    fields: tuple[str, ...]
    make: tuple[tuple[str, FieldValue], ...] | None = None


@dataclass(frozen=True, slots=True)
class Vehicles:
    """What was found, the oldest first."""

    rows: Sequence[Vehicle] = ()


def vehicle_question_kept(asked: VehicleQuestion) -> dict[str, Any]:
    """As plain JSON."""
    made = None if asked.make is None else [list(pair) for pair in asked.make]
    return {
        "object": asked.object,
        "by": asked.by,
        "vin": asked.vin,
        "fields": list(asked.fields),
        "make": made,
    }


def vehicle_question_unkept(kept: Mapping[str, Any]) -> VehicleQuestion:
    """Raises KeyError for what was not kept like this."""
    made = kept["make"]
    return VehicleQuestion(
        object=kept["object"],
        by=kept["by"],
        vin=kept["vin"],
        fields=tuple(kept["fields"]),
        make=None if made is None else tuple((name, value) for name, value in made),
    )
