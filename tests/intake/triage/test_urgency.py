"""Urgency is what a request costs: who waits, what is near, what stands still; in six languages."""

import pytest

from tests.intake.triage.network import one

WAITS = [
    ("La cliente attend sa voiture, la pièce manque.", "parts_order"),
    ("Le rétroviseur n'est pas dans le colis, un couple patiente dans notre salon.", "parts_order"),
    ("Falscher Kühler geliefert, der Kunde kommt mit dem Bus zur Arbeit.", "parts_order"),
    ("El portal no me deja entrar y tengo a un matrimonio sentado enfrente.", "user_access"),
    ("Manca il filtro dell'ordine 7781, la signora è qui in piedi al banco.", "parts_order"),
    ("Portal's thrown me out and I've a young couple across the desk.", "user_access"),
    ("De remblokken ontbreken en meneer zit met zijn kinderen in onze wachtruimte.", "parts_order"),
    ("Garantie refusée, l'artisan loue une camionnette en attendant.", "warranty_claim"),
    ("Kommen nicht ins Portal, dabei sitzt ein Ehepaar im Büro.", "user_access"),
    ("La garanzia del cambio è in sospeso e il cliente si muove in taxi.", "warranty_claim"),
    ("Il me faut le turbo du Master pour mercredi.", "parts_order"),
    ("The Clio's advert is still pending and it has a deposit on it.", "listing_not_published"),
    ("De advertentie staat op concept en een koper wil tekenen.", "listing_not_published"),
    ("Le filtre manque, le boulanger roule en location à ses frais.", "parts_order"),
    ("Der Kühler fehlt, der Bauunternehmer ist ohne Transporter.", "parts_order"),
    ("El alternador no llega y el repartidor va con la furgoneta de su cuñado.", "parts_order"),
    ("Manca il semiasse e il muratore è senza furgone.", "parts_order"),
    (
        "The wing mirror of order 4471 is missing and the electrician is without his van.",
        "parts_order",
    ),
    ("De remklauw ontbreekt en de koerier zit zonder bus.", "parts_order"),
    ("Il turbo non arriva, il cliente mi telefona ogni mattina.", "parts_order"),
    ("Der Spiegel aus Bestellung 4411 fehlt noch, der Mann ruft jeden Morgen an.", "parts_order"),
    ("The mirror hasn't come and the owner is back for her car tomorrow.", "parts_order"),
    ("Het spiegelglas is er niet en de klant komt terug voor zijn auto.", "parts_order"),
    (
        "Prijs van de Clio klopt niet, 2.490 in plaats van 24.900, er zit hier een student.",
        "price_error",
    ),
    ("Clio-Preis falsch, 2.490 statt 24.900, gerade sitzt jemand am Tisch.", "price_error"),
    ("L'annonce du Captur est bloquée et la dame veut réserver.", "listing_not_published"),
    ("El anuncio del Captur no sale y la pareja lo quiere reservar.", "listing_not_published"),
    ("Prezzo sbagliato, 1.990 invece di 19.990, e il cliente insiste.", "price_error"),
]
STANDS_STILL = [
    ("Depuis samedi notre boîte reste vide, plus la moindre demande client.", "lead_not_received"),
    ("Seit Freitag ist keine einzige Kundenanfrage eingegangen.", "lead_not_received"),
    ("Desde el viernes no ha entrado ni una petición de cliente.", "lead_not_received"),
    ("Da venerdì il contatore dei contatti è fermo a zero.", "lead_not_received"),
    ("We've had no leads whatsoever since Friday.", "lead_not_received"),
    ("Al sinds vrijdag komt er geen enkele aanvraag meer binnen.", "lead_not_received"),
    ("Kundenanfragen können nicht mehr zugestellt werden, Postfach voll.", "lead_not_received"),
    ("Nach dem Import sind sämtliche Fahrzeuge aus der Börse verschwunden.", "stock_feed_error"),
    ("Stamattina nessuno di noi riesce a collegarsi al portale.", "user_access"),
    ("La boîte à leads est vide depuis mardi.", "lead_not_received"),
    (
        "Da lunedì dal sito non ci è arrivato un solo contatto, nemmeno un lead.",
        "lead_not_received",
    ),
    ("After the import every one of our cars is missing from the site.", "stock_feed_error"),
    ("The feed came as an empty file and took all their cars off the site.", "stock_feed_error"),
    ("Plus personne chez nous ne peut se connecter au portail.", "user_access"),
]
DANGER = [
    ("Opération 0CTR sur le Captur : la note dit d'immobiliser le véhicule.", "vehicle_recall"),
    ("Rückruf: laut Schreiben darf die Zoe nur im Freien stehen.", "vehicle_recall"),
    ("La llamada a revisión dice que no se enchufe el Zoe.", "vehicle_recall"),
    ("Richiamo batteria Zoe: la lettera vieta di metterla in carica.", "vehicle_recall"),
    ("Campagne de rappel : ne pas utiliser le véhicule.", "vehicle_recall"),
    ("Captur owners must not park in a garage until the recall is done.", "vehicle_recall"),
    ("Volgens de terugroepactie mag de Zoe niet aan de lader.", "vehicle_recall"),
]
NORMAL = [
    ("Guten Morgen, in der Lieferung von gestern fehlte ein Ölfilter. DRINGEND!!!", "parts_order"),
    ("Depuis lundi l'annonce du Captur n'apparaît plus. URGENT", "listing_not_published"),
    ("Morgen allemaal, de openingstijden van Dole kloppen niet.", "dealer_data_update"),
    ("Lieferung von heute: der Ölfilter fehlt.", "parts_order"),
    ("Der Clio steht seit drei Tagen auf „in Prüfung“.", "listing_not_published"),
    ("La pratica di garanzia è ferma da un mese.", "warranty_claim"),
    ("Tous nos véhicules apparaissent en double depuis l'import.", "stock_feed_error"),
    ("Je récupère ses clients, merci de me créer un accès au portail.", "user_access"),
    ("The invoice came at 5pm yesterday, the amount is wrong.", "billing_invoice"),
    ("The customer is waiting for the refund of invoice 881.", "billing_invoice"),
]


