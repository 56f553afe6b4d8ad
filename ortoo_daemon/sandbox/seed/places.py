"""Where do the people of the seed work?  Zones, languages and names by country, opening hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country of the seed. Hours are `opens-closes` for weekdays, Saturday and Sunday."""

    code: str
    zone: str
    locale: str
    languages: tuple[str, ...]
    weekdays: str
    saturday: str
    sunday: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


COUNTRIES: Mapping[str, Country] = {
    each.code: each
    for each in (
        Country(
            code="FR",
            zone="Europe/Paris",
            locale="fr_FR",
            languages=("fr", "en", "es", "de"),
            weekdays="09:00-19:00",
            saturday="09:00-18:00",
            sunday=CLOSED,
            first_names=_names(
                "Camille, Julien, Maëlle, Nicolas, Élodie, Thomas, Inès, Baptiste, Chloé, Romain, "
                "Aurélie, Mathieu, Léa, Quentin, Manon, Guillaume, Sarah, Antoine, Anaïs, Florian"
            ),
            last_names=_names(
                "Marchand, Lefort, Garnier, Besson, Chauvet, Rivière, Pasquier, Delattre, Vasseur, "
                "Brunel, Carlier, Dumas, Fontenay, Guérin, Joubert, Lacombe, Mercier, Poirier, "
                "Renaudin, Tessier, Vallée, Weber"
            ),
        ),
        Country(
            code="DE",
            zone="Europe/Berlin",
            locale="de_DE",
            languages=("de", "en", "fr", "nl"),
            weekdays="08:30-18:30",
            saturday="09:00-14:00",
            sunday=CLOSED,
            first_names=_names(
                "Anna, Lukas, Lena, Jonas, Katharina, Felix, Sophie, Maximilian, Julia, Tobias, "
                "Miriam, Stefan, Nele, Florian, Svenja, Matthias, Carolin, Jan, Heike, Björn"
            ),
            last_names=_names(
                "Albrecht, Brandt, Dietrich, Engel, Fuchs, Graf, Haas, Jansen, Kaiser, Lorenz, "
                "Maurer, Neumann, Otto, Pohl, Reuter, Seidel, Thiele, Vogt, Winkler, Ziegler"
            ),
        ),
        Country(
            code="ES",
            zone="Europe/Madrid",
            locale="es_ES",
            languages=("es", "en", "fr"),
            weekdays="09:30-20:00",
            saturday="10:00-14:00",
            sunday=CLOSED,
            first_names=_names(
                "Lucía, Alejandro, Marta, Javier, Carmen, Sergio, Laura, Diego, Paula, Álvaro, "
                "Elena, Rubén, Irene, Adrián, Nuria, Iker, Beatriz, Marcos"
            ),
            last_names=_names(
                "Aguilar, Blanco, Cano, Domínguez, Esteban, Fuentes, Gallego, Herrero, Iglesias, "
                "Lozano, Molina, Núñez, Ortiz, Prieto, Rubio, Serrano, Vidal, Zamora"
            ),
        ),
        Country(
            code="IT",
            zone="Europe/Rome",
            locale="it_IT",
            languages=("it", "en", "fr", "de"),
            weekdays="09:00-19:00",
            saturday="09:00-17:00",
            sunday=CLOSED,
            first_names=_names(
                "Giulia, Marco, Francesca, Alessandro, Chiara, Matteo, Elisa, Lorenzo, Martina, "
                "Davide, Silvia, Andrea, Valentina, Simone, Federica, Stefano, Paola, Nicolò"
            ),
            last_names=_names(
                "Amato, Barbieri, Caruso, De Santis, Esposito, Fontana, Gallo, Lombardi, Moretti, "
                "Negri, Orlando, Parisi, Riva, Sartori, Testa, Villa, Zanetti, Bianco"
            ),
        ),
        Country(
            code="GB",
            zone="Europe/London",
            locale="en_GB",
            languages=("en", "fr", "es"),
            weekdays="08:30-18:30",
            saturday="09:00-17:30",
            sunday="10:30-16:30",
            first_names=_names(
                "Amelia, Oliver, Priya, Callum, Freya, Harry, Niamh, Ethan, Zara, George, Imogen, "
                "Rhys, Aisha, Lewis, Beth, Owen, Fiona, Jamal"
            ),
            last_names=_names(
                "Ashworth, Bennett, Clarke, Dawson, Ellison, Fraser, Griffiths, Holloway, Iqbal, "
                "Jenkins, Kaur, Lawson, MacLeod, Norris, Okafor, Price, Rowe, Sutton, Turner"
            ),
        ),
        Country(
            code="NL",
            zone="Europe/Amsterdam",
            locale="nl_NL",
            languages=("nl", "en", "de"),
            weekdays="08:00-18:00",
            saturday="09:00-17:00",
            sunday=CLOSED,
            first_names=_names(
                "Sanne, Daan, Lotte, Bram, Femke, Thijs, Anouk, Jesse, Maud, Sven, Iris, Ruben, "
                "Marloes, Koen, Eva, Jeroen"
            ),
            last_names=_names(
                "Bakker, de Boer, Dekker, van Dijk, Geerts, Hendriks, Jacobs, Kuiper, Maas, "
                "Mulder, Peters, Postma, Schouten, Smit, Verhoeven, van Vliet, Willems"
            ),
        ),
        Country(
            code="US",
            zone="America/New_York",
            locale="en_US",
            languages=("en", "es"),
            weekdays="09:00-20:00",
            saturday="09:00-18:00",
            sunday="11:00-17:00",
            first_names=_names(
                "Emily, Jacob, Maria, Tyler, Ashley, Marcus, Rachel, Carlos, Hannah, Derek, "
                "Brianna, Kevin, Megan, Luis, Grace, Brandon, Olivia, Trevor"
            ),
            last_names=_names(
                "Alvarez, Barnes, Coleman, Dawes, Ellis, Foster, Gutierrez, Hayes, Ingram, "
                "Jefferson, Kim, Lambert, Monroe, Nguyen, Parker, Reyes, Sanders, Tran, Walsh"
            ),
        ),
    )
}

_US_ZONES = {
    "America/Chicago": ("IL", "MO", "TX"),
    "America/Los_Angeles": ("CA", "OR"),
}


def zone_of(country: Country, state: str | None) -> str:
    """The time zone of a site."""
    if country.code == "US":
        for zone, states in _US_ZONES.items():
            if state in states:
                return zone
    return country.zone


def zones() -> list[tuple[Country, str]]:
    """Every (country, zone) of the seed."""
    us = COUNTRIES["US"]
    return [(each, each.zone) for each in COUNTRIES.values()] + [(us, zone) for zone in _US_ZONES]


def week(weekdays: str, saturday: str, sunday: str) -> dict[str, Any]:
    """The start and end fields of a Business Hours record; a closed day has neither."""
    fields: dict[str, Any] = {}
    for position, day in enumerate(DAYS):
        span = (weekdays, saturday, sunday)[max(0, position - 4)]
        opens, _, closes = span.partition("-")
        if opens:
            fields[f"{day}StartTime"] = f"{opens}:00.000Z"
            fields[f"{day}EndTime"] = f"{closes}:00.000Z"
    return fields
