"""Every rooftop of the example directory, its name, code and number written as people write them."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from ortoo_daemon.daemon.asking.triaging import taxonomy_of, triager_with
from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.dealers import Dealer
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import ROOT
from tests.scoring import DATA

FRAMES = {
    "FR": "Bonjour, la facture de {} a été prélevée deux fois, merci d'établir un avoir.",
    "DE": "Guten Tag, die Rechnung von {} wurde zweimal abgebucht, bitte um Gutschrift.",
    "ES": "Buenos días, la factura de {} se ha cobrado dos veces, rogamos abono.",
    "IT": "Buongiorno, la fattura di {} è stata addebitata due volte, chiediamo nota di credito.",
    "GB": "Hello, the invoice for {} was charged twice, please issue a credit note.",
    "US": "Hello, the invoice for {} was charged twice, please issue a credit note.",
    "NL": "Hallo, de factuur van {} is twee keer afgeschreven, graag een creditnota.",
}


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def _umlauts(text: str) -> str:
    for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, spelled)
    return text


VARIATIONS: dict[str, Callable[[Dealer], str]] = {
    "as it is": lambda dealer: dealer.name,
    "in capitals": lambda dealer: dealer.name.upper(),
    "in small letters": lambda dealer: dealer.name.lower(),
    "without accents": lambda dealer: _bare(dealer.name),
    "umlauts spelled out": lambda dealer: _umlauts(dealer.name),
    "without hyphens": lambda dealer: re.sub(r"\s*[-–]\s*", " ", dealer.name),
    "with a legal form": lambda dealer: f"{dealer.name} GmbH",
    "parts swapped": lambda dealer: " ".join(reversed(dealer.name.split(" – "))),
    "in brackets": lambda dealer: f"({dealer.name})",
    "with its town": lambda dealer: f"{dealer.name}, {dealer.city}",
    "its code": lambda dealer: f"code {dealer.code}",
    "its code in small letters": lambda dealer: f"code {dealer.code.lower()}",
    "its code in pieces": lambda dealer: (
        f"code {re.sub(r'(?<=[A-Z])-?(?=[0-9])', ' ', dealer.code, count=1)}"
    ),
    "its number": lambda dealer: f"tel. {re.sub(r'[^0-9]', '', dealer.phone)}",
}


@cache
def _triager() -> Triager:
    words = ROOT / "config" / "taxonomy.yaml"
    return triager_with(DATA / "directory.json", taxonomy_of(words, words=words))


def _told_apart() -> Iterator[Dealer]:
    """The rooftops whose names nobody else bears, with or without what companies are in law."""
    dealers = _triager().index.dealers.values()
    for dealer in dealers:
        if dealer.group and sum(other.name == dealer.name for other in dealers) == 1:
            yield dealer


@pytest.mark.parametrize("variation", VARIATIONS)
@pytest.mark.parametrize("stranger", [True, False])
def test_a_rooftop_is_known_however_its_name_is_written(variation, stranger):
    right = asked = 0
    wrong = []
    for dealer in _told_apart():
        said = VARIATIONS[variation](dealer)
        sender = "one@freemail.example" if stranger else f"info@{dealer.domains[0]}"
        text = FRAMES[dealer.country].format(said)
        found = _triager().understand(Mail(from_address=sender, text_body=text)).triage
        given = {one.account_id for one in found.segments if one.account_id}
        asked += 1
        right += given == {dealer.account_id}
        wrong += [said] if given - {dealer.account_id} else []
    assert wrong == []
    assert right >= 0.97 * asked
