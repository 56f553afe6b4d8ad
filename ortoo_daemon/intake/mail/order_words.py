"""Which words of a sentence address a machine, give it orders, or speak its language? In many languages.

Patterns are matched against folded text (small letters, no accents), those of ``ACRONYM`` against the text as
written, since *ai* in small letters is a word of French and Italian. Nouns that dealers use of their own
affairs (*ignore my last message*, *set the price*) set nothing aside and sort nothing.
"""

import re

ACRONYM = re.compile(
    r"(?<![\w'’])(?:AIs?|A\.I\.|KIs?|K\.I\.|IAs?|I\.A\.|LLMs?|GPT(?:-?\d\w*)?|ИИ|SI)(?=[\s:,;.!\])>-])"
    r"|\b[AK]I-\w+|\b(?:ai|ki|ia)[- ]?(?:agent|assist\w*|asist\w*|model\w*|bots?|system\w*|hinweis\w*"
    r"|sistem\w*|systeem\w*|systeme\w*|reader|tool|anweisung\w*|regel)\b"
    r"|\b(?:dear|hey|hello|any|an|the|to|as|voor|aan|de|an die|l'|une|la|una|all') ?(?:ai|ia"
    r"|ki)\b(?=[\s:,;.!])"
)
"""Names of machines in capitals, or in small letters where something says that they are one."""

STRONG_MACHINE = re.compile(
    r"\b(?:artificial intelligence|intelligence artificielle|kunstliche intelligenz|inteligencia"
    r" artificial|intelligenza artificiale|kunstmatige intelligentie|sztuczn\w+ inteligencj\w+"
    r"|(?:large )?language models?|modeles? (?:de langage|linguistiques?)|sprachmodelle?n?"
    r"|modelos? (?:de lenguaje|de linguagem)|modell[oi] (?:linguistic[oi]|di linguaggio)|taalmodel\w*"
    r"|llms?|chatgpt|gpt|claude|copilot|gemini|robots?|robotern?|roboter|automa|bots?|parsers?"
    r"|classifiers?|classificateurs?|klassifikator\w*|clasificador\w*|classificator[ei]|virtual agents?"
    r"|machine learning|algorithms?|algorithmes?|algorithm(?:us|en)|algoritm\w+|mail ?bots?|ki-system\w*"
    r"|(?:triage|routing|sorting|ticketing?|classification|intake)[- ]?(?:systems?|engines?|tools?|bots?"
    r"|agents?|models?|scripts?|software|robots?|machines?|process(?:or)?)"
    r"|(?:automat\w+|autonom\w+|virtu\w+|maschinell\w*|geautomatiseerde?|elektronisch\w*) (?:\w+ ){0,1}"
    r"(?:readers?|systems?|agents?|process\w*|triage|classif\w+|routers?|handl\w+|assistants?|tools?"
    r"|sorters?|parsers?|services?|verarbeitung\w*|bearbeiter\w*|sachbearbeiter\w*|leser\w*"
    r"|auswertung\w*|erfassung\w*|routing|system\w*|systeme\w*|assistent\w*|verwerk\w+|lezers?"
    r"|medewerkers?|systemen|systeem|afhandel\w+|programm\w*|software|prozess\w*)"
    r"|(?:systemes?|lecteurs?|agents?|operateurs?|gestionnaires?|traitements?|tri|outils?|assistants?"
    r"|sistem[ai]s?|lector(?:es)?|agentes?|operador(?:es)?|gestor(?:es|i)?|operator[ei]|lettor[ei]"
    r"|smistator[ei]|risponditor[ei]|asistentes?|assistent[ei]|procesos?|process[oi]|lettura|programm[ai]"
    r"|programas?|logiciels?|strument[oi]|moteurs?|motor(?:es)?|motore) (?:de \w+ |di \w+ )?"
    r"(?:automati\w+|virtu\w+|artifici\w+|automatizad\w+|automatise\w*|autom)"
    r"|asystent\w*|бот\w*|робот\w*|ассистент\w*)\b"
)
"""Nouns that mean a machine that reads, wherever they stand."""

