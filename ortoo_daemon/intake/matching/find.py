"""Who is this customer already? The second step of the first stage: asks for records that bear a key of the
customer's, and takes one of those that are of the same person.

What is found is only told (``$match``): what follows from it is the policy's. Why others did not count
stands in the notes, by id and never by name.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ortoo_daemon.facts import NotAsked
from ortoo_daemon.handling import Handling
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.intake.keys import email_key, phone_key
from ortoo_daemon.intake.matching.likeness import Likeness, likeness
from ortoo_daemon.intake.matching.name_keys import company_key, person_key
from ortoo_daemon.intake.matching.searching import searched_paths
from ortoo_daemon.matches import Customer, Found, How, Match, MatchQuestion, Searched
from ortoo_daemon.policy.find_model import Among, Duplicates, Prefer
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import RecordId
from ortoo_daemon.trace import NOT_ASKED

STAGE = "intake"
_DECIDED_AT = "Ortoo_Decided_At__c"
_SHOWN = 5
_CUSTOMER_CHOICE = "customer_choice"
_OWN_ROOFTOP = "Ortoo_Rooftop__c"

_SOMEBODY_ELSE = (How.HOUSEHOLD, How.COMPANY)

_Candidate = tuple[Found, Likeness]


def find_customer(handling: Handling) -> None:
    """Set ``$match``; asks first, where nobody has asked. Nothing where the policy does not look."""
    wanted = handling.policy.find
    if wanted is None:
        return
    question = handling.asked_match
    if question is None:
        customer = _customer(handling, wanted, handling.key_sources or KeySources())
        if not customer.all_keys():
            told = "match: the record says nothing by which a customer is known"
            handling.trace.notes.append(told)
            handling.scope.matched(None)
            return
        question = _question(handling, wanted, customer)
    if question not in handling.facts.answers:
        handling.asked_match = question
        handling.questions.append(question)
        return
    answer = handling.facts.answers[question]
    if isinstance(answer, NotAsked):
        name, message = wanted.fields[0] if wanted.fields else "", f"other records: {answer}"
        handling.report(name, stage=STAGE, code=NOT_ASKED, message=message, place=wanted.place)
    found = answer if isinstance(answer, tuple) else ()
    _take_one(handling, wanted, question, found)


def _customer(handling: Handling, wanted: Duplicates, sources: KeySources) -> Customer:
    """What the record says of its customer: the keys that the policy looks by, and what is compared."""
    text = handling.scope.text
    country = text(sources.country)
    emails = (email_key(text(name)) for name in sources.email if name in wanted.fields)
    phones = (phone_key(text(name), country) for name in sources.phone if name in wanted.fields)
    names = (
        (company_key if each.company else person_key)(text(each.name), text(each.postal_code))
        for each in wanted.names
    )
    return Customer(
        email=next((key for key in emails if key), ""),
        phones=tuple(dict.fromkeys(key for key in phones if key)),
        name_keys=tuple(dict.fromkeys(key for key in names if key)),
        first_name=text(sources.first_name),
        last_name=text(sources.last_name),
        company=text(sources.company),
        postal_code=text(sources.postal_code),
        number=text(sources.number) if sources.number in wanted.fields else "",
    )


def _question(handling: Handling, wanted: Duplicates, customer: Customer) -> MatchQuestion:
    """Asked since a whole minute, so that an answer stays good while the record is decided again."""
    facts = handling.facts
    minute = facts.now.replace(second=0, microsecond=0)

    def since(span: timedelta | None) -> datetime | None:
        return None if span is None else minute - span

    among = (
        Searched(each.name, since(wanted.oldest[each.name]), paths)
        for each in wanted.among
        if (paths := searched_paths(handling.customers, each.name))
    )
    return MatchQuestion(
        object=facts.record.object,
        beside=facts.record.id,
        customer=customer,
        among=tuple(among),
        until=instant(facts.record.get(_DECIDED_AT)),
    )


def _take_one(
    handling: Handling, wanted: Duplicates, question: MatchQuestion, found: tuple[Found, ...]
) -> None:
    others: list[tuple[Found, str | None]] = []
    counted: list[_Candidate] = []
    for each in found:
        alike = likeness(question.customer, each.customer)
        why_not = _why_not(handling, wanted, each, alike)
        if alike is not None and why_not is None:
            counted.append((each, alike))
        else:
            others.append((each, why_not))
    notes = handling.trace.notes
    if counted:
        best, alike = min(counted, key=_order(handling, wanted))
        match = Match(found=best, how=alike.how, sure=alike.sure, count=len(counted))
        notes.append(_told(match))
        rooftop, active = _place(handling, best), _is_active(handling, best)
        handling.scope.matched(match, rooftop=rooftop, active=active)
    else:
        notes.append("match: no other record of this customer")
        handling.scope.matched(None)
    notes += [f"match: not {each.object} {each.id}: {why}" for each, why in others[:_SHOWN]]
    if len(others) > _SHOWN:
        notes.append(f"match: and {len(others) - _SHOWN} more that do not count")


def _told(match: Match) -> str:
    found = match.found
    of = f", one of {match.count}" if match.count > 1 else ""
    return (
        f"match: {found.object} {found.id} by {match.how} ({match.sure:.2f}), owner {found.owner}, "
        f"created {instant_text(found.created_at)}{of}"
    )


def _why_not(
    handling: Handling, wanted: Duplicates, found: Found, alike: Likeness | None
) -> str | None:
    """Why a record does not count as the customer's; None: it does."""
    if alike is None:
        return "somebody else by name"
    if alike.how in _SOMEBODY_ELSE and alike.how not in wanted.also:
        return f"of the same {alike.how}, not the same person"
    if found.duplicate_of == handling.facts.record.id:
        return "it repeats this one"
    if not _in_window(handling, wanted, found):
        return f"too old: created {instant_text(found.created_at)}"
    if not _in_scope(handling, wanted.scope, found):
        return f"of another {wanted.scope}"
    return None