@pytest.mark.parametrize(("text", "kind"), WAITS)
def test_a_customer_who_waits_or_may_be_lost_makes_it_high(text, kind):
    segment = one(text)
    assert (segment.request_type, segment.urgency) == (kind, "high")


@pytest.mark.parametrize(("text", "kind"), STANDS_STILL)
def test_a_whole_site_without_leads_cars_or_access_is_critical(text, kind):
    segment = one(text)
    assert (segment.request_type, segment.urgency) == (kind, "critical")


@pytest.mark.parametrize(("text", "kind"), DANGER)
def test_a_recalled_car_that_must_not_be_driven_or_charged_is_critical(text, kind):
    segment = one(text)
    assert (segment.request_type, segment.urgency) == (kind, "critical")


@pytest.mark.parametrize(("text", "kind"), NORMAL)
def test_loud_words_greetings_and_days_behind_make_nothing_urgent(text, kind):
    segment = one(text)
    assert (segment.request_type, segment.urgency) == (kind, "normal")


@pytest.mark.parametrize(
    "text",
    [
        "Votre prélèvement de 1 200 € part ce soir alors que la facture est annulée.",
        "Die Rechnung wird heute um 17 Uhr abgebucht, obwohl sie storniert ist.",
        "La factura anulada se cobra hoy a las 18, parad el recibo.",
        "La fattura annullata viene addebitata stasera, fermate il RID.",
        "Your debit for the cancelled invoice leaves our account at 5pm today.",
        "De geannuleerde factuur wordt vanavond geïncasseerd.",
    ],
)
def test_money_that_goes_today_is_critical(text):
    assert (one(text).request_type, one(text).urgency) == ("billing_invoice", "critical")


@pytest.mark.parametrize(
    "text",
    [
        "Quand l'un de vous aura cinq minutes : l'horaire du samedi est faux, ça ne presse pas.",
        "Die Öffnungszeiten am Samstag stimmen nicht, brennt nicht.",
        "El horario del sábado está mal, cuando tengáis cinco minutos.",
        "L'orario del sabato è sbagliato, niente di urgente.",
        "Saturday hours are wrong on our page, nothing urgent.",
        "De openingstijden op zaterdag kloppen niet, kan later.",
    ],
)
def test_what_may_wait_is_low(text):
    assert (one(text).request_type, one(text).urgency) == ("dealer_data_update", "low")


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("Die Probefahrt von Herrn Adler am 4.3. müssen wir verschieben.", "high"),
        ("Die Probefahrt von Herrn Adler am 18.3. müssen wir verschieben.", "normal"),
        ("Can you move Mrs Hall's test drive from Wednesday to next week?", "high"),
        ("La prova della Clio di martedì alle 15 va disdetta.", "high"),
        ("Proefrit met de Captur vrijdag over een week graag bevestigen.", "normal"),
        ("Proefrit met de Captur woensdag over een week graag bevestigen.", "normal"),
        ("Die Probefahrt am Mittwoch in einer Woche bitte bestätigen.", "normal"),
        ("Please confirm Mr Hall's test drive on Wednesday week.", "normal"),
        ("L'essai de la Clio mercredi en huit est à confirmer.", "normal"),
        ("La prova della Clio di mercoledì della settimana prossima va confermata.", "normal"),
        ("La prueba del Clio del miércoles de la próxima semana está sin confirmar.", "normal"),
        ("Die Probefahrt am Mittwoch bitte auf nächste Woche verschieben.", "high"),
        ("Er komt morgenvroeg een klant voor de proefrit met de Captur.", "high"),
        ("Il test drive della Clio di domattina va spostato.", "high"),
        ("Proefrit met de Captur van 20 maart graag afzeggen.", "normal"),
    ],
)
def test_a_test_drive_is_as_urgent_as_its_day_is_near(text, urgency):
    assert one(text).urgency == urgency