WEAK_MACHINE = re.compile(
    r"\b(?:assist[ae]nts?|assistent[eni]*|asistentes?|chat ?bots?|system|systems|systeme[sn]?|sistemas?"
    r"|sistemi|systeem|systemen|software|logiciels?|computers?|ordinateurs?|ordenador(?:es)?|rechner"
    r"|machines?|maschinen?|maquinas?|macchin[ae]|programm[aes]*|programas?|admin\w*|parser|autoresponder"
    r"|router|triage|developer|tools?|scripts?|engine)\b"
)
"""Nouns that people use of other things, too: a machine is meant where they are spoken to."""

NOTE = (
    r"(?:notes?|nota|notiz|hinweise?|anmerkung|opmerking|noot|remarque|mention|message|mensaje|messaggio"
    r"|bericht|nachricht|mitteilung|attention|atencion|attenzione|achtung|let op|aviso|avis|avviso"
    r"|instructions?|instruccion(?:es)?|istruzion[ei]|anweisung(?:en)?|instructies?|consignes?|regel"
    r"|regle|regola|regla|rule|commands?|befehl|orders?|p\.?s\.?|n\.?b\.?|info|reminder|prompt|memo"
    r"|policy|directive|override|context|contexte|kontext|uwaga|obs|zadanie|dear|hey|hello|hi|bonjour"
    r"|hallo|hola|ciao|beste|lieber?|cher|estimado|caro|gentile)"
)
_TO = r"(?:to|for|a|au|aux|al|als|alla|allo|agli|ai|aan|voor|an|fur|pour|para|per|all|dla|till|til|zu)"
_THE = (
    r"(?:the|any|all|every|your|l|le|la|les|el|los|las|il|lo|gli|i|die|das|den|der|dem|het|de|alle"
    r"|jede\w*|elke|tout|toute|toda|todos|ogni|qualsiasi|cualquier|alles)"
)
TO_SOMEBODY = re.compile(
    rf"\b{NOTE}(?:\s+\w+){{0,2}}?\s+{_TO}\b(?:['’\s]+{_THE})?|\b{_TO}(?:['’\s]+{_THE})?['’\s]+\S+"
    rf"(?:\s+\S+){{0,5}}?\s*[:\]>]"
    rf"|^\W*{NOTE}\W"
)
"""A note to somebody: together with a machine's name it speaks to the machine."""

READS_THIS = re.compile(
    r"\b(?:reading|reads?|process\w*|sort\w*|handl\w+|pars\w+|triag\w+|scann\w+|classif\w+|summar\w+"
    r"|lit|lisant|lis|lisez|lirez|traite\w*|liest|lesen\w*|lest|verarbeit\w+|bearbeit\w+|auswert\w+"
    r"|lee|leen|leyendo|procesa\w*|legge|leggi|legga|leggono|elabora\w*|smista\w*|leest|lezen\w*|leze"
    r"|verwerk\w*|sorteer\w*|sorteert)\b(?:\W+\w+){0,2}?\W+(?:this|these|the|that|ces?|cet|cette"
    r"|diese\w*|das|die|est[ea]|el|la"
    r"|quest[aoe]|il|la|deze|dit)\b"
    r"|\b(?:che|qui|que|der|die|das|dat) (?:legge|lit|lee|dies\w* liest|liest|leest)\b"
    r"|\b(?:lezende|lesende\w*|reading)\b"
)
"""What a machine is told that it does: reading this."""

YOU_ARE = re.compile(
    r"\b(?:you are (?:now )?(?:an?|the|in)|if you are|as an?|act as|pretend|behave as|imagine you"
    r"|tu es (?:maintenant )?|vous etes (?:maintenant )?un|en tant qu|agis (?:comme|en)"
    r"|agissez (?:comme|en)"
    r"|du bist (?:jetzt |nun |ab sofort )?|sie sind (?:jetzt|nun|ab sofort)|als|wenn du ein|falls sie ein"
    r"|eres (?:ahora )?un|ahora eres|actua como|como|si eres|sei (?:ora )?un|ora sei|agisci come"
    r"|in quanto|comportati"
    r"|se sei|je bent (?:nu )?|als je een|u bent nu|gedraag je)\b"
)
"""Roles that only what reads the mail can be given."""

