"""Which record of a vehicle belongs to a record, by its VIN? Values of ``intake: {vehicle: …}``."""

from collections.abc import Iterator
from dataclasses import dataclass

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleStep:
    """The vehicle of a record that meets ``when``: of ``object``, whose field ``by`` holds the ``vin``.

    ``sets`` are (field of the record, field of the vehicle). ``make`` are (field of the vehicle, field of the
    record) of one that is made where there is none; None: none is made.
    """

    vin: str
    object: str
    by: str
    when: Condition | None = None
    sets: tuple[tuple[str, str], ...]
    only_empty: bool = True
    make: tuple[tuple[str, str], ...] | None = None
    place: Place

    def fields_written(self) -> Iterator[str]:
        """API names of the record that the vehicle's values go to."""
        yield from (field for field, _ in self.sets)

    def fields_read(self) -> frozenset[str]:
        """What is looked at of the record, ``$`` names included."""
        found = {self.vin, *(name for _, name in self.make or ())}
        return frozenset(found | (self.when.fields() if self.when is not None else set()))

    def of_vehicle(self) -> frozenset[str]:
        """What is read of vehicles."""
        return frozenset({"Id", self.by, *(name for _, name in self.sets)})
