"""The samples of the rules' manuals as whole sets of policies, with a small org around them."""

import textwrap
from dataclasses import replace
from datetime import date

import yaml

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.descriptions import FieldDescription, ObjectDescription, OrgDescription
from ortoo_daemon.directory import Directory, Queue, Rooftop
from ortoo_daemon.person import Person
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.simulation.policy_tests import run_tests
from tests.policy.files import HEAD

POLICY = "policies/leads.yaml"


CUSTOMERS = {name: KeySources(email=("Email",)) for name in ("Lead", "Contact")}


def field(name, kind="string", **more):
    return FieldDescription(name=name, type=kind, **more)


LEAD = ObjectDescription(
    name="Lead",
    fields={
        each.name: each
        for each in (
            field("Brand__c", "picklist", values=("Peugeot", "Audi", "BMW"), restricted=True),
            field("Language__c", "picklist", values=("fr", "de")),
            field("FleetSize__c", "double"),
            field("Utm_Campaign__c", length=80),
            field("IsConverted", "boolean", nillable=False),
            field("CreatedDate", "datetime", nillable=False, updateable=False),
            field("Email", "email"),
            field("PostalCode"),
            field("Country", length=80),
            field("City", length=40),
            field("OwnerId", "reference", refers_to=("User",), relationship="Owner"),
        )
    },
)
USER = ObjectDescription(name="User", fields={"Name": field("Name")})
QUEUES = {
    "Unrouted_Leads": frozenset({"Lead"}),
    "Fleet_Desk": frozenset({"Lead"}),
    "Big_Fleets": frozenset({"Lead"}),
    "Cases": frozenset({"Case"}),
}
CAMPAIGN = ObjectDescription(name="Campaign", fields={"Id": field("Id"), "Name": field("Name")})
EVENT = ObjectDescription(
    name="Lead_Routed__e",
    fields={
        each.name: each
        for each in (
            field("Lead__c", length=18, nillable=False),
            field("Count__c", "double"),
            field("CreatedById", "reference", createable=False, nillable=False),
        )
    },
)
SHARE = ObjectDescription(name="LeadShare", fields={"Id": field("Id")})
ORG = OrgDescription(
    objects={
        "Lead": LEAD,
        "User": USER,
        "Lead_Routed__e": EVENT,
        "Campaign": CAMPAIGN,
        "LeadShare": SHARE,
    },
    queues=QUEUES,
    groups=frozenset({"Launch_Partners"}),
)
SITES = "rooftop: {brand: Brand__c, territory: PostalCode, territories: tables/sites.csv}"
ANA = {"id": "005000000000001AAA", "name": "Ana", "username": "ana.lopez@example.com"}
WEEK = BusinessHours.always()


def subject_of(parts, *, passes):
    """What the rules look at: a sample's parts, and around them whatever is not said."""
    said = [(part.split(":")[0], part) for part in parts]
    files = {part.split("\n")[0]: part.split("\n", 1)[1] for key, part in said if ".csv" in key}
    files |= {
        f"policies/{number}.yaml": part
        for number, (key, part) in enumerate(said)
        if key == "policy" and "ownership:" in part
    }
    if not any(name.startswith("policies/") for name in files):
        files[POLICY] = policy_of(
            said, sites="tables/sites.csv" in files, wishes="tables/wishes.csv" in files
        )
    if any(key == "tables/old.csv" for key in files):
        files[POLICY] = files[POLICY].replace("territories: tables/sites.csv", "")
    signals = {"customer_choice": "Email"} if passes else {}
    given = dict(said)
    policies = load(
        {name: text.encode() for name, text in files.items()},
        signals=signals,
        key_sources=CUSTOMERS,
    )
    directory = directory_of(given.get("directory"))
    tests, reached = tests_of(given.get("cases"), policies, directory)
    return Subject(
        policies=policies,
        tests=tests,
        description=ORG,
        directory=directory,
        today=yaml.safe_load(given["today"])["today"] if "today" in given else date(2026, 11, 23),
        postal=postal_of(given.get("postal")),
        reached=reached,
    ), files


def policy_of(said, *, sites, wishes=False):
    """A whole policy around the parts of a sample."""
    head, rules, otherwise, after = HEAD, "", "  otherwise: {queue: Unrouted_Leads}\n", ""
    for key, part in said:
        if key.startswith("- "):
            rules += textwrap.indent(part, "    ")
        elif key == "when":
            rules += f"    - name: one\n{textwrap.indent(part, '      ')}"
            rules += "      assign: {queue: Fleet_Desk}\n"
        elif key == "assign":
            rules += f"    - name: one\n{textwrap.indent(part, '      ')}"
        elif key == "rooftop":
            rules += f"    - name: one\n      assign:\n{textwrap.indent(part, '        ')}"
            rules += "        person: {by: rotation}\n"
        elif key == "define":
            head += part
        elif key == "object":
            head = head.replace("object: Lead\n", part)
        elif key == "otherwise":
            otherwise = textwrap.indent(part, "  ")
        elif key == "action":
            after += part
        elif key in ("govern", "find"):
            head += f"intake:\n{textwrap.indent(part, '  ')}"
    if wishes:
        head += "enrichment:\n  - ai: {task: lead_profile, map: tables/wishes.csv}\n"
    if not rules and sites:
        rules = f"    - name: one\n      assign: {{{SITES}, person: {{by: rotation}}}}\n"
    rules = f"  rules:\n{rules}" if rules else ""
    return f"{head}ownership:\n{rules}{otherwise}{after}"


def directory_of(text):
    said = yaml.load(text, Loader=yaml.BaseLoader)["directory"] if text else {}
    hours = {name: replace(WEEK, name=name) for name in said.get("hours", ())}
    people = [*said.get("people", ()), *([] if said.get("people") else [ANA])]
    return Directory.of(
        rooftops=[made(Rooftop, each, "brands") for each in said.get("rooftops", ())],
        people=[made(Person, each, "skills", "languages") for each in people],
        queues=[
            Queue(id=f"00G{number:015d}", name=name, label=name, objects=objects)
            for number, (name, objects) in enumerate(QUEUES.items())
        ],
        hours=hours,
    )


def made(kind, said, *sets):
    numbers = {"open_limit": int}
    return kind(
        **{
            name: frozenset(value) if name in sets else numbers.get(name, lambda x: x)(value)
            for name, value in said.items()
        }
    )


def postal_of(text):
    said = yaml.safe_load(text)["postal"] if text else {}
    return PostalIndex.of(
        (country, code, 0.0, 0.0) for country, codes in said.items() for code in codes
    )


def tests_of(text, policies, directory):
    """The cases of a sample and the rules they reach; of samples without cases nothing is known."""
    if text is None:
        return (), None
    whole = f"policy: leads\nnow: 2026-11-23T10:15:00+01:00\n{text}"
    tests = load_tests({"policies/leads_test.yaml": whole.encode()})
    report = run_tests(policies, tests, directory)
    return tests, report.reached