OVERRIDE = re.compile(
    r"(?:ignor(?:e[zr]?|iere?n?|a|ad|are|ate|eer|eren|uj\w*|era)\b|disregard|forget|overlook|override"
    r"|bypass)"
    r"[^\n]{0,60}?\b(?:instructions?|prompts?|guidelines|directives?|training"
    r"|(?:previous|prior|your|system) rules)\b"
    r"|(?:ignore|disregard|forget) (?:all |everything )?(?:of )?(?:the )?above[^\n]{0,20}"
    r"\b(?:reply|respond|answer|output|classify|assign|route|create)\b"
    r"|(?:ignor\w+|oublie[zr]?|vergiss|vergessen|missacht\w+|olvid\w+|caso omiso|dimentic\w+|negeer\w*"
    r"|vergeet|trascur\w+|descart\w+|esque\w+|bortse|glom|zignoruj"
    r"|ignorera)\b[^\n]{0,50}?\b(?:consignes?|instructions?"
    r"|anweisung(?:en)?|vorgaben|befehle?|regeln"
    r"|instruccion(?:es)?|indicaciones|istruzion[ei]|indicazioni|comandi|instructies?|aanwijzing(?:en)?"
    r"|instrucoes|polecen\w*|instrukcj\w*|instruktion\w*)\b"
    r"|new (?:system )?(?:instructions?|prompt)\s*:|system[- ]?(?:prompt|override|message|instruction)\b"
    r"|\bprompt injection\b|jailbreak|developer mode|you are now (?:an?|in)\b"
    r"|act as (?:an?|the) (?:ai|assistant|admin|system)"
    r"|<\|?/?(?:im_start|im_end|system|endoftext|assistant|user|/?inst|instructions?|prompt)\|?>"
    r"|\[/?inst\]|\[/?system\]"
    r"|<<\s*/?sys\s*>>|###\s*(?:instruction|system|assistant)|begin (?:system|admin) "
    r"|(?:vorherige|bisherige|obige)n? (?:prompts?|anweisung\w*)|игнорируй\w* .{0,30}инструкци\w*"
    r"|忽略.{0,10}指[令示]"
)
"""Words that set aside what a machine was told."""

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

ORDER = re.compile(
    r"\b(?:route|assign|tag|mark|flag|label|set|create|open|close|cancel|escalate|forward|send|reply"
    r"|respond|answer|output|return|treat|move|merge|delete|approve|refund|transfer|grant|reset|change"
    r"|register|file|log|prioriti[sz]e|print|reveal|use|put|add|ignore|skip|do not|must|should|shall"
    r"|classe[zr]?|affecte[zr]?|attribue[zr]?|assigne[zr]?|cree[zr]?|ferme[zr]?|clotur\w+|annule[zr]?"
    r"|marque[zr]?|reponds|repondez|envoie|envoyez|route[zr]|transfere[zr]?|traite[zr]?|ajoute[zr]?"
    r"|considere[zr]?|oriente[zr]?|mets|mettez|fusionne[zr]?|supprime[zr]?|doit|doivent|enregistre[zr]?"
    r"|ordne[nt]?|weise[nt]?|schliess\w+|anlegen|anzulegen|lege[nt]?|erstell\w+|storniere?n?"
    r"|markier\w+|weiterleiten|weiterzuleiten|leite[nt]?|setze[nt]?|behandel\w+|antworte[nt]?|losch\w+"
    r"|muss|mussen|verschieb\w+|sende[nt]?|gib|geben|ignorier\w+"
    r"|cierr\w+|cerrar|marc[ae]\w*|respond[ae]\w*|envia\w*|enruta\w*|redirig\w+|trata\w*|elimin\w+"
    r"|debe[ns]?|pon(?:er|ga|gan)?|abr[aei]\w*|registr\w+|cancel\w+|anul\w+|crea[dr]?"
    r"|apri(?:re|te)?|chiud\w+|contrassegn\w+|rispond\w+|invia\w*|instrad\w+|tratta\w*|elimina\w*|deve"
    r"|devono|imposta\w*|sposta\w*|indirizz\w+|registra\w*|annulla\w*|metti"
    r"|wijs|maak|aanmaken|sluit\w*|antwoord\w*|stuur\w*|routeer\w*|verwijder\w*|moet\w*|zet|plaats"
    r"|beschouw\w*|boek\w*|annuleer\w*|negeer)\b"
)
"""Any order. People give each other these all day."""

