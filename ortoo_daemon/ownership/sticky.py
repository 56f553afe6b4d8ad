"""Does the record go to whoever had the last one of the same customer?

Asked before rooftops are compared, which costs most. That person must pass every gate and work at one of
the rooftops in question; where the customer chose one, at that one. A sticky record takes no turn.
"""

from collections.abc import Sequence

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.facts import NotAsked, PastOwnerQuestion
from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership.past_holders import barred
from ortoo_daemon.ownership.rooftop import Site
from ortoo_daemon.ownership.targets import give
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.person import Person
from ortoo_daemon.policy.ownership_model import Assignment, Sticky
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.trace import NOT_ASKED


def sticky_person(handling: Handling, assign: Assignment) -> Person | None:
    """To whom an earlier record of the same customer went; None when to nobody, or it must be asked first."""
    if assign.person is None or assign.person.sticky is None:
        return None
    return _owner_before(handling, assign.person.sticky)


def keep_sticky(
    handling: Handling, assign: Assignment, sites: Sequence[Site | None], person: Person | None
) -> bool:
    """Give the record to whom an earlier one of the same customer went, if that person is eligible."""
    if assign.person is None or assign.person.sticky is None or not sites:
        return False
    if person is None:
        _report_not_asked(handling, assign.person.sticky)
        return False
    allowed = _allowed(sites)
    if None not in allowed and person.rooftop not in allowed:
        handling.trace.notes.append(f"{person.name} had it before; works at none of these rooftops")
        return False
    rooftop = allowed.get(person.rooftop)
    past = barred(handling, handling.trail)
    team = eligible_team(handling, assign.team, rooftop, only=person, barred=past)
    if not team.people:
        handling.trace.notes.append(f"{person.name} had it before; is not eligible now")
        return False
    handling.reason = ReasonCode.STICKY
    give(handling, Reservation(person=person.id), person, rooftop)
    return True


def _allowed(sites: Sequence[Site | None]) -> dict[str | None, Rooftop | None]:
    """Rooftops a sticky owner may work at: a customer who chose one wants no other."""
    chosen = [site for site in sites if site is not None and site.chosen_by_customer]
    wanted = chosen or sites
    return {site.rooftop.id if site else None: site.rooftop if site else None for site in wanted}


def _owner_before(handling: Handling, sticky: Sticky) -> Person | None:
    """Who had the last record of the same customer; None when nobody did, or it must be asked first.

    Asked since a whole minute, so that an answer stays good while the record is decided again.
    """
    value = handling.scope.text(sticky.on)
    if not value:
        return None
    since = (handling.facts.now - sticky.within).replace(second=0, microsecond=0)
    question = PastOwnerQuestion(
        object=handling.facts.record.object,
        field=sticky.on,
        value=value,
        since=since,
        beside=handling.facts.record.id,
    )
    answers = handling.facts.answers
    if question not in answers:
        handling.questions.append(question)
        return None
    return handling.facts.directory.people.get(RecordId(str(answers[question])))


def _report_not_asked(handling: Handling, sticky: Sticky) -> None:
    """Tell that the customer's former owner is not known because nobody asked."""
    unasked = (answer for answer in handling.facts.answers.values() if isinstance(answer, NotAsked))
    if (why := next(unasked, None)) is not None:
        message = f"who had the customer before: {why}"
        handling.report(
            sticky.on, stage="ownership", code=NOT_ASKED, message=message, place=sticky.place
        )
