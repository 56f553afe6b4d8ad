"""Can policies ask the services that they name, and can fields take what these answer?"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ortoo_daemon.callouts import CallKind
from ortoo_daemon.daemon.calling.calls import FILE
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.call_model import AnswerField, CallStep
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean

if TYPE_CHECKING:
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.policy.callouts.catalogue import Service, Services

MANUALS = {
    "unknown_service": "A policy asks a service that `services.yaml` does not name.",
    "unknown_sent": "A policy sends what the service has no place for, or not what its URL needs.",
    "unknown_answer": "A field is filled from a part that the service's `answer` does not have.",
    "answer_type": "A field can't take what the service's `answer` says that it is.",
    "services": "`services.yaml` can't be read.",
}

_FITS = {
    "text": frozenset({"string", "textarea", "picklist", "email", "phone", "url", "combobox"}),
    "number": frozenset({"int", "double", "currency", "percent", "long"}),
    "checkbox": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime", "date"}),
    "list": frozenset({"multipicklist", "string", "textarea"}),
}  # fmt: skip
"""Types of fields that can take a part of an answer; text takes numbers, too."""


def services_beside(settings: "Settings", policies: Iterable[Policy]) -> "Services | None":
    """What the file says; None where it is not there and nobody asks. Raises ConfigError."""
    path = settings.folder / FILE
    steps = (step for policy in policies for step in policy.enrichment)
    asks = any(isinstance(each, CallStep) and each.kind is CallKind.SERVICE for each in steps)
    if not asks and not path.is_file():
        return None
    from ortoo_daemon.daemon.loading.services_file import read_services
    from ortoo_daemon.policy.callouts.catalogue import Services

    return read_services(path) if path.is_file() else Services()


def call_checks(
    policies: PolicySet, services: "Services", org: OrgDescription | None
) -> Iterator[Problem]:
    """Every problem, at the step or the field that has it."""
    for policy in policies.policies:
        for step in policy.enrichment:
            if isinstance(step, CallStep) and step.kind is CallKind.SERVICE:
                yield from _of_step(policy, step, services, org)


def _of_step(
    policy: Policy, step: CallStep, services: "Services", org: OrgDescription | None
) -> Iterator[Problem]:
    service = services.services.get(step.target)
    if service is None:
        mend = did_you_mean(step.target, services.services) or f"describe it in {FILE}"
        message = f"{FILE} has no service {step.target!r}"
        # Without the file nobody is asked at all, and records go by `else`.
        level = Level.ERROR if services.digest else Level.HINT
        yield _problem(step, "unknown_service", message, mend, level=level)
        return
    yield from _sent(step, service)
    for each in step.sets:
        yield from _answered(policy, each, service, org)


def _sent(step: CallStep, service: "Service") -> Iterator[Problem]:
    sent, takes = {name for name, _ in step.sends}, service.takes()
    for name in sorted(sent - takes):
        message = f"the service {service.name} has no place for {name!r}"
        yield _problem(step, "unknown_sent", message, did_you_mean(name, takes))
    for name in sorted(service.needs() - sent):
        message = f"the URL of the service {service.name} needs {name!r}"
        yield _problem(step, "unknown_sent", message, f"add it to 'send': {{{name}: Field}}")


def _answered(
    policy: Policy, each: AnswerField, service: "Service", org: OrgDescription | None
) -> Iterator[Problem]:
    first = each.path.first_name
    if not service.answer or first is None:
        return
    part = service.part(first)
    if part is None:
        known = [part.name for part in service.answer]
        message = f"the answer of {service.name} has no {first!r}"
        mend = did_you_mean(first, known)
        yield Problem(place=each.place, rule="unknown_answer", message=message, mend=mend)
        return
    described = org.resolve(policy.object, each.field) if org is not None else None
    fits = _FITS.get(part.type.value)
    if described is None or fits is None or not each.path.is_name:
        return
    if described.type not in fits | (_FITS["text"] if part.type.value == "number" else frozenset()):
        message = f"{each.field} is of type {described.type}, {first!r} of {service.name} a {part.type.value}"
        mend = "name another field, or another type in the service's 'answer'"
        yield Problem(place=each.place, rule="answer_type", message=message, mend=mend)


def _problem(
    step: CallStep, rule: str, message: str, mend: str, *, level: Level = Level.ERROR
) -> Problem:
    return Problem(place=step.place, rule=rule, message=message, mend=mend, level=level)
