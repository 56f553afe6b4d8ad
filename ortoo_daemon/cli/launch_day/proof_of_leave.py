"""Did absences go as the policy says? What nobody had touched moved, within limits, and came back so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from ortoo_daemon.cli.launch_day.evidence import Evidence, Row
from ortoo_daemon.cli.launch_day.tally import Gone, Tally
from ortoo_daemon.cli.launch_day.verdict import Check, each_of
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, RecordId
from ortoo_daemon.scope import RecordScope

_NAME = "who went away: what they had not touched went to colleagues within limits, and came back"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRule:
    """What the policy for leads lets go and come back. ``open_limit``: most open leads of one person, but for
    those for which ``unless`` holds; ``give_back``: most that come back to one person."""

    open_limit: int | None
    unless: Condition | None
    give_back: int

    @property
    def fields(self) -> frozenset[str]:
        """Of leads, beside those that every check reads."""
        names = self.unless.fields() if self.unless else frozenset()
        return frozenset(name for name in names if "$" not in name)


def leave_rule(policies: PolicySet) -> LeaveRule | None:
    """Of the first policy for leads that moves what absent people hold; None where none does."""
    for policy in policies.policies:
        if policy.object == "Lead" and policy.absence is not None:
            back = policy.absence.give_back
            return LeaveRule(
                open_limit=policy.limits.open_per_person,
                unless=policy.limits.unless,
                give_back=back.at_most if back else 0,
            )
    return None


def away_and_back(evidence: Evidence, tally: Tally, rule: LeaveRule | None) -> Check:
    """By the org's decision records, its people's limits and its rows."""
    if rule is None:
        return Check(name=_NAME, holds=True, detail="no policy moves what absent people hold")
    if not tally.gone:
        return Check(name=_NAME, holds=False, detail="nobody who could go away held a lead")
    looking = _Looking(evidence=evidence, tally=tally, rule=rule)
    broken = {record for person in tally.gone for record in looking.broken_of(person)}
    moves = [move for person in tally.gone for move in looking.moves_from(person)]
    found = each_of(_NAME, broken | looking.given_to_absent(), len(moves))
    if not found.holds:
        return found
    back = sum(len(looking.returns_to(person)) for person in tally.gone)
    to = len({move["Owner_After__c"] for move in moves})
    told = f"{len(tally.gone)} advisers away: {len(moves)} leads moved to {to} colleagues"
    return Check(
        name=_NAME, holds=bool(moves), detail=f"{told}, none past a limit, {back} given back"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """One look at what the absences of the day came to."""

    evidence: Evidence
    tally: Tally
    rule: LeaveRule

    def moves_from(self, person: str) -> list[Row]:
        return [row for row in self._of(ReasonCode.OWNER_AWAY) if row["Owner_Before__c"] == person]

    def returns_to(self, person: str) -> list[Row]:
        return [row for row in self._of(ReasonCode.OWNER_BACK) if row["Owner_After__c"] == person]

    def broken_of(self, person: str) -> Iterator[str]:
        """Leads of somebody who went away that did not go where they should, and come back."""
        gone = self.tally.gone[person]
        moved = [str(row["Record_Id__c"]) for row in self.moves_from(person)]
        yield from gone.held.difference(moved)
        yield from (each for each in set(moved) if moved.count(each) > 1)
        for move in self.moves_from(person):
            if not self._rightly_moved(move):
                yield str(move["Record_Id__c"])
        yield from self._wrongly_back(person, gone, moved)

    def given_to_absent(self) -> set[str]:
        """Leads that somebody was given of whose absence the daemon knew."""
        return {
            record
            for record in self.evidence.rows
            for row in self.evidence.decided(record)
            if (gone := self.tally.gone.get(str(row["Owner_After__c"])))
            and row["Owner_After__c"] != row["Owner_Before__c"]
            and gone.known_at < _at(row) < int(gone.until)
        }

    def _rightly_moved(self, move: Row) -> bool:
        """To somebody who is there and has room, of the customer's choice if that site had it; untouched."""
        record, to = str(move["Record_Id__c"]), str(move["Owner_After__c"])
        answered_at = self.tally.answered.get(record)
        return (
            to not in self.tally.gone
            and self._at_the_chosen_site(move)
            and (answered_at is None or answered_at >= int(_at(move)))
            and self._has_room(to, move)
        )

    def _at_the_chosen_site(self, move: Row) -> bool:
        before, after = (
            self.evidence.people.get(str(move[name]), {}).get("Ortoo_Rooftop__c")
            for name in ("Owner_Before__c", "Owner_After__c")
        )
        chosen = self.evidence.rows[str(move["Record_Id__c"])].get("Preferred_Dealer__c")
        return before == after or chosen != before

    def _has_room(self, person: str, move: Row) -> bool:
        """Whether what they held with this lead was within the policy's limit and their own."""
        record = str(move["Record_Id__c"])
        own = self.evidence.people[person].get("Ortoo_Open_Limit__c")
        limits = [each for each in (self.rule.open_limit, own) if each is not None]
        if not limits or self._unlimited(record):
            return True
        held = sum(self._held_by(person, each, _at(move)) for each in self.evidence.rows)
        return held <= min(limits)

    def _unlimited(self, record: str) -> bool:
        if self.rule.unless is None:
            return False
        fields = dict(self.evidence.rows[record])
        lead = Record(object="Lead", id=RecordId(record), fields=fields)
        at = instant(fields["Ortoo_Decided_At__c"])
        return at is not None and self.rule.unless.holds(RecordScope(lead, now=at, zone="UTC"))

    def _held_by(self, person: str, record: str, at: float) -> bool:
        """Whether a record was theirs then, answered or not."""
        given = [
            row for row in self.evidence.decided(record) if row["Owner_After__c"] and _at(row) <= at
        ]
        return bool(given) and given[-1]["Owner_After__c"] == person

    def _wrongly_back(self, person: str, gone: Gone, moved: Sequence[str]) -> Iterator[str]:
        """What came back though somebody had touched it, and what should have come and did not."""
        back = [str(row["Record_Id__c"]) for row in self.returns_to(person)]
        untouched = {record for record in moved if not self._touched(record, gone)}
        yield from set(back) - untouched
        yield from (each for each in set(back) if back.count(each) > 1)
        if len(back) != min(len(untouched), self.rule.give_back):
            yield from untouched.union(back)

    def _touched(self, record: str, gone: Gone) -> bool:
        """Whether it was answered while its owner was away, or a clock took a step before it went back."""
        answered_at = self.tally.answered.get(record)
        if answered_at is not None and answered_at < gone.until:
            return True
        absences = self.evidence.absences[record]
        after_move = dropwhile(lambda row: row not in absences, self.evidence.decided(record))
        until_return = takewhile(
            lambda row: row["Reason_Code__c"] != ReasonCode.OWNER_BACK, after_move
        )
        return any(row not in absences and _at(row) < self.tally.back_by for row in until_return)

    def _of(self, reason: ReasonCode) -> list[Row]:
        return [
            row
            for rows in self.evidence.absences.values()
            for row in rows
            if row["Reason_Code__c"] == reason
        ]


def _at(row: Row) -> float:
    at = instant(row["Decided_At__c"])
    return at.timestamp() if at else 0.0
