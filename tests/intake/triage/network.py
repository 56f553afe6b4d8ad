"""A little network of dealers, the shipped taxonomy, and mails to them, for the tests of triage."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.dealers import Dealer, DealerContact
from ortoo_daemon.intake.triage.model import Segment, Triage
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.triager import Triager

ROOT = Path(__file__).parents[3]
GROUP = "Groupe Valmont Auto"


def dealer(id: str, name: str, city: str, *brands: str, **more: object) -> Dealer:
    values: dict[str, object] = {
        "group": GROUP,
        "domains": ("valmont-auto.example",),
        "contacts": (),
    } | more
    return Dealer(account_id=id, name=name, city=city, brands=brands, **values)  # type: ignore[arg-type]


def contact(name: str, phone: str = "") -> DealerContact:
    address = name.casefold().replace(" ", ".") + "@valmont-auto.example"
    return DealerContact(name=name, email=address, phone=phone)


DEALERS = (
    dealer(
        "dijon",
        "Valmont Dijon",
        "Dijon",
        "Renault",
        "Dacia",
        code="VAL-100",
        street="14 rue des Ormes",
        phone="03 99 00 10 10",
        contacts=(contact("Paule Aubry"),),
    ),
    dealer("dole", "Valmont Dole", "Dole", "Renault", code="21000", phone="03 99 00 20 20"),
    dealer("nord", "Peugeot Valmont Nord", "Chaumont", "Peugeot", contacts=(contact("Ida Roche"),)),
    dealer("sud", "Opel Valmont Sud", "Chaumont", "Opel", street="9 rue des Tanneurs"),
    dealer(
        "gray",
        "Valmont Gray",
        "Gray",
        "Renault",
        former_names=("Garage Perrenot",),
        closed=True,
    ),
    dealer(
        "lone-a",
        "Garage Masson",
        "Autun",
        "Ford",
        group="",
        domains=("masson-autun.example",),
        phone="03 99 00 77 01",
    ),
    dealer("lone-b", "Garage Masson", "Nevers", "Fiat", group="", domains=("masson58.example",)),
)


@cache
def taxonomy() -> Taxonomy:
    path = ROOT / "config" / "taxonomy.yaml"
    return load_taxonomy(path.name, path.read_bytes())


@cache
def triager() -> Triager:
    return Triager.of(DEALERS, taxonomy())


MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def understood(
    text: str, *, sender: str = "paule.aubry@valmont-auto.example", subject: str = ""
) -> Triage:
    """What the shipped taxonomy makes of a mail to this network that came on Monday, 2 March 2026."""
    mail = Mail(subject=subject, from_address=sender, text_body=text, received_at=MONDAY)
    return triager().understand(mail).triage


def one(text: str, **more: str) -> Segment:
    """The only segment of the mail."""
    (segment,) = understood(text, **more).segments
    return segment


def accounts(text: str, **more: str) -> list[str | None]:
    return [segment.account_id for segment in understood(text, **more).segments]
