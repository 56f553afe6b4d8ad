"""Which cars do customers of the launch day ask for, and how do they write the brands?

What a customer writes, not what the network has: the shipped tables must make sense of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """``models`` burn fuel, ``electric`` are battery cars, ``written`` is how people spell the brand."""

    models: tuple[str, ...]
    electric: tuple[str, ...]
    written: tuple[str, ...]


def _brand(models: str, electric: str, written: str) -> Brand:
    return Brand(
        models=tuple(models.split(", ")),
        electric=tuple(electric.split(", ")) if electric else (),
        written=tuple(written.split(", ")),
    )


BRANDS: Mapping[str, Brand] = {
    "Renault": _brand("Clio, Captur, Austral, Trafic", "Megane E-Tech, Renault 5", "renault, rnlt"),
    "Dacia": _brand("Duster, Sandero, Jogger, Bigster", "Spring", "DACIA, datcia"),
    "Peugeot": _brand("208, 3008, 5008, Partner", "e-208, e-2008", "peugeot, peugot, PEUGEUT"),
    "Citroën": _brand("C3, C3 Aircross, Berlingo", "ë-C4, Ami", "Citroen, citro, CITROËN"),
    "Opel": _brand("Corsa, Astra, Mokka, Vivaro", "Corsa-e", "opel, Vauxhall, vauxhal"),
    "Fiat": _brand("Panda, Tipo, 500X, Ducato", "500e", "FIAT, fiat professional"),
    "Volkswagen": _brand(
        "Golf, Polo, T-Roc, Tiguan", "ID.3, ID.4, ID. Buzz", "VW, volkswagon, v.w."
    ),
    "Audi": _brand("A3, A4, Q3, Q5", "Q4 e-tron, e-tron GT", "audi, AUDI"),
    "SEAT": _brand("Ibiza, Leon, Ateca, Formentor", "Born, Tavascan", "Seat, cupra"),
    "Škoda": _brand("Fabia, Octavia, Kodiaq", "Enyaq, Elroq", "skoda, Skoda"),
    "BMW": _brand("3 Series, X1, X3, 520d", "iX1, i4", "bmw, b.m.w., beemer"),
    "Mercedes-Benz": _brand("A-Klasse, C-Class, GLC, Vito", "EQA, EQB", "Mercedes, merc, mercedez"),
    "Ford": _brand("Focus, Puma, Kuga, F-150, Transit", "Mustang Mach-E", "ford, FORD"),
    "Toyota": _brand("Yaris, Corolla, RAV4, Proace", "bZ4X", "toyota, toyotta"),
    "Hyundai": _brand("i20, i30, Tucson, Kona", "IONIQ 5, IONIQ 6", "hundai, hyunday, Hyundaï"),
}
"""Brands of the seeded network."""

STRANGE_BRANDS = (
    ("Lada", "Niva"),
    ("Trabant", "601"),
    ("DeLorean", "DMC-12"),
    ("a red one", ""),
    ("???", ""),
    ("Borgward", "Isabella"),
)
"""(brand, model) that no table knows."""
