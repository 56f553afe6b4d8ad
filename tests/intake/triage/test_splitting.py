"""How many requests are in a mail: lists, rows, a second matter in passing; and what only looks like one."""

import pytest

from tests.intake.triage.network import accounts, understood


def kinds(text: str) -> list[str | None]:
    return [segment.request_type for segment in understood(text).segments]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "Deux dossiers :\n\n1. La facture de mai est comptée deux fois.\n"
            "2. Le mot de passe de Lucie est refusé.",
            ["billing_invoice", "user_access"],
        ),
        (
            "Dijon - bitte die Rechnung vom Mai stornieren, sie kam doppelt.\n"
            "Dole - Frau Lenz kommt nicht mehr ins Portal.",
            ["billing_invoice", "user_access"],
        ),
        (
            "Dijon ; la factura de abril está cobrada dos veces\n"
            "Dole ; falta el retrovisor del pedido 44821, sin fecha de entrega",
            ["billing_invoice", "parts_order"],
        ),
        (
            "Ciao, due cose al volo.\n\nIl prezzo della Clio è 1.990 invece di 19.900.\n\n"
            "Poi il segnaposto sulla mappa è sbagliato.",
            ["price_error", "dealer_data_update"],
        ),
        (
            "1) Where are the brake discs on order 88120?\n"
            "2) Please reset the password of our new receptionist.",
            ["parts_order", "user_access"],
        ),
        (
            "Op de factuur van mei staat een bedrag dubbel, graag crediteren.\n"
            "En waar blijft de koplamp van order 771203? Al drie weken in nalevering.",
            ["billing_invoice", "parts_order"],
        ),
        (
            "The first: invoice 5512 was charged twice, please refund.\n\n"
            "The second: Tom can log in but his profile has lost the parts menu, no permission.",
            ["billing_invoice", "user_access"],
        ),
        (
            "Nos leads n'arrivent plus depuis lundi.\n\n"
            "Tant que j'y suis, nos horaires du samedi sont faux sur la fiche.",
            ["lead_not_received", "dealer_data_update"],
        ),
        (
            "Seit Montag kommen keine Leads mehr an.\n\n"
            "Wenn ich schon dabei bin: der Rückruf 0DK2 zum Clio, gibt es da schon Teile?",
            ["lead_not_received", "vehicle_recall"],
        ),
    ],
)
def test_each_request_of_a_mail_is_one(text, asked):
    assert kinds(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "Bitte ändern:\n- Öffnungszeiten Montag bis Freitag 8 bis 18 Uhr\n- Samstag 9 bis 13 Uhr",
        "The import failed tonight.\n\nError: connection refused\nFile: stock.csv\nRows: 112",
        "La facture 2207 est fausse.\n\nMontant : 240 €\nDate : 2 mai\nMotif : doublon",
        "Non arrivano più lead da lunedì. E non arrivano nemmeno le richieste dal sito.",
        "We need the headlamp of order 5512.\nAnd when will it be delivered?",
        "El precio del Clio está mal: 1.990 en lugar de 19.900.\n\nGracias y un saludo a todos.",
        "De leads komen niet binnen.\n\nDijon - Dole - Gray",
    ],
)
def test_what_belongs_to_one_request_is_not_cut(text):
    assert len(kinds(text)) == 1


@pytest.mark.parametrize(
    "quiet",
    [
        "Dole : RAS",
        "Dole – tout est en règle, merci.",
        "Dole - alles schick",
        "Dole: sin novedad",
        "Dole: tutto in regola",
        "Dole - nothing to report",
        "Dole: niks te melden",
    ],
)
def test_an_item_that_reports_nothing_is_no_request(quiet):
    text = f"Dijon : la facture de mai est comptée deux fois.\n{quiet}"
    assert accounts(text) == ["dijon"]


def test_commas_around_a_word_do_not_save_what_is_settled():
    text = "The invoice of Dijon is wrong, cancel it.\n\nThe bills of Dole, though, are fine."
    assert accounts(text) == ["dijon"]