def _in_window(handling: Handling, wanted: Duplicates, found: Found) -> bool:
    sources = handling.key_sources
    new = fold(handling.scope.text(sources.source)) if sources else ""
    usual = next((each.within for each in wanted.among if each.name == found.object), None)
    fitting = (window.within for window in wanted.windows if window.fits(new, fold(found.source)))
    within = next(fitting, usual)
    return within is None or handling.facts.now - found.created_at <= within


def _in_scope(handling: Handling, scope: Among, found: Found) -> bool:
    """Whether the other record belongs to the site that this one names, or to its group."""
    named = _named_site(handling)
    if scope is Among.NETWORK or named is None:
        return True
    place = _place(handling, found)
    if scope is Among.ROOFTOP or place is None:
        return place == named
    rooftops = handling.facts.directory.rooftops
    here, there = rooftops.get(named), rooftops.get(place)
    same_group = here is not None and there is not None and here.group == there.group
    return place == named or (same_group and here is not None and bool(here.group))


def _named_site(handling: Handling) -> RecordId | None:
    """The rooftop that the customer chose, else the one that the record belongs to already."""
    bound = handling.signals.get(_CUSTOMER_CHOICE)
    for name in (bound, _OWN_ROOFTOP):
        text = handling.scope.text(name) if name and not name.startswith("$") else ""
        if text:
            by_name = handling.facts.directory.rooftop_named(text)
            return by_name.id if by_name is not None else None
    return None


def _place(handling: Handling, found: Found) -> RecordId | None:
    """The rooftop that the record belongs to: its own, else its owner's."""
    if found.rooftop:
        return RecordId(found.rooftop)
    person = handling.facts.directory.people.get(found.owner)
    return person.rooftop if person is not None else None


def _is_active(handling: Handling, found: Found) -> bool:
    person = handling.facts.directory.people.get(found.owner)
    return person is not None and person.active


def _order(handling: Handling, wanted: Duplicates) -> Callable[[_Candidate], tuple[object, ...]]:
    objects = [each.name for each in wanted.among]

    def ranks(candidate: _Candidate) -> Iterator[object]:
        found, alike = candidate
        at = found.created_at.timestamp()
        for wish in wanted.prefer:
            match wish:
                case Prefer.CLOSEST:
                    yield -alike.sure
                case Prefer.OBJECT:
                    yield objects.index(found.object)
                case Prefer.OWNER_ACTIVE:
                    yield not _is_active(handling, found)
                case Prefer.LATEST:
                    yield -at
                case Prefer.OLDEST:
                    yield at
        yield found.id

    return lambda candidate: tuple(ranks(candidate))
