"""Which tests are the failure matrix?

Every test that a row of the failure matrix in docs/operations.md names lives in one of these files (a test of
the documents holds them to it); beside them stand those in which something fails or dies while other parts
of the product are at work.
"""

MODULES = (
    "tests/acceptance/test_many_daemons.py",
    "tests/acceptance/test_taking_over.py",
    "tests/acceptance/test_listening.py",
    "tests/acceptance/test_outages.py",
    "tests/acceptance/test_calls.py",
    "tests/acceptance/test_refusals.py",
    "tests/acceptance/test_refused_rows.py",
    "tests/acceptance/test_crashes.py",
    "tests/acceptance/test_hostile_org.py",
    "tests/acceptance/test_people.py",
    "tests/acceptance/test_owner_fights.py",
    "tests/acceptance/test_store_away.py",
    "tests/acceptance/test_limits.py",
    "tests/acceptance/test_rates.py",
    "tests/acceptance/test_budgets.py",
    "tests/acceptance/test_life.py",
    "tests/acceptance/test_starting.py",
    "tests/acceptance/test_fuse.py",
    "tests/acceptance/test_review.py",
    "tests/acceptance/test_returning.py",
    "tests/acceptance/test_waiting.py",
    "tests/acceptance/test_handoff.py",
    "tests/acceptance/test_notices.py",
    "tests/acceptance/test_own_automation.py",
    "tests/acceptance/test_sla.py",
    "tests/acceptance/test_sla_timelines.py",
    "tests/acceptance/test_absence.py",
    "tests/acceptance/test_what_is_kept.py",
    "tests/acceptance/test_soak.py",
    "tests/daemon/handling/test_refused_calls.py",
    "tests/daemon/handling/test_seams.py",
)
