"""The matcher against pairs of which it is known whether one person wrote both."""

from ortoo_daemon.intake.keys import email_key, phone_key
from ortoo_daemon.intake.matching.likeness import likeness
from ortoo_daemon.intake.matching.name_keys import person_key
from ortoo_daemon.matches import Customer, How
from tests.intake.matching.pairs import Enquiry, Pair, by_kind, labelled_pairs

OTHER_PEOPLE = (How.HOUSEHOLD, How.COMPANY)


def customer(enquiry: Enquiry) -> Customer:
    phone = phone_key(enquiry.phone)
    name = person_key(enquiry.last, enquiry.postal_code)
    return Customer(
        email=email_key(enquiry.email) or "",
        phones=(phone,) if phone else (),
        name_keys=(name,) if name else (),
        first_name=enquiry.first,
        last_name=enquiry.last,
        company=enquiry.company,
        postal_code=enquiry.postal_code,
    )


def found(pair: Pair) -> bool:
    """As in the daemon: they must share a key to be compared at all."""
    one, other = customer(pair.one), customer(pair.other)
    if set(one.all_keys()).isdisjoint(other.all_keys()):
        return False
    judged = likeness(one, other)
    return judged is not None and judged.how not in OTHER_PEOPLE


def figures(pairs: list[Pair]) -> tuple[float, float]:
    """Precision and recall."""
    right = sum(pair.same and found(pair) for pair in pairs)
    told = sum(found(pair) for pair in pairs)
    return right / told, right / sum(pair.same for pair in pairs)


def test_of_labelled_pairs_nearly_all_are_told_right_and_hardly_one_wrongly() -> None:
    for seed in (1, 2, 3):
        precision, recall = figures(labelled_pairs(2_400, seed=seed))
        assert precision >= 0.97, (seed, precision)
        assert recall >= 0.93, (seed, recall)


if __name__ == "__main__":
    everything = labelled_pairs(10_000, seed=99)
    print(figures(everything))
    for kind, pairs in sorted(by_kind(everything), key=lambda k: k[1][0].same):
        rate = sum(map(found, pairs)) / len(pairs)
        print(f"{pairs[0].same!s:6}{rate:6.2f} {len(pairs):5} {kind}")
