"""Which words make a line part of a person's or a company's card, and which make it a sentence?

Matched against folded lines, as in ``phrases``.
"""

import re

# Lines that a company puts below its people's names.
COMPANY = re.compile(
    r"\b(?:s\.?a\.?s\.?u?|s\.?a\.?r\.?l|sarl|gmbh|ag|kg|e\.?k|ohg|s\.?p\.?a|s\.?r\.?l|s\.?l\.?u?"
    r"|s\.?a|ltd|limited|llc|inc|plc|b\.?v|n\.?v)\b\.?"
    r"|\b(?:siret|siren|rcs|hrb|hra|amtsgericht|geschaftsfuhrer|ust-?id|steuernummer|kvk|btw"
    r"|p\. ?iva|partita iva|cif|nif|vat|iban|bic|tva|capital|registered (?:in|office)"
    r"|company (?:no|number|reg)|sitz der gesellschaft|bankverbindung|rea)\b"
)
ROLE = re.compile(
    r"\b(?:responsable|directeur|directrice|direct(?:or|eur)|chef|secretaire|assistant[e]?"
    r"|coordinat\w+|conseill\w+|magasinier|gerant|animat\w+|charge[e]? d[e']|technicien|comptab\w+"
    r"|vendeur|"
    r"leiter(?:in)?|\w+leiter(?:in)?|geschaftsleitung|sachbearbeit\w+|verkaufer(?:in)?"
    r"|\w*berater(?:in)?|filialleiter|inhaber(?:in)?|buchhaltung|disposition|prokurist"
    r"|serviceassisten\w+|garantieabwicklung|"
    r"jefe|jefa|gestor[a]?|gerente|administracion|encargad[oa]|asesor[a]?|recambista|coordinacion|"
    r"direttore|responsabile|capo|ufficio|titolare|addett[oa]|contabilita|consulente|magazzin\w+"
    r"|resp\.|"
    r"manager|executive|advisor|adviser|controller|director|president|owner|principal|proprietor"
    r"|prop\.|coordinator|administrator|specialist|supervisor|accounts|gsm|"
    r"\w*manager|medewerk\w+|verkoopadviseur|administratie|eigenaar|bedrijfsleider|werkplaatschef"
    r"|vestigingsmanager|receptionist\w*|monteur|chef werkplaats|algemeen)\b"
)
# A part of a company that signs in place of a person.
DEPARTMENT = re.compile(
    r"^(?:(?:the|le|la|l'|der|die|das|el|il|lo|het|de|ihr|votre|your) ?)?(?:[\w&/-]+ ){0,2}(?:service"
    r"|secretariat|accueil"
    r"|equipe|pole|abteilung|sekretariat|team|zentrale|dpto\.?|dept\.?|departamento|departement"
    r"|department|equipo"
    r"|secretaria|recepcion|ufficio|reparto|segreteria|accettazione|desk|office|reception|afdeling"
    r"|secretariaat"
    r"|receptie|balie|officina|taller|werkstatt|atelier|werkplaats|workshop)(?: [\w&/'.-]+){0,4}$"
)
CONTACT = re.compile(
    r"\b(?:tel|telephone|telefon|telefono|telefoon|fon|phone|fax|mob|mobile|mobil|movil|cell|cel"
    r"|port|std|ligne directe|durchwahl|direct|gsm|t|m|o|f)\b ?[.:)/]? ?[+(]?\d"
    r"|(?<![\w.])(?:\+|00)?\(?\d{2,5}\)?(?:[ ./-]{1,3}\d{2,8}){1,5}(?![\w.])|www\.|https?://"
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.\w"
    r"|\b\d{4,5}(?: ?[a-z]{2})? [a-z]{3}|\b[a-z]{1,2}\d{1,2}[a-z]? \d[a-z]{2}\b|\b[a-z]{2} \d{5}\b"
    r"|\b(?:rue|avenue|av\.|boulevard|bd|route|place|chemin|quai|impasse|\w*strasse|\w*str\."
    r"|\w*allee|\w*weg|\w*platz|ring|calle|avda|avenida|carretera|ctra|paseo|plaza|poligono|via"
    r"|viale|corso|piazza|street|road|lane|drive|parkway|highway|blvd|ave|st|rd|straat|\w*straat"
    r"|laan|\w*laan|plein|kade|\w*dijk)\b\.? ?\d|\b\d{1,5}(?: ?bis| ?ter)?,? (?:rue|avenue|av"
    r"|boulevard|bd|route|place|chemin|quai|impasse)\b"
    r"|\b\d{1,5} [\w' ]{2,25}(?:street|road|lane|drive|parkway|highway|blvd|boulevard|avenue|ave"
    r"|st|rd|way)\b"
)
FOLLOW_US = re.compile(
    r"^(?:suivez|retrouvez|folgen sie|besuchen sie|siguenos|visitanos|seguici|visita|follow us"
    r"|find us|visit (?:us|our)|volg ons|bezoek)\b"
    r"|^(?:nos autres|nos (?:sites|points de vente|adresses|concessions)|unsere (?:standorte"
    r"|hauser)|weitere (?:hauser|standorte)|nuestr[oa]s (?:centros|sedes|instalaciones|otras)"
    r"|(?:le nostre )?sedi|onze vestigingen|vestigingen|our (?:other )?(?:sites|stores|locations"
    r"|branches|dealerships))\b"
)

# Words that sentences need and cards do without.
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\S+",
        "le la les un une des du est sont que qui nous vous je il elle on pas pour dans avec sur ce cette"
        " notre votre mon ma mes der die das den dem ein eine ist sind dass wir ihr ich sie er nicht fur mit"
        " auf bei bitte haben hat wird el los las una es son nos os yo no para con en por lo se ha han gli"
        " uno che noi voi io non per nel della ci si ho abbiamo the a an is are was that we you i it not for"
        " with on in please have has this to be my our your can de het een zijn dat wij jullie ik we niet"
        " voor met op er heb hebben wordt graag",
    )
)
