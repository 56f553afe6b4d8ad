"""What does a case answer who asks for other records of its customer? What it gives, nothing else. Pure."""

from collections.abc import Callable

from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Answer, Question
from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.matching.name_keys import company_key
from ortoo_daemon.matches import Customer, Found, How, MatchQuestion
from ortoo_daemon.policy.cases import GivenMatch, PolicyCase
from ortoo_daemon.records import Record, RecordId, record_id
from ortoo_daemon.repeats import KnownQuestion

_KEY_PREFIX = {
    "Lead": "00Q",
    "Case": "500",
    "Contact": "003",
    "Account": "001",
    "Opportunity": "006",
}
_NOBODY = RecordId("005000000000000AAA")
_OTHER_FIRST_NAME, _OTHER_LAST_NAME = "Somebody Else", "Of The Same House"


def given_matches(
    case: PolicyCase, directory: Directory
) -> tuple[Callable[[Question], Answer], tuple[str, ...]]:
    """The answer to each question, and a complaint for each owner or rooftop that is not known."""
    unknown = tuple(complaint for match in case.match for complaint in _unknown(match, directory))

    def answer(question: Question) -> Answer:
        if isinstance(question, KnownQuestion):
            return _known(case, question, directory)
        if not isinstance(question, MatchQuestion):
            return None
        records = (
            _record(case, number, question.customer, directory)
            for number, _ in enumerate(case.match)
        )
        return tuple(each for each in records if question.may_hold(each))

    return answer, unknown


def _record(case: PolicyCase, number: int, customer: Customer, directory: Directory) -> Found:
    match = case.match[number]
    rooftop = directory.rooftop_named(match.rooftop) if match.rooftop else None
    return Found(
        object=match.object,
        id=_id_of(match, number),
        owner=_owner(match, directory) or _NOBODY,
        created_at=case.now - match.age,
        customer=_as_known(customer, match.how),
        rooftop=rooftop.id if rooftop else "",
        source=match.source,
        brand=match.brand,
    )


def _known(case: PolicyCase, question: KnownQuestion, directory: Directory) -> Record | None:
    """What the case says that such a record holds."""
    for number, match in enumerate(case.match):
        if question.id == _id_of(match, number):
            fields = {
                "LastModifiedDate": instant_text(case.now - match.age),
                "OwnerId": _owner(match, directory) or _NOBODY,
                **match.fields,
            }
            asked = {name: fields.get(name) for name in question.fields}
            return Record(object=question.object, id=question.id, fields=asked)
    return None


def _id_of(match: GivenMatch, number: int) -> RecordId:
    prefix = _KEY_PREFIX.get(match.object, "a01")
    return record_id(f"{prefix}{number + 1:012d}")


def _as_known(customer: Customer, how: How) -> Customer:
    """As much of the customer as makes the record found this way and no other."""
    named = customer._replace(email="", phones=(), number="")
    match how:
        case How.EMAIL_AND_PHONE:
            return customer._replace(name_keys=(), number="")
        case How.NUMBER:
            return Customer(number=customer.number)
        case How.PHONE:
            return named._replace(phones=customer.phones, name_keys=())
        case How.NAME:
            return named
        case How.HOUSEHOLD:
            return customer._replace(first_name=_OTHER_FIRST_NAME, number="")
        case How.COMPANY:
            return _colleague(customer)
        case _:
            return named._replace(email=customer.email, name_keys=())


def _colleague(customer: Customer) -> Customer:
    """Somebody else of the company: found by its name and place where the policy looks by these, else by an
    address or a number that they share. Nobody where the record names no company."""
    if not customer.company:
        return Customer()
    other = customer._replace(first_name=_OTHER_FIRST_NAME, last_name=_OTHER_LAST_NAME, number="")
    key = company_key(customer.company, customer.postal_code)
    if key and key in customer.name_keys:
        return other._replace(email="", phones=(), name_keys=(key,))
    return other._replace(name_keys=())


def _owner(match: GivenMatch, directory: Directory) -> RecordId | None:
    if match.owner is None:
        return None
    person = directory.people_by_username.get(match.owner.casefold())
    queue = directory.queues.get(match.owner)
    return person.id if person else queue.id if queue else None


def _unknown(match: GivenMatch, directory: Directory) -> tuple[str, ...]:
    found = []
    if match.owner is not None and _owner(match, directory) is None:
        found.append(f"{match.place}: nobody on the roster is {match.owner}, and no queue")
    if match.rooftop is not None and directory.rooftop_named(match.rooftop) is None:
        found.append(f"{match.place}: no rooftop is called {match.rooftop}")
    return tuple(found)
