"""Claims about signs of absence that policies name and nobody looks at."""

from ortoo_daemon.daemon.loading.roster_checks import unread_signs
from ortoo_daemon.person import Sign
from ortoo_daemon.policy.absence_model import Absence, Move
from ortoo_daemon.salesforce.directory_mapping import (
    AbsenceMapping,
    DirectoryMapping,
    PersonMapping,
)
from tests.world import PLACE, policies, policy

READ = DirectoryMapping(
    people=PersonMapping(away=("Away__c", "Until__c")), absences=AbsenceMapping(calendar=True)
)


def told(mapping: DirectoryMapping, *signs: Sign) -> list[str]:
    named = {"signs": frozenset(signs)} if signs else {}
    asked = policy(absence=Absence(move=Move.ALL, place=PLACE, **named))
    return [each.message for each in unread_signs(policies(asked), mapping)]


def test_a_sign_that_is_not_read_is_told():
    (message,) = told(READ, Sign.FIELDS, Sign.CALENDAR, Sign.SHIFTS)
    assert "'signs' names shifts" in message
    assert len(told(DirectoryMapping(), Sign.FIELDS, Sign.CALENDAR)) == 2


def test_the_usual_signs_need_not_all_be_read():
    assert told(DirectoryMapping()) == []
