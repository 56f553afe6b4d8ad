"""Which vehicle of the org is a record about? The step of intake that looks its VIN up, and follows it.

Only a VIN that could be one is looked up: form, and check digit where it applies. Of several vehicles with
one VIN none is taken. Looking, and making one, stand behind a question: the answer is a fact.
"""

from ortoo_daemon.facts import NotAsked
from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.vin import read_vin
from ortoo_daemon.policy.vehicle_model import VehicleStep
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles

STAGE = "intake"
_NEXT_MODEL_YEAR = 1
"""A year's models are sold before it begins."""


def find_vehicle(handling: Handling) -> None:
    """Ask for the vehicle of the record, and give the fields what is known of it."""
    step = handling.policy.vehicle
    if step is None:
        return
    if step.when is not None and (failed := step.when.failure(handling.scope)) is not None:
        handling.trace.notes.append(
            f"{failed.place}: no vehicle was looked up: {failed.text} fails"
        )
        return
    written = handling.scope.text(step.vin)
    if not written or not _is_open(handling, step):
        return
    read = read_vin(written, latest_year=handling.facts.now.year + _NEXT_MODEL_YEAR)
    if read.problem:
        return _report(handling, step, "vin", f"{step.vin} is no VIN: {read.problem}")
    question = _question(handling, step, read.value)
    if question not in handling.facts.answers:
        handling.questions.append(question)
        return None
    return _take(handling, step, question)


def _is_open(handling: Handling, step: VehicleStep) -> bool:
    return not step.only_empty or not all(handling.scope.text(name) for name, _ in step.sets)


def _question(handling: Handling, step: VehicleStep, vin: str) -> VehicleQuestion:
    make = None
    if step.make is not None:
        values = ((name, handling.scope.value(field)) for name, field in step.make)
        make = tuple((name, value) for name, value in values if value not in (None, ""))
    fields = tuple(sorted(step.of_vehicle()))
    return VehicleQuestion(object=step.object, by=step.by, vin=vin, fields=fields, make=make)


def _take(handling: Handling, step: VehicleStep, question: VehicleQuestion) -> None:
    found = handling.facts.answers[question]
    if not isinstance(found, Vehicles):
        why = str(found) if isinstance(found, NotAsked) else "nobody was asked"
        return _report(handling, step, "not_asked", f"{step.object} of {question.vin}: {why}")
    if not found.rows:
        return _report(handling, step, "no_vehicle", f"no {step.object} has {question.vin}")
    if len(found.rows) > 1:
        message = f"{len(found.rows)} records of {step.object} have {question.vin}: none was taken"
        return _report(handling, step, "several_vehicles", message)
    (vehicle,) = found.rows
    for field, name in step.sets:
        value = vehicle.get(name)
        if value not in (None, "") and not (step.only_empty and handling.scope.text(field)):
            handling.give(field, value, stage=STAGE, place=step.place)
    return None


def _report(handling: Handling, step: VehicleStep, code: str, message: str) -> None:
    handling.report(step.vin, stage=STAGE, code=code, message=message, place=step.place)
