"""How many decisions a second do the shipped policies make over a directory that the org holds?

In this process and on one thread, by CPU time; the leads are those of the other benchmarks.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.leads import Place, leads
from ortoo_daemon.daemon.loading.policy_files import load_policies, read_directory_mapping
from ortoo_daemon.daemon.loading.postal_file import load_postal_index
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.wiring import make_org
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.flow import decide
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce.directory import DirectoryReader


def deciding(
    settings_file: Path, found: Sequence[Place], now: datetime, lasts: float
) -> list[Figure]:
    """One reading in this process, and the shipped policies over what it found; by CPU time."""
    settings = load_settings(settings_file)
    mapping = read_directory_mapping(settings.path(settings.directory))
    org = make_org(settings)
    began, cpu = time.monotonic(), time.process_time()
    directory = asyncio.run(DirectoryReader(org, mapping).read())
    took, used = time.monotonic() - began, time.process_time() - cpu
    rate = _decisions(_Given.of(load_policies(settings, mapping), directory, found, now), lasts)
    return [
        Figure(name="reading", value=took, unit="s"),
        Figure(name="reading: CPU", value=used, unit="s"),
        Figure(name="decisions with trace", value=rate, unit="records/s"),
    ]


@dataclass(frozen=True, slots=True)
class _Given:
    policies: PolicySet
    facts: Sequence[Facts]

    @classmethod
    def of(
        cls, policies: PolicySet, directory: Directory, found: Sequence[Place], now: datetime
    ) -> "_Given":
        """Leads with all their questions answered: nobody knows the customer."""
        postal, given = load_postal_index(), []
        for number, lead in enumerate(leads(found, 500, seed=6)):
            id_ = record_id(f"00Q{number:012d}")
            record = Record(object="Lead", id=id_, fields=_as_read(lead, now))
            item = WorkItem(object="Lead", record_id=id_, reason=WorkReason.CREATED, heard_at=now)
            facts = Facts(item=item, record=record, now=now, directory=directory, postal=postal)
            while not isinstance(needs := decide(policies, facts), Decision):
                facts = replace(facts, answers={**facts.answers, **dict.fromkeys(needs.questions)})
            given.append(facts)
        return cls(policies, given)


def _as_read(lead: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        **{name: value for name, value in lead.items() if name != "attributes"},
        "OwnerId": record_id("00G000000000001"),
        "IsConverted": False,
        "CreatedDate": now.isoformat(timespec="milliseconds"),
    }


def _decisions(given: _Given, lasts: float) -> float:
    done, used = 0, 0.0
    while used < lasts:
        began = time.process_time()
        for facts in given.facts:
            decide(given.policies, facts)
        used += time.process_time() - began
        done += len(given.facts)
    return done / used
