"""A daemon's folder of settings for a sandbox org, and what must be true of records afterwards."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.processes import ROOT, WEB_FORMS, DaemonProcess, Row, SandboxProcess, wait_until

LONG_AGO = "2020-01-01T00:00:00Z"
FLAGSHIP: Row = {
    "rooftop": {"where": {"Id": seed.FLAGSHIP_ROOFTOP_ID}},
    "team": {"role": "sales_adviser"},
    "person": {"by": "least_loaded"},
}
"""The rooftop with ten advisers, who are all there and may hold 60 leads each."""

STAMPS = (
    "Ortoo_Decision_Key__c",
    "Ortoo_Assigned_Owner__c",
    "Ortoo_Decided_At__c",
    "Ortoo_Parked__c",
)
PROOF = (
    "Record_Id__c",
    "Ortoo_Key__c",
    "Outcome__c",
    "Reason_Code__c",
    "Reason__c",
    "Owner_Before__c",
    "Owner_After__c",
    "Fields_Written__c",
)

_numbers = count(1)


@dataclass
class Network:
    """One test's part of the shared org: a policy that takes only leads with this test's company."""

    sandbox: SandboxProcess
    folder: Path
    company: str = field(default_factory=lambda: f"Test {next(_numbers)}")

    def write(
        self,
        *,
        assign: Mapping[str, Any] | None = None,
        otherwise: Mapping[str, Any] | None = None,
        take_from: str = LONG_AGO,
        policy: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Path:
        """The files of a daemon; the path of its settings."""
        (self.folder / "policies").mkdir(exist_ok=True)
        copyfile(ROOT / "config" / "directory.yaml", self.folder / "directory.yaml")
        secret = self.folder / "client_secret"
        secret.write_text(self.sandbox.about["client_secret"])
        secret.chmod(0o600)
        rule = {"name": "all", "assign": dict(assign or FLAGSHIP)}
        document = {
            "policy": self.company.lower().replace(" ", "-"),
            "object": "Lead",
            "take_from": take_from,
            "zone": "Europe/Paris",
            "on": ["created", "enters"],
            "enter": {"Company": self.company, "IsConverted": False},
            "take_over": [WEB_FORMS],
            "ownership": {
                "rules": [rule],
                "otherwise": dict(otherwise or {"queue": seed.UNROUTED_QUEUE}),
            },
            **(policy or {}),
        }
        (self.folder / "policies" / "leads.yaml").write_text(yaml.safe_dump(document))
        return self.settings(settings or {})

    @property
    def state(self) -> Path:
        return self.folder / "state.db"

    def forget_state(self) -> None:
        """The store is lost."""
        for path in self.folder.glob("state.db*"):
            path.unlink()

    def rewind(self, channel: str) -> None:
        """The store's position goes back to the first event that the org keeps."""
        with closing(sqlite3.connect(self.state)) as store, store:
            moved = store.execute(
                "UPDATE checkpoint SET replay_id = '0' WHERE channel = ?", (channel,)
            )
            assert moved.rowcount == 1

    def daemon(self, *arguments: str, **files: Any) -> DaemonProcess:
        return DaemonProcess(self.write(**files), *arguments)

    def again(self, *arguments: str) -> DaemonProcess:
        """A daemon on the files that stand already."""
        return DaemonProcess(self.folder / "ortoo.yaml", *arguments)

    # -- leads --------------------------------------------------------------------------------------

    def leads(self, number: int, **values: Any) -> list[str]:
        return self.sandbox.leads(number, Company=self.company, **values)

    def read(self, ids: Sequence[str], *fields: str) -> dict[str, Row]:
        names = ("Id", "OwnerId", *STAMPS, *fields)
        return {row["Id"]: row for row in self.sandbox.rows_of("Lead", names, ids, "Id")}

    def lead(self, id: str, *fields: str) -> Row:
        return self.read([id], *fields)[id]

    def undecided(self) -> int:
        where = f"Company = '{self.company}' AND Ortoo_Decided_At__c = null"
        return int(self.sandbox.query(f"SELECT COUNT(Id) n FROM Lead WHERE {where}")[0]["n"])

    def proofs(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """Decision records by record."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.sandbox.rows_of("Ortoo_Decision__c", PROOF, ids, "Record_Id__c"):
            found[row["Record_Id__c"]].append(row)
        return found

    def proof(self, id: str) -> Row:
        (row,) = self.proofs([id])[id]
        return row

    def steps(self, id: str, clock: str = "first_response") -> dict[str, Row]:
        """Decision records of a clock's steps, by step."""
        prefix = f"{id}:sla:{clock}:"
        rows = self.proofs([id]).get(id, [])
        return {
            row["Ortoo_Key__c"].removeprefix(prefix): row
            for row in rows
            if row["Ortoo_Key__c"].startswith(prefix)
        }

    def owner_changes(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """Every change of owner the org has seen, oldest first."""
        names = ("Id", "LeadId", "Field", "OldValue", "NewValue", "CreatedById")
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.sandbox.rows_of("LeadHistory", names, ids, "LeadId"):
            if row["Field"] == "Owner" and str(row["NewValue"]).startswith(("005", "00G")):
                found[row["LeadId"]].append(row)
        return {id: sorted(rows, key=lambda row: str(row["Id"])) for id, rows in found.items()}

    # -- waiting ------------------------------------------------------------------------------------

    def until_routed(self, ids: Sequence[str], within: float = 30) -> None:
        """Every lead is decided and proven."""
        wait_until(lambda: not self.undecided(), within, f"{self.company}: leads decided")
        self.until_proven(ids, within)

    def until_proven(self, ids: Sequence[str], within: float = 30) -> None:
        """Every lead has its decision record."""

        def proven() -> bool:
            return len(self.proofs(ids)) == len(ids)

        wait_until(proven, within, f"{self.company}: decisions recorded")

    def until_step(
        self, id: str, step: str, clock: str = "first_response", within: float = 30
    ) -> Row:
        """The decision record of a clock's step, as soon as it stands."""
        return wait_until(lambda: self.steps(id, clock).get(step), within, f"{step} of {id}")

    # -- what must hold -----------------------------------------------------------------------------

    def assert_routed_once(self, ids: Sequence[str]) -> None:
        """One owner change by the daemon and one decision record for it; nobody missing."""
        leads, proofs, changes = self.read(ids), self.proofs(ids), self.owner_changes(ids)
        wrong = []
        for id in ids:
            lead = leads[id]
            moves = [each["NewValue"] for each in changes.get(id, ())]
            rows = [(row["Ortoo_Key__c"], row["Owner_After__c"]) for row in proofs.get(id, ())]
            key = f"{id}:first"
            stamped = (lead["Ortoo_Decision_Key__c"], lead["Ortoo_Assigned_Owner__c"])
            owner = lead["OwnerId"]
            if (moves, rows, stamped) != ([owner], [(key, owner)], (key, owner)):
                wrong.append((id, owner, moves, rows, stamped))
        assert not wrong, f"{len(wrong)} of {len(ids)} leads, such as {wrong[:3]}"

    def assert_untouched(self, ids: Sequence[str]) -> None:
        """Nobody but its creator has ever written to any of them."""
        web_forms = self.sandbox.rows_of("Lead", ("Id", "LastModifiedById", "OwnerId"), ids, "Id")
        assert len(web_forms) == len(ids)
        assert {row["LastModifiedById"] for row in web_forms} == {seed.WEB_FORMS_USER_ID}
        assert {row["OwnerId"] for row in web_forms} == {seed.WEB_FORMS_USER_ID}
        assert not self.proofs(ids)

    def settings(self, more: Mapping[str, Any]) -> Path:
        """The settings alone; their path."""
        settings: dict[str, Any] = {
            "org": {
                "login_url": self.sandbox.url,
                "auth": {
                    "flow": "client_credentials",
                    "client_id": self.sandbox.about["client_id"],
                    "client_secret_file": "client_secret",
                },
            },
            "state": f"sqlite:///{self.state}",
            **more,
        }
        path = self.folder / "ortoo.yaml"
        path.write_text(yaml.safe_dump(settings))
        return path