THE_MAIL_ITSELF = re.compile(
    r"\b(?:this|the|ce|cet|cette|diese[rsnm]?|est[ea]|quest[ao]|dit|deze) (?:(?:e-?)?mails?|message"
    r"|ticket"
    r"|sender|thread|conversation|courriel|expediteur|nachricht|vorgang|absenders?|correo|mensaje"
    r"|remitente|messaggio|mittente|bericht|afzender|melding|text|footer)\b"
    r"|\beverything (?:above|below)|\btutto quanto sopra|\btout ce qui precede"
)
EVERY_MAIL = re.compile(
    r"\b(?:all|every|any|tous|toutes|tout|alle[rsnm]?|jede[rsn]?|samtliche\w*|todos|todas|cada|tutti"
    r"|tutte|ogni|elk"
    r"|elke)\b(?:\W+\w+){0,3}?\W+(?:messages?|(?:e-?)?mails?|tickets?|courriels?|nachrichten?"
    r"|vorgange?n?|correos?"
    r"|mensajes?|messaggi\w?|berichten|meldingen|bericht)\b"
)
"""How mails of a sender are to be sorted is said to nobody but the machine that sorts them."""

MACHINE_CODE = re.compile(
    r"\b(?!https?)[a-z]{3,}(?:_[a-z]{2,}){1,4}\b(?!\s*[=@./\\])|\"(?:account(?:_?id)?|request_?type"
    r"|urgency|segments?|skill|confidence"
    r"|instruction|role|system)\"\s*:"
)
"""Words of programs: codes of kinds (``vehicle_recall``), the fields of an answer as JSON."""

CODE_LIKE = re.compile(r"\b(?=[a-z0-9.-]{0,20}\d{3})[a-z]{0,4}[-. ]?\d[\d.-]{2,}\b")
"""What may be a dealer's code."""

ITS_OWN = re.compile(
    r"\b(?:our|your|my|their|his|notre|nos|votre|vos|mon|ma|mes|unser\w*|euer\w*|eure\w*|ihr\w*|mein\w*"
    r"|nuestr\w+|vuestr\w+|mi|mis|nostr\w+|vostr\w+|mio|mia|onze|ons|jullie|mijn|uw)(?:\s+\w+){0,2}\s*$"
)
"""In front of a machine's name: somebody's own, so it is spoken of and not to."""

FENCED = re.compile(r"^\W*(?:<{2,}|\[{1,}|\{{1,}|#{2,}|={2,}|\*{3}|-{3,}|/{2}|<!--|>{3}|`{3}|⟦|«)")

FIRST_PERSON = re.compile(
    r"\b(?:we|our|us|i|my|me|nous|notre|nos|je|mon|ma|mes|moi|wir|uns|unser\w*|ich|mein\w*|mir|mich"
    r"|nosotros|nuestr\w+"
    r"|mi|mis|noi|nostr\w+|ci|mio|mia|wij|ons|onze|ik|mijn|mij)\b"
)
"""The writer speaks of themselves: behind an order, in the same line, that is a request again."""

FIELD_LINE = re.compile(rf"^\W*{_FIELD}\s*[:=]")
"""A line that fills in a field, as forms do: an order only below another."""

NAMED_BARELY = re.compile(r"^\W{0,5}(?:AI|A\.I\.|KI|K\.I\.|IA|I\.A\.|LLM|GPT)s?\s*[:,>\]]")

NEW_ROLE = re.compile(
    r"\b(?:you are now|from now on you|tu es (?:maintenant|desormais)|vous etes (?:maintenant"
    r"|desormais)|du bist (?:jetzt|nun|ab sofort)"
    r"|sie sind (?:jetzt|nun|ab sofort)|ahora eres|eres ahora|ora sei|sei ora|adesso sei|je bent nu"
    r"|u bent nu|vanaf nu ben)\b"
    r"(?:\W+\w+){0,3}?\W*(?:\w*bot|assist\w+|asist\w+|system\w*|sistema|systeem|agent\w*|router"
    r"|robot\w*|model\w*|ai|ki|ia)\b"
)
"""A role is given to what reads."""
