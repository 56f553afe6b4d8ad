"""How do ``intake:`` and ``enrichment:`` become steps?"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ortoo_daemon.callouts import CallKind
from ortoo_daemon.policy.adf_model import Adf
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import (
    EnrichmentStep,
    ScoreStep,
    SetStep,
)
from ortoo_daemon.policy.govern_model import Govern
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind, Require
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.adf import read_adf_intake
from ortoo_daemon.policy.parsing.ai import read_ai
from ortoo_daemon.policy.parsing.attribution import read_attribution
from ortoo_daemon.policy.parsing.calls import read_action, read_call, read_hold
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.govern import read_govern
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in, name_in, text_in
from ortoo_daemon.policy.parsing.table_steps import read_table_step
from ortoo_daemon.policy.parsing.triage import read_triage
from ortoo_daemon.policy.parsing.vehicle import read_vehicle
from ortoo_daemon.policy.resources import Resources
from ortoo_daemon.policy.triage_model import Triage
from ortoo_daemon.policy.vehicle_model import VehicleStep

INTAKE_KEYS = ("triage", "adf", "cleanse", "vehicle", "require", "govern", "find")
REQUIRE_ELSE_KEYS = ("park",)
CLEANSE_KEYS = ("country", "raw", "kind", "offer", "into")
_OPTIONS = {"kind": CleanseKind.EMAIL, "offer": CleanseKind.EMAIL, "into": CleanseKind.CONSENT}
ACTIONS = tuple(kind.value for kind in CallKind if kind is not CallKind.SERVICE)
STEP_KINDS = ("table", "set", "score", "ai", "call", *ACTIONS, "hold_until", "attribution")
STEP_KEYS = (*STEP_KINDS, "only_empty")
SCORE_KEYS = ("card", "when", "into", "band")

_KINDS = tuple(CleanseKind)


@dataclass(frozen=True, slots=True)
class Intake:
    """What ``intake:`` says."""

    triage: Triage | None = None
    adf: Adf | None = None
    vehicle: VehicleStep | None = None
    cleanse: tuple[Cleanse, ...] = ()
    require: Require | None = None
    govern: Govern | None = None


def read_intake(
    node: MapNode,
    readers: tuple[ConditionReader, ConditionReader, ConditionReader],
    resources: Resources,
) -> Intake:
    """``readers`` read conditions of what comes before triage, after it, and after ADF was read."""
    before, mailed, conditions = readers
    problems = conditions.problems
    section = Section(node, problems, what="intake", known=INTAKE_KEYS)
    wanted, triage = section.mapping("cleanse"), section.mapping("triage")
    adf, vehicle = section.mapping("adf"), section.mapping("vehicle")
    cleanse = [
        _cleanse(key, value, problems) for key, value in (wanted.entries.values() if wanted else ())
    ]
    require, governed = section.mapping("require"), section.mapping("govern")
    return Intake(
        None if triage is None else read_triage(triage, before, mailed, resources),
        None if adf is None else read_adf_intake(adf, mailed, conditions, resources),
        None if vehicle is None else read_vehicle(vehicle, conditions),
        tuple(step for step in cleanse if step is not None),
        None if require is None else _require(require, conditions),
        None if governed is None else read_govern(governed, conditions),
    )


def _cleanse(key: Scalar, node: Node, problems: Problems) -> Cleanse | None:
    """``Field: kind`` or ``Field: {kind: {country: Field}}``."""
    field = name_in(key, problems, what="cleanse")
    kind, options = node, None
    if isinstance(node, MapNode) and len(node.entries) == 1:
        kind, options = next(iter(node.entries.values()))
    elif isinstance(node, MapNode):
        problems.add(node, "wrong_type", "one way to standardise a field, not several")
        return None
    word = text_in(kind, problems, what="the way to standardise")
    if field is None or word is None:
        return None
    if word not in _KINDS:
        message = f"no way to standardise is called {word!r}"
        problems.add(kind, "unknown_name", message, did_you_mean(word, _KINDS))
        return None
    found = Cleanse(field=field, kind=CleanseKind(word), country=None, place=key.place)
    return found if options is None else _with_options(found, options, problems)


def _with_options(cleanse: Cleanse, node: Node, problems: Problems) -> Cleanse | None:
    word = cleanse.kind.value
    mapping = mapping_in(node, problems, what=f"{word!r}")
    if mapping is None:
        return None
    section = Section(mapping, problems, what=f"{word!r}", known=CLEANSE_KEYS)
    for key, kind in _OPTIONS.items():
        if section.get(key) is not None and cleanse.kind is not kind:
            message = f"{key!r} is for {kind.value!r} alone"
            problems.add(mapping.entries[key][0], "unknown_key", message, "take it out")
    return replace(
        cleanse,
        country=section.name("country"),
        raw=section.name("raw"),
        of_kind=section.name("kind"),
        offer=section.name("offer"),
        into=section.name("into"),
    )


def _require(node: MapNode, conditions: ConditionReader) -> Require | None:
    """A condition, with ``else: {park: reason}`` beside its parts."""
    problems = conditions.problems
    orelse = node.get("else")
    condition = conditions.read(node.without("else"), what="'require'")
    if orelse is None:
        message = "'require' needs 'else', which says what becomes of the record"
        problems.add(node, "missing_key", message, "add else: {park: reason}")
        return None
    mapping = mapping_in(orelse, problems, what="'else'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'else' of 'require'", known=REQUIRE_ELSE_KEYS)
    section.required("park")
    reason = section.text("park")
    if condition is None or reason is None:
        return None
    return Require(condition=condition, park=reason, place=node.place)


def read_enrichment(
    node: Node, conditions: ConditionReader, resources: Resources
) -> tuple[EnrichmentStep, ...]:
    problems = conditions.problems
    steps: list[EnrichmentStep] = []
    for item in items_in(node, problems, what="'enrichment'"):
        labels = {step.label for step in steps if isinstance(step, AiStep | CallStep | HoldStep)}
        step = _step(item, conditions, resources, labels)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _step(
    node: Node, conditions: ConditionReader, resources: Resources, labels: Collection[str]
) -> EnrichmentStep | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what="an enrichment step")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an enrichment step", known=STEP_KEYS)
    kinds = [kind for kind in STEP_KINDS if kind in mapping.entries]
    if len(kinds) != 1:
        known = f"{', '.join(map(repr, STEP_KINDS[:-1]))} or {STEP_KINDS[-1]!r}"
        rule = "wrong_type" if kinds else "missing_key"
        mend = "make two steps" if kinds else ""
        problems.add(mapping, rule, f"a step is either {known}", mend)
        return None
    (kind,) = kinds
    if kind == "set":
        sets = read_sets(
            mapping.entries[kind][1], conditions, only_empty=section.flag("only_empty")
        )
        return SetStep(sets=sets, place=mapping.place)
    inner = section.mapping(kind)
    if inner is None:
        return None
    if kind == "table":
        return read_table_step(inner, problems, resources)
    if kind == "score":
        return _score(inner, conditions, resources)
    if kind == "ai":
        return read_ai(inner, conditions, resources, labels)
    if kind == "attribution":
        return read_attribution(inner, conditions, resources)
    if kind == "call":
        return read_call(inner, conditions, labels)
    if kind == "hold_until":
        return read_hold(inner, conditions, labels)
    return read_action(CallKind(kind), inner, conditions, labels)


def _score(node: MapNode, conditions: ConditionReader, resources: Resources) -> ScoreStep | None:
    problems = conditions.problems
    section = Section(node, problems, what="a score step", known=SCORE_KEYS)
    section.required("into", "name the field that takes the score, for example Ortoo_Score__c")
    file = section.required("card", "name its file, for example tables/retail_intent.yaml")
    when = section.get("when")
    condition = None if when is None else conditions.read(when, what="'when'")
    if not isinstance(file, Scalar):
        section.text("card")
        return None
    card, into, band = resources.scorecard(file), section.name("into"), section.name("band")
    if band is not None and card is not None and not card.bands:
        message = f"{card.path} has no bands"
        problems.add(
            node, "missing_key", message, "add bands: {hot: 80, …} to it, or leave 'band' out"
        )
    if card is None or into is None or (when is not None and condition is None):
        return None
    return ScoreStep(card=card, into=into, band=band, when=condition, place=node.place)
