"""Which country is meant? ISO codes, English names, names in six languages, and in its own."""

from functools import cache, lru_cache
from unicodedata import normalize

_NAMES = """
AD Andorra|Andorre
AE United Arab Emirates|UAE|Émirats arabes unis|Vereinigte Arabische Emirate|
   Emiratos Árabes Unidos|Emirati Arabi Uniti|Verenigde Arabische Emiraten
AL Albania|Shqipëria|Albanie|Albanien|Albanië
AR Argentina|Argentine|Argentinien|Argentinië
AT Austria|Autriche|Österreich|Oesterreich|Oostenrijk|AUT
AU Australia|Australie|Australien|Australië|AUS
BA Bosnia and Herzegovina|Bosnie-Herzégovine|Bosnien und Herzegowina|Bosnia y Herzegovina|
   Bosnia ed Erzegovina|Bosnia Erzegovina|Bosnië en Herzegovina
BE Belgium|Belgique|België|Belgien|Bélgica|Belgio|Belgie|BEL
BG Bulgaria|България|Bulgarie|Bulgarien|Bulgarije
BR Brazil|Brésil|Brasilien|Brasil|Brasile|Brazilië
BY Belarus|Biélorussie|Weißrussland|Bielorrusia|Bielorussia|Wit-Rusland
CA Canada|Kanada|Canadá|CAN
CH Switzerland|Suisse|Schweiz|Suiza|Svizzera|Zwitserland|CHE
CN China|Chine|Cina|Volksrepublik China
CY Cyprus|Chypre|Zypern|Chipre|Cipro
CZ Czechia|Česko|Česká republika|Czech Republic|République tchèque|Tchéquie|Tschechien|
   Tschechische Republik|
   República Checa|Chequia|Repubblica Ceca|Cechia|Tsjechië|CZE
DE Germany|Allemagne|Deutschland|Alemania|Germania|Duitsland|Bundesrepublik Deutschland|BRD|DEU|
   GER
DK Denmark|Danmark|Danemark|Dänemark|Dinamarca|Danimarca|Denemarken|DNK
DZ Algeria|Algérie|Algerien|Argelia|Algerije
EE Estonia|Eesti|Estonie|Estland
EG Egypt|Égypte|Ägypten|Egipto|Egitto|Egypte
ES Spain|Espagne|España|Spanien|Spagna|Spanje|ESP
FI Finland|Suomi|Finlande|Finnland|Finlandia|FIN
FR France|France métropolitaine|Frankreich|Francia|Frankrijk|République française|FRA
GB United Kingdom|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|Royaume-Uni|
   Grande-Bretagne|Angleterre|Écosse|Vereinigtes Königreich|Großbritannien|Grossbritannien|
   Reino Unido|Gran Bretaña|Inglaterra|Regno Unito|Gran Bretagna|Inghilterra|Verenigd Koninkrijk|
   Groot-Brittannië|Engeland|GBR
GR Greece|Ελλάδα|Grèce|Griechenland|Grecia|Griekenland
HR Croatia|Hrvatska|Croatie|Kroatien|Croacia|Croazia|Kroatië
HU Hungary|Magyarország|Hongrie|Ungarn|Hungría|Ungheria|Hongarije
IE Ireland|Irlande|Irland|Irlanda|Ierland|Éire|Republic of Ireland|IRL
IL Israel|Israël|Israele
IN India|Inde|Indien
IS Iceland|Islande|Island|Islandia|Islanda|IJsland
IT Italy|Italie|Italien|Italia|Italië|ITA
JP Japan|Japon|Japón|Giappone
KR South Korea|Korea|Corée du Sud|Südkorea|Corea del Sur|Corea del Sud|Zuid-Korea|
   Republic of Korea
LI Liechtenstein
LT Lithuania|Lietuva|Lituanie|Litauen|Lituania|Litouwen
LU Luxembourg|Luxemburg|Luxemburgo|Lussemburgo|LUX
LV Latvia|Latvija|Lettonie|Lettland|Letonia|Lettonia|Letland
MA Morocco|Maroc|Marokko|Marruecos|Marocco
MC Monaco|Mónaco
MD Moldova|Moldavie|Moldawien|Moldavia|Moldavië
ME Montenegro|Monténégro
MK North Macedonia|Macedonia|Macédoine du Nord|Nordmazedonien|Macedonia del Norte|
   Macedonia del Nord|Noord-Macedonië
MT Malta|Malte
MX Mexico|Mexique|Mexiko|México|Messico
NL Netherlands|The Netherlands|Pays-Bas|Niederlande|Países Bajos|Paesi Bassi|Nederland|Holland|
   Hollande|Holanda|Olanda|NLD
NO Norway|Norge|Norvège|Norwegen|Noruega|Norvegia|Noorwegen|NOR
NZ New Zealand|Nouvelle-Zélande|Neuseeland|Nueva Zelanda|Nuova Zelanda|Nieuw-Zeeland
PL Poland|Pologne|Polen|Polonia|Polska|POL
PT Portugal|Portogallo|PRT
RO Romania|Roumanie|Rumänien|Rumania|Rumanía|Roemenië
RS Serbia|Srbija|Србија|Serbie|Serbien|Servië
RU Russia|Россия|Russie|Russland|Rusia|Rusland|Russian Federation
SA Saudi Arabia|Arabie saoudite|Saudi-Arabien|Arabia Saudita|Saoedi-Arabië
SE Sweden|Sverige|Suède|Schweden|Suecia|Svezia|Zweden|SWE
SI Slovenia|Slovenija|Slovénie|Slowenien|Eslovenia|Slovenië
SK Slovakia|Slovensko|Slovaquie|Slowakei|Eslovaquia|Slovacchia|Slowakije
SM San Marino|Saint-Marin
TN Tunisia|Tunisie|Tunesien|Túnez|Tunesië
TR Turkey|Türkiye|Turquie|Türkei|Turquía|Turchia|Turkije
UA Ukraine|Україна|Ucrania|Ucraina|Oekraïne
US United States|United States of America|USA|U.S.A.|U.S.|America|États-Unis|
   États-Unis d'Amérique|Vereinigte Staaten|Vereinigte Staaten von Amerika|Estados Unidos|EE. UU.|
   EEUU|EE.UU.|Stati Uniti|Stati Uniti d'America|Verenigde Staten|Verenigde Staten van Amerika
ZA South Africa|Afrique du Sud|Südafrika|Sudáfrica|Sudafrica|Zuid-Afrika
"""
"""Code, English name as the platform has it, then other names. A line that begins with a blank goes on."""


def country_code(text: str) -> str | None:
    """The ISO 3166 alpha-2 code of a code or a name; None when the country is not known here.

    Names are compared without case, accents, dots and blanks.
    """
    return _code_of(text) if text else None


def country_name(code: str) -> str | None:
    """The English name of a country by its alpha-2 code."""
    return _english().get(code.upper())


@lru_cache(maxsize=1024)
def _code_of(text: str) -> str | None:
    return _codes().get(_folded(text))


@cache
def _english() -> dict[str, str]:
    return {code: names[0] for code, names in _countries()}


@cache
def _codes() -> dict[str, str]:
    found = {"uk": "GB", "el": "GR"}
    for code, names in _countries():
        found[code.casefold()] = code
        for name in names:
            found.setdefault(_folded(name), code)
    return found


def _countries() -> list[tuple[str, list[str]]]:
    lines = _NAMES.strip().replace("\n   ", "").splitlines()
    return [(line[:2], line[3:].split("|")) for line in lines]


def _folded(text: str) -> str:
    plain = normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())
