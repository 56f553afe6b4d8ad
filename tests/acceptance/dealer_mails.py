"""E-mails of dealers as cases of a sandbox org, and what they must become by the same triage."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from shutil import copyfile
from typing import Any

from ortoo_daemon.intake.mail.rows import mail_of_row
from ortoo_daemon.intake.triage.dealers import load_dealers
from ortoo_daemon.intake.triage.model import Triage
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from tests.acceptance.network import LONG_AGO, Network
from tests.processes import ROOT, WEB_FORMS, DaemonProcess, Row, wait_until

EMAILS = ROOT / "tests" / "data" / "emails"
MAPPED = (
    ("account", "AccountId"),
    ("contact", "ContactId"),
    ("brand", "Brand__c"),
    ("type", "Request_Type__c"),
    ("skill", "Skill__c"),
    ("language", "Language__c"),
    ("urgency", "Urgency__c"),
    ("evidence", "Description"),
)
Kind = tuple[str | None, str | None]
"""Rooftop and kind of a request: what tells the cases of one e-mail apart."""


@dataclass(frozen=True)
class SentMail:
    """An e-mail, and the requests in it."""

    row: Mapping[str, Any]
    triage: Triage

    @property
    def is_split(self) -> bool:
        return self.triage.automatic is None and len(self.triage.segments) > 1

    @property
    def kinds(self) -> Counter[Kind]:
        return Counter((each.account_id, each.request_type) for each in self.triage.segments)


def sent_mails(number: int) -> list[SentMail]:
    """So many, each read as the daemon should read it; after the last file it begins anew."""
    triager = _triager()
    rows = list(islice(_rows(), number))
    read = [SentMail(row, triager.understand(mail_of_row(row)).triage) for row in rows]
    return list(islice(cycle(read), number))


def _triager() -> Triager:
    taxonomy = ROOT / "config" / "taxonomy.yaml"
    dealers = load_dealers("directory.json", (EMAILS / "directory.json").read_bytes())
    return Triager.of(dealers, load_taxonomy("taxonomy.yaml", taxonomy.read_bytes()))


def _rows() -> Iterator[Row]:
    for name in ("samples", "unseen", "development"):
        for line in (EMAILS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


@dataclass
class DealerDesk:
    """One test's cases: a policy of their own, which makes a case of each request."""

    network: Network

    @property
    def company(self) -> str:
        return self.network.company

    def write(self, **triage: Any) -> None:
        """The files of a daemon that reads e-mails."""
        folder = self.network.folder
        self.network.write(policy=self._policy(triage))
        copyfile(ROOT / "config" / "taxonomy.yaml", folder / "taxonomy.yaml")
        (folder / "tables").mkdir(exist_ok=True)
        lines = ["from,field", *(f"{name},{field}" for name, field in MAPPED)]
        (folder / "tables" / "mail_fields.csv").write_text("\n".join(lines))

    def _policy(self, triage: Mapping[str, Any]) -> Row:
        return {
            "object": "Case",
            "take_from": LONG_AGO,
            "enter": {"SuppliedCompany": self.company, "IsClosed": False},
            "intake": {
                "triage": {
                    "map": "tables/mail_fields.csv",
                    "split": {"copy": ["Subject", "Origin", "SuppliedCompany"]},
                    **triage,
                }
            },
            "ownership": {
                "rules": [
                    {
                        "name": "several requests",
                        "when": {"$triage.split": True},
                        "assign": {"queue": "Unrouted_Cases"},
                    },
                    {
                        "name": "billing",
                        "when": {"Skill__c": "BILLING"},
                        "assign": {"queue": "Cases_BILLING"},
                    },
                ],
                "otherwise": {"queue": "Needs_A_Person"},
            },
            "action": {
                "sla": [
                    {
                        "clock": "first_response",
                        "target": {
                            "first": [
                                {"when": {"$triage.split": {"is_not": True}}, "then": "8h"},
                            ]
                        },
                        "hours": "24x7",
                        "stopped_by": [{"Status": "Closed"}],
                    }
                ]
            },
        }

    def daemon(self) -> DaemonProcess:
        return self.network.again()

    def send(self, mails: Sequence[SentMail], *, first: int = 0) -> list[str]:
        """A case for each, and a moment later its e-mail, as the org's mail handler makes them."""
        cases = self.network.sandbox.create(
            [
                {"Subject": mail.row["subject"][:255], "Origin": "Email"}
                | {"SuppliedCompany": self.company}
                for mail in mails
            ],
            object="Case",
            user=WEB_FORMS,
        )
        self.network.sandbox.create(
            [
                self._message(mail, case, number)
                for number, (mail, case) in enumerate(zip(mails, cases, strict=True), first)
            ],
            object="EmailMessage",
            user=WEB_FORMS,
        )
        return cases

    def _message(self, mail: SentMail, case: str, number: int) -> Row:
        row = mail.row
        return {
            "ParentId": case,
            "Incoming": True,
            "Subject": row["subject"],
            "FromAddress": row["from_address"],
            "FromName": row.get("from_name") or "",
            "ToAddress": row.get("to_address") or "",
            "TextBody": row.get("text_body"),
            "HtmlBody": row.get("html_body"),
            "MessageDate": row.get("date"),
            "MessageIdentifier": f"<{number}.{self.company.replace(' ', '-')}@mail.example>",
        }

    # -- what came of it ----------------------------------------------------------------------------

    def undecided(self) -> int:
        where = f"SuppliedCompany = '{self.company}' AND Ortoo_Decided_At__c = null"
        return int(
            self.network.sandbox.query(f"SELECT COUNT(Id) n FROM Case WHERE {where}")[0]["n"]
        )

    def until_decided(self, expected: int, within: float) -> None:
        """So many cases, parents and children, are decided."""

        def done() -> bool:
            where = f"SuppliedCompany = '{self.company}' AND Ortoo_Decided_At__c != null"
            counted = self.network.sandbox.query(f"SELECT COUNT(Id) n FROM Case WHERE {where}")
            return int(counted[0]["n"]) >= expected and not self.undecided()

        wait_until(done, within, f"{self.company}: {expected} cases decided")

    def cases(self, *fields: str) -> list[Row]:
        names = ("Id", "ParentId", "OwnerId", "AccountId", "Request_Type__c", "Ortoo_Split_Key__c")
        asked = ", ".join(dict.fromkeys((*names, *fields)))
        where = f"SuppliedCompany = '{self.company}'"
        return self.network.sandbox.query(f"SELECT {asked} FROM Case WHERE {where}")

    def children(self) -> Mapping[str, Counter[Kind]]:
        found: dict[str, Counter[Kind]] = defaultdict(Counter)
        for row in self.cases():
            if row["ParentId"]:
                found[row["ParentId"]][row["AccountId"], row["Request_Type__c"]] += 1
        return found

    def assert_right_children(self, mails: Iterable[SentMail], cases: Iterable[str]) -> None:
        """Each request of each e-mail with several is one case, and nothing else is."""
        wanted = {
            case: mail.kinds for mail, case in zip(mails, cases, strict=True) if mail.is_split
        }
        found = self.children()
        wrong = {
            case: (wanted.get(case), found.get(case))
            for case in {*wanted, *found}
            if wanted.get(case) != found.get(case)
        }
        assert not wrong, f"{len(wrong)} of {len(wanted)}, such as {list(wrong.items())[:3]}"


def cases_of(mails: Iterable[SentMail]) -> int:
    """How many cases they are in all, with those that they are split into."""
    return sum(1 + (sum(mail.kinds.values()) if mail.is_split else 0) for mail in mails)
