"""The matcher against pairs of which it is known whether one person wrote both."""

import pytest

from ortoo_daemon.intake.keys import email_key, phone_key
from ortoo_daemon.intake.matching.likeness import likeness
from ortoo_daemon.intake.matching.name_keys import company_key, person_key
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


@pytest.mark.parametrize(
    "nobody",
    ["[not provided]", "Unknown", "n/a", "N.A.", "xxx", "-", "Inconnu", "(unbekannt)", "Anónimo"],
)
def test_two_who_said_no_name_are_not_one_person_for_that(nobody: str) -> None:
    assert likeness(*two_at_one_place(first=nobody, last=nobody)) is None
    assert likeness(*two_at_one_place(first="Anne", last=nobody)) is None
    assert person_key(nobody, "69003") is None


def test_two_who_said_one_name_at_one_place_are_one_person() -> None:
    judged = likeness(*two_at_one_place(first="Anne", last="Nara"))
    assert judged is not None
    assert judged.how is How.NAME


@pytest.mark.parametrize(
    "none",
    [
        "private",
        "Privat",
        "PARTICULIER",
        "n/a",
        "[not provided]",
        "none",
        "self-employed",
        ".",
        "XX",
    ],
)
def test_two_who_said_that_they_have_no_company_are_no_colleagues(none: str) -> None:
    one = Customer("", ("+33472000000",), (), "Anne", "Dubois", none, "69003", "")
    other = Customer("", ("+33472000000",), (), "Karl", "Weber", none, "69003", "")
    assert likeness(one, other) is None
    assert company_key(none, "69003") is None


def test_two_of_one_company_that_share_a_number_are_colleagues() -> None:
    one = Customer("", ("+33472000000",), (), "Anne", "Dubois", "Privatier SARL", "69003", "")
    other = Customer("", ("+33472000000",), (), "Karl", "Weber", "privatier", "69003", "")
    judged = likeness(one, other)
    assert judged is not None
    assert judged.how is How.COMPANY


@pytest.mark.parametrize("title", ["Herr", "Mr & Mrs", "Mme", "Fam.", "Prof. Dr."])
def test_how_two_are_addressed_makes_them_no_one_person(title: str) -> None:
    assert likeness(*two_at_one_place(first=title, last="Schmidt")) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", "Anne Martin"),
        ("", "MARTIN, Anne"),
        ("Anne Martin", "Anne Martin"),
        ("Anne Martin", ""),
        ("Anne Martin", "[not provided]"),
        ("Anne Martin", "Martin"),
        ("Mme Anne", "Martin"),
    ],
)
def test_a_whole_name_in_one_field_is_that_persons_and_not_her_familys(
    first: str, last: str
) -> None:
    def how(known_first: str) -> How:
        known = Customer("m@mail.example", (), (), known_first, "Martin", "", "69003", "")
        judged = likeness(Customer("m@mail.example", (), (), first, last, "", "69003", ""), known)
        assert judged is not None
        return judged.how

    assert (how("Anne"), how("Paul")) == (How.EMAIL, How.HOUSEHOLD)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anne", "[not provided]"), ("Paul", "Martin")),
        (("", "Dubois"), ("Paul", "Martin")),
        (("Anne", ""), ("Paul", "")),
    ],
)
def test_a_shared_number_makes_no_one_person_of_names_that_differ_as_far_as_they_are_given(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    def named(first: str, last: str) -> Customer:
        return Customer("", ("+33472000000",), (), first, last, "", "", "")

    assert likeness(named(*one), named(*other)) is None


def test_a_couple_is_whoever_of_them_wrote_before() -> None:
    couple = Customer("m@mail.example", (), (), "M. et Mme", "Martin", "", "69003", "")
    anne = Customer("m@mail.example", (), (), "Anne", "Martin", "", "69003", "")
    judged = likeness(couple, anne)
    assert judged is not None
    assert judged.how is How.EMAIL


def two_at_one_place(*, first: str, last: str) -> tuple[Customer, Customer]:
    """One who left an address, and one who left a number."""
    return (
        Customer("anne@mail.example", (), (), first, last, "", "69003", ""),
        Customer("", ("+33472000000",), (), first, last, "", "69003", ""),
    )


if __name__ == "__main__":
    everything = labelled_pairs(10_000, seed=99)
    print(figures(everything))
    for kind, pairs in sorted(by_kind(everything), key=lambda k: k[1][0].same):
        rate = sum(map(found, pairs)) / len(pairs)
        print(f"{pairs[0].same!s:6}{rate:6.2f} {len(pairs):5} {kind}")
