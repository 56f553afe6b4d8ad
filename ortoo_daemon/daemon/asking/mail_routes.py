"""Where would the requests of an e-mail go by these policies? Decided as the daemon would; writes nothing.

Without an org by the saved one: who is free just now is not known there, nor who had a customer before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.consequences import NewRecord
from ortoo_daemon.daemon.asking.explaining import refusals
from ortoo_daemon.daemon.asking.login import know, logged_in, postal_index
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.deciding import decide_record, read_record
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.loading.config_files import DIRECTORY, config_files
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping, read_policy_files
from ortoo_daemon.daemon.loading.saved_org import load_saved_org
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.wiring import utc_now
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.facts import Answer, Facts, MailQuestion, Question
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.finding_values import findings_of
from ortoo_daemon.intake.triage.triager import Understood
from ortoo_daemon.mail_findings import SPLIT_KEY, MailFindings
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkReason, record_id
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.simulation.deciding import made_up, settled

_NO_MAIL = record_id("02s000000000000")
_NEW: Mapping[str, FieldValue] = {"Status": "New", "IsClosed": False, "Priority": "Medium"}
"""As the org makes a case whose maker says nothing of these."""

THE_CASE = 0
"""The number of the route of the e-mail's own case, which its requests are split from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Of one request, from 1 (or `THE_CASE`): which rule takes it, and where it goes.

    ``candidates`` are those who could have it, the best first as far as known; ``said`` is the decision in
    one sentence, or why nothing is decided.
    """

    request: int
    said: str
    policy: str | None = None
    rule: str | None = None
    place: Place | None = None
    owner: str | None = None
    owner_kind: str | None = None
    candidates: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "request": self.request or None,
            "policy": self.policy,
            "rule": self.rule,
            "place": str(self.place) if self.place else None,
            "owner": {"kind": self.owner_kind, "name": self.owner} if self.owner else None,
            "candidates": list(self.candidates),
            "summary": self.said,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Of one e-mail; ``source`` says by what people and queues are known: a file's name or "the org"."""

    source: str
    routes: tuple[Route, ...]

    def of(self, request: int) -> Route | None:
        return next((route for route in self.routes if route.request == request), None)

    def to_json(self) -> dict[str, Any]:
        return {"by": self.source, "routes": [route.to_json() for route in self.routes]}


@dataclass(frozen=True, kw_only=True)
class SavedRouter:
    """By policies in files and the saved org beside them."""

    policies: PolicySet
    source: str
    facts: Facts
    policy: Policy

    @classmethod
    def of(cls, folder: Path, settings: Path) -> "SavedRouter":
        """The folder as `check` takes it. Raises ConfigError."""
        files = config_files(folder, settings)
        policies, policy = _policies(folder, settings)
        known = load_saved_org(files.saved_org)
        facts = made_up(
            policy,
            {},
            now=utc_now(),
            directory=known.directory,
            postal=postal_index(policies),
        )
        return cls(policies=policies, source=known.source, facts=facts, policy=policy)

    def routes(self, each: Understood, index: DealerIndex) -> Routes:
        """Of the case that this e-mail would make, and of those that it is split into."""
        found = findings_of(each, index, key="triage", id=_NO_MAIL)
        facts, decision = settled(self.policies, self._facts(_case(each)), found)
        told = [_route(THE_CASE, decision, facts, self.policies)]
        for number, child in enumerate(decision.children if decision else (), 1):
            facts, own = settled(self.policies, self._facts(_child(child), WorkReason.SPLIT))
            told.append(_route(number, own, facts, self.policies))
        return Routes(source=self.source, routes=_numbered(told))

    def _facts(
        self, fields: Mapping[str, FieldValue], reason: WorkReason = WorkReason.CREATED
    ) -> Facts:
        record = self.facts.record
        return replace(
            self.facts,
            record=replace(record, fields={**record.fields, **fields}),
            item=replace(self.facts.item, reason=reason),
        )


async def routes_of_org(
    settings: Settings,
    folder: Path,
    config: Path,
    mails: Iterable[tuple[str, Understood]],
    index: DealerIndex,
    *,
    case: RecordId | None,
) -> list[Routes]:
    """The same with the org's people as they are now; of a case as it stands. Raises OrtooError."""
    policies, policy = _policies(folder, config)
    async with logged_in(settings) as org:
        knowledge = await know(settings, org, policy.object, policies=policies)
        now = await org.now()
        router = _OrgRouter(org=org, knowledge=knowledge, policy=policy, now=now, case=case)
        return [await router.routes(each, index) for _, each in mails]


