"""Which leads come in? Made near the sandbox's dealers, the same ones for the same seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.org import Org

_REQUESTS = ("quote", "test_drive", "brochure", "fleet", "quote", "quote", "callback")
_FUELS = ("Petrol", "Diesel", "EV", "PHEV", "Petrol")
_LANGUAGES = ("fr", "de", "en", "es")
_FIRST_NAMES = """
    Anne Karl María Owen Lucie Jürgen Camille Sophie Nicolas Julien Élodie Thomas Chloé Antoine Nathalie
    Stéphane Thierry Céline Sabine Andreas Katrin Stefan Ursula Wolfgang Birgit Matthias Heike Björn Anja
    Günther José Carmen Antonio Lucía Francisco Pilar Javier Marta Álvaro Rocío Emma Jack Olivia Harry
    Charlotte George Amelia Liam Siobhán Gareth Fiona Ewan Giulia Marco Chiara Lorenzo Inês João Zoë Bram
"""
_SURNAMES = """
    Dubois Schäfer García Smith Laurent Krüger Martin Bernard Petit Durand Leroy Moreau Simon Lefèvre Michel
    Roux Fournier Girard Bonnet Lambert Fontaine Rousseau Blanc Guérin Boyer Garnier Chevalier Mercier Faure
    Renard Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein
    Wolf Schröder Neumann Schwarz Zimmermann Braun Hartmann Lange Werner Krause Lehmann Köhler Maier Huber
    Kaiser Fuchs González Rodríguez Fernández López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz
    Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Serrano Molina
    Blanco Castro Ortega Delgado Jones Williams Taylor Brown Davies Evans Wilson Thomas Roberts Johnson Lewis
    Walker Robinson Wood Thompson White Watson Jackson Wright Green Harris Cooper King Lee Clarke Patel Baker
    Murphy O'Brien Byrne Ryan Campbell Stewart Rossi Russo Ferrari Esposito Bianchi Silva Ferreira Nunes
    Janssen Bakker Visser
"""
_FIRST, _LAST = _FIRST_NAMES.split(), _SURNAMES.split()
"""As many names as keep namesakes in one postal code rare, as they are: who shares both with customers that
came before costs a comparison with each of them, which `benchmarks.duplicates` measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    country: str
    postal_code: str
    city: str
    brand: str


def places(org: Org) -> list[Place]:
    """Where customers live: at the dealers, one place for each brand sold there."""
    soql = (
        "SELECT Id, BillingCountry, BillingPostalCode, BillingCity, Brands__c FROM Account "
        "WHERE Type = 'Dealer' ORDER BY Id"
    )
    return [
        Place(
            country=row["BillingCountry"],
            postal_code=row["BillingPostalCode"],
            city=row["BillingCity"] or "",
            brand=brand,
        )
        for row in org.rows(soql)
        if row["BillingCountry"] and row["BillingPostalCode"]
        for brand in (row["Brands__c"] or "").split(";")
        if brand
    ]


def leads(found: Sequence[Place], count: int, *, seed: int) -> Iterator[dict[str, Any]]:
    """New retail enquiries: names and addresses as people type them, most with a brand, some without."""
    random = Random(seed)
    for number in range(count):
        place = random.choice(found)
        first, last = random.choice(_FIRST), random.choice(_LAST)
        yield {
            "attributes": {"type": "Lead"},
            "FirstName": first.upper() if number % 9 == 0 else first,
            "LastName": f" {last} ",
            "Company": "private",
            "Email": f"Customer.{seed}.{number}@mail.example",
            "Status": "New",
            "Country": place.country,
            "PostalCode": place.postal_code,
            "City": place.city,
            "Brand__c": None if number % 10 == 0 else place.brand,
            "Fuel__c": random.choice(_FUELS),
            "Request__c": random.choice(_REQUESTS),
            "Language__c": random.choice(_LANGUAGES),
        }
