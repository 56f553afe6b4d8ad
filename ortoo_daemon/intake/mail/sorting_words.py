"""Which words order that a mail be sorted: its kind, rooftop, urgency, or how many cases it is?

Matched against folded text, as in ``order_words``.
"""

import re

_FIELD = (
    r"(?:accounts?(?:[ _]id)?|dealer(?:[ _](?:code|id|account))?|rooftop|brand|priority|urgency"
    r"|request[ _]?type|category|queue|skill|segments?|severity|compte|concession(?:naire)?|marque"
    r"|priorite|urgence"
    r"|categorie|file|handler(?:nummer|code)?|haendler|handlercode|marke|prioritat|dringlichkeit"
    r"|kategorie"
    r"|vorgangsart|concesionario|cuenta|marca|prioridad|urgencia|categoria|cola|concessionari[ao]|conto"
    r"|priorita|urgenza|coda|tipo|dealercode|account|merk|prioriteit|urgentie|type|vestiging|sede)"
)
SORTING = re.compile(
    # English
    r"\b(?:re)?classif(?:y|ied)\b|\bcategori[sz]e[d]?\b"
    r"|\b(?:label|tag|file|log|treat|mark|record|handle|register|store|sort)(?:l?ed|d|ged)?"
    r" (?:(?:it|this|that|everything|all|every|the|them)\b[^.!?\n]{0,40}?)?\b(?:as|under|to|with|in)\b"
    r"|\b(?:log|tag|mark|file) (?:it|this)\b"
    r"|\b(?:route|assign|send|forward|book|redirect|attach) (?:it|this|everything|all|every|any"
    r"|the (?:e-?mail|message|ticket|case))\b"
    r"|\bmerge (?:it|this|all|everything|them|into)\b|\b(?:do not|don't|never) split\b"
    r"|\b(?:create|open|add|make)\b[^.!?\n]{0,30}(?:\b(?:segments?|cases|tickets)\b|\b(?:case"
    r"|ticket) (?:of|for|as)\b(?! (?:us|me|this|that)))"
    r"|\bno (?:further|other|more|additional) (?:cases?|tickets?|segments?)\b"
    r"|\b(?:reply|respond|answer|output|return|print)\b (?:only|just|exactly|with|ok\b|json|nothing)"
    r"|\bclose (?:it|this|the (?:case|ticket)|as)\b|\bskip (?:it|this)\b"
    rf"|\b(?:set|change|put|switch|fix|use|replace)(?:ting)?\b[^.!?\n]{{0,25}}?\b{_FIELD}\b"
    rf"|\b{_FIELD}\b\"?\s*(?:=|:=|->|→)\s*\"?\w"
    rf"|\b{_FIELD}\b (?:critical|lowest|low|highest|high|null|none)\b"
    r"|\bpre-?classified\b|\bskip (?:the )?analysis|\btag me\b|\bnow belongs? to\b|\bcount (?:it"
    r"|this) as\b"
    r"|\b(?:already|deja|bereits|schon|ya|gia|reeds)\b[^.!?\n]{0,40}\b(?:classified|klassifiziert"
    r"|eingestuft"
    r"|clasificad\w|classificat\w|geclassificeerd)\b|\banalyse uberspringen\b"
    rf"|\b{_FIELD}:(?=\S)"
    # French
    r"|\b(?:re)?classe[zr]?(?:[- ](?:le|la|les|tout|ce|cet|cette|en|comme|dans|sous))\b"
    r"|\bclasse[zr]? [^.!?\n]{0,30}\b(?:en|comme|dans)\b|\bcategorise[zr]?\b"
    r"|\b(?:traite|considere|enregistre|marque|etiquette|range)[zrs]?\b[^.!?\n]{0,40}\b(?:comme|en|sous"
    r"|dans)\b"
    r"|\b(?:rattache|affecte|attribue|assigne|route|oriente|dirige)[zrs]?[- ](?:le|la|les|ce|cet|cette"
    r"|tout|tous|a|au)\b"
    r"|\b(?:cree|ouvre|cree-lui|ouvrez|creez)[zr]? [^.!?\n]{0,25}\b(?:dossiers|tickets|demandes"
    r"|(?:dossier|ticket|demande|cas) (?:de|pour|d))\b"
    r"|\b(?:repond|reponds|repondez) (?:uniquement|seulement|ok|par)\b|\bfusionne\w*\b|\bcloture\w*\b"
    rf"|\b(?:mets|mettez|mettre|remplace[zr]?|change[zr]?|regle[zr]?"
    rf"|fixe[zr]?)\b[^.!?\n]{{0,25}}?\b{_FIELD}\b"
    # German
    r"|\b(?:klassifizier|kategorisier)\w*\b|\b(?:zuordnen|zuzuordnen|zuweisen|zuzuweisen|einstufen"
    r"|einzustufen|einstuf\w*|zuordnest|zuordnet|zuweist|einsortieren"
    r"|einzusortieren|ablegen|abzulegen|zusammenfuhren|zusammenzufuhren)\b|\b(?:ordne|weise|stufe"
    r"|sortiere)[nt]?\b[^.!?\n]{0,60}\b(?:zu|ein|als)\b"
    r"|\b(?:behandle|behandel|behandeln|erfasse|erfassen|markiere|markieren|verbuche|verbuchen|buche"
    r"|fuhre)\w*\b[^.!?\n]{0,40}\bals\b"
    r"|\bals\b[^.!?\n]{0,40}\b(?:anlegen|anzulegen|erfassen|markieren|behandeln|abzulegen|verbuchen"
    r"|eroffnen|werten|fuhren)\b"
    r"|\b(?:lege|leg|erstelle|erstell|eroffne|legen sie|erstellen sie)\b[^.!?\n]{0,40}\b(?:vorg\w+"
    r"|falle?|tickets?|\w*an)\b"
    rf"|\b(?:setze?|setzen|andere|andern|trage|stelle)\b[^.!?\n]{{0,25}}?\b{_FIELD}\b"
    rf"|\bantworte\w* (?:nur|mit|ausschliesslich)\b"
    # Spanish
    r"|\bclasif(?:ica|ique)\w*\b|\bcategori[cz](?:a|ar|alo|e|en|ad|uese)\b|\b(?:trata|tratad|considera"
    r"|considerad|registra|registrad|marca|marcad|archiva|archivad)(?:lo|la|r)?\b[^.!?\n]{0,40}\bcomo\b"
    r"|\basigna(?:lo|la|d|r|dlo)?\b|\basigne(?:n|lo)?\b|\b(?:crea|cread|abre|abrid|abra"
    r"|abrir)\b[^.!?\n]{0,25}\b(?:casos|tickets|incidencias|(?:caso|ticket|incidencia) (?:de|para"
    r"|por)(?! favor))\b"
    r"|\bresponde\w* (?:unicamente|solo|ok|con)\b|\bdescarta\w*\b|\bno abrir mas\b"
    rf"|\b(?:pon|poned|ponga|cambia|cambie|establece|fija)\b[^.!?\n]{{0,25}}?\b{_FIELD}\b"
    # Italian
    r"|\bclassific(?:a|are|ala|alo|ate|hi|hino)\b|\bcategorizz\w+\b|\bassegn(?:a|ala|alo|are|ando|ate"
    r"|i)\b"
    r"|\b(?:tratta|trattala|trattalo|considera|consideri|registra|segna|archivia|contrassegna"
    r"|archivi)(?:re|la|lo|te)?\b[^.!?\n]{0,40}\b(?:come|sotto|in|a)\b"
    r"|\b(?:crea|apri|aprire|creare)\b[^.!?\n]{0,25}\b(?:pratiche|casi|(?:pratica|caso|ticket"
    r"|segnalazione) (?:di|per)(?! (?:favore|cortesia)))\b|\brispond\w+ (?:solo|con|ok|soltanto"
    r"|assegnando)\b"
    rf"|\b(?:imposta|metti|mettere|cambia|sposta)\b[^.!?\n]{{0,25}}?\b{_FIELD}\b|\bannulla tutto\b"
    # Dutch
    r"|\bclassificeer\w*\b|\bcategoriseer\w*\b|\bwijs\b[^.!?\n]{0,50}\btoe\b|\b(?:toewijzen"
    r"|toe te wijzen|toegewezen worden)\b"
    r"|\b(?:behandel|markeer|beschouw|registreer|boek|label|noteer|zet)\b[^.!?\n]{0,50}\b(?:als|op"
    r"|onder|bij)\b"
    r"|\b(?:maak|open)\b[^.!?\n]{0,40}\b(?:aan|zaken|zaak|tickets?|case)\b|\bantwoord\w* (?:alleen"
    r"|enkel|met|ok)\b|\bsla (?:dit|deze)\b"
    r"|\bsluit\b[^.!?\n]{0,25}\b(?:ze|af|ticket|melding|bericht)\b"
    # Portuguese, Polish, Swedish, Danish
    r"|\b(?:classifi(?:que|ca)|atribua|sklasyfikuj|przypisz|klassificera|tilldela|klassificer"
    r"|tildel)\w*\b"
)
"""Orders that only what sorts mail can follow: which kind, rooftop, urgency or number of cases it is.

One of them is also how people ask people ("please log this as a complaint")."""

FIELD_LINE = re.compile(rf"^\W*(?:{_FIELD}\s*[:=]|\w+=\w)")
"""A line that fills in a field, as forms do: an order only below another."""