@dataclass(frozen=True, kw_only=True)
class _OrgRouter:
    org: Org
    knowledge: Knowledge
    policy: Policy
    now: datetime
    case: RecordId | None
    source: str = field(default="the org", init=False)

    async def routes(self, each: Understood, index: DealerIndex) -> Routes:
        found = findings_of(each, index, key="triage", id=_NO_MAIL)
        record = None
        if self.case is not None:
            record = await read_record(
                self.org, self.knowledge.policies, self.policy.object, self.case
            )
        policies = self.knowledge.policies.policy_set
        decision, facts = await self._decided(record or self._record(_case(each)), found)
        told = [_route(THE_CASE, decision, facts, policies)]
        for number, child in enumerate(decision.children, 1):
            own, facts = await self._decided(self._record(_child(child)), None, WorkReason.SPLIT)
            told.append(_route(number, own, facts, policies))
        return Routes(source=self.source, routes=_numbered(told))

    def _made_up(self, fields: Mapping[str, FieldValue]) -> Facts:
        knowledge = self.knowledge
        directory = knowledge.usable_directory(self.now)
        return made_up(
            self.policy, fields, now=self.now, directory=directory, postal=knowledge.postal
        )

    def _record(self, fields: Mapping[str, FieldValue]) -> Record:
        return self._made_up(fields).record

    async def _decided(
        self, record: Record, found: MailFindings | None, reason: WorkReason | None = None
    ) -> tuple[Decision, Facts]:
        """A case of the org is decided as if it were requeued: what stands already is no answer."""
        usual = WorkReason.REQUEUED if record.id == self.case else WorkReason.CREATED
        item = replace(
            self._made_up({}).item, record_id=record.id, reason=reason or usual, entry="triage"
        )
        answers = _WithMail(self.org, found)
        try:
            policies = self.knowledge.policies
            return await decide_record(
                self.knowledge, answers, item, record, policies=policies, now=self.now
            )
        finally:
            await answers.close()


class _WithMail(Answers):
    """The org's answers, but the e-mail is one that was understood already."""

    def __init__(self, org: Org, found: MailFindings | None) -> None:
        super().__init__(org)
        self._found = found

    async def ask(self, question: Question, *, looking: bool = False) -> Answer:
        if isinstance(question, MailQuestion):
            return self._found
        return await super().ask(question, looking=True)


def _policies(folder: Path, settings: Path) -> tuple[PolicySet, Policy]:
    """The policies of a folder, and the first of them that reads e-mails. Raises ConfigError."""
    files = config_files(folder, settings)
    mapping = read_directory_mapping(files.directory or settings.parent / DIRECTORY)
    policies = load(
        read_policy_files(files.policies), (), mapping.signals, key_sources=mapping.key_sources
    )
    reading = next((policy for policy in policies.policies if policy.triage is not None), None)
    if reading is None:
        problem = Problem(
            place=Place(files.policies.as_posix()),
            rule="triage",
            message="none of these policies reads e-mails",
            mend="write intake: {triage: ...} in one of them, or leave --policies out",
        )
        raise ConfigError([problem])
    return policies, reading


def _case(each: Understood) -> dict[str, FieldValue]:
    """What the org's mail handler writes on the case of an e-mail."""
    mail = each.mail
    return {
        **_NEW,
        "Origin": "Email",
        "Subject": mail.subject[:255],
        "Description": each.reading.text[:32_000],
        "SuppliedEmail": mail.from_address,
        "SuppliedName": mail.from_name,
    }


def _child(child: NewRecord) -> dict[str, FieldValue]:
    return {**_NEW, **child.fields, SPLIT_KEY: child.key}


def _numbered(told: list[Route]) -> tuple[Route, ...]:
    """A case that is not split is the case of its only request."""
    return tuple(told) if len(told) > 1 else (replace(told[0], request=1),)


def _route(request: int, decision: Decision | None, facts: Facts, policies: PolicySet) -> Route:
    if decision is None:
        return Route(request=request, said="nothing is decided: the policies never stop asking")
    nothing = decision.outcome is Outcome.NOTHING
    refused = "; ".join(node.text for node in refusals(policies, facts)) if nothing else ""
    owner = None if nothing else decision.owner
    return Route(
        request=request,
        said=f"no policy takes it: {refused}" if refused else summary(decision),
        policy=decision.policy,
        rule=decision.rule,
        place=decision.place,
        owner=owner.name if owner else None,
        owner_kind=owner.kind.value if owner else None,
        candidates=tuple(_candidates(decision)),
    )


def _candidates(decision: Decision) -> Iterator[str]:
    for step in decision.trace.candidates:
        if step.kind == "person" and step.removed_by is None:
            yield step.name
