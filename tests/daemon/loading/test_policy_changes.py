"""How the difference between two sets of files is told to people who know them by their short names."""

from __future__ import annotations

from ortoo_daemon.daemon.loading.policy_changes import changed_files, policies_changed
from ortoo_daemon.daemon.loading.policy_files import files_of
from tests.world import policies, policy, rule

DIRECTORY = ("/etc/ortoo/directory.yaml", b"people: {}\n")
BEFORE = files_of(
    {
        "/etc/ortoo/policies/leads.yaml": b"policy: leads\n",
        "/etc/ortoo/policies/cases.yaml": b"policy: cases\n",
    },
    DIRECTORY,
)


def test_files_are_told_as_added_edited_or_removed():
    after = files_of(
        {
            "/etc/ortoo/policies/leads.yaml": b"policy: leads # other\n",
            "/etc/ortoo/tables/brands.csv": b"brand\n",
        },
        (DIRECTORY[0], b"people: {from: User}\n"),
    )
    assert changed_files(BEFORE, after) == (
        "directory.yaml edited",
        "policies/cases.yaml removed",
        "policies/leads.yaml edited",
        "tables/brands.csv added",
    )
    assert changed_files(BEFORE, BEFORE) == ()


def test_a_folder_that_stands_elsewhere_has_the_same_files():
    moved = files_of(
        {name.replace("/etc/ortoo", "/srv"): data for name, data in BEFORE.contents.items()},
        ("/srv/directory.yaml", DIRECTORY[1]),
    )
    assert changed_files(BEFORE, moved) == ()


def test_settings_may_name_one_place_from_the_root_and_another_from_where_they_stand():
    mixed = files_of(BEFORE.contents, ("config/directory.yaml", DIRECTORY[1]))
    assert len(changed_files(BEFORE, mixed)) == len(BEFORE.contents) * 2 + 2
    assert changed_files(mixed, mixed) == ()


def test_what_can_not_be_read_has_no_names():
    assert changed_files(BEFORE, files_of({}, None)) == (
        "directory.yaml removed",
        "policies/cases.yaml removed",
        "policies/leads.yaml removed",
    )


def test_policies_are_told_as_added_edited_or_removed():
    leads, cases, fleet = (policy(name=name) for name in ("leads", "cases", "fleet"))
    edited = policy(rule("all"), name="leads")
    told = policies_changed(policies(leads, cases), policies(edited, fleet))
    assert told == ("cases removed", "fleet added", "leads edited")
    assert policies_changed(policies(leads, cases), policies(cases, leads)) == ()
