"""Which words of a sentence address a machine, give it orders, or speak its language? In many languages.

Patterns are matched against folded text (small letters, no accents), those of ``ACRONYM`` against the text as
written, since *ai* in small letters is a word of French and Italian. Nouns that dealers use of their own
affairs (*ignore my last message*, *set the price*) set nothing aside and sort nothing.
"""

import re

ACRONYM = re.compile(
    r"(?<!\w)(?<![jJ]['’])(?:AIs?|A\.I\.|KIs?|K\.I\.|IAs?|I\.A\.|LLMs?|GPT(?:-?\d\w*)?|ИИ"
    r"|SI)(?=[\s:,;.!\])>-])"
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
    r"|maschinenlesbar\w*|machine[- ]readable|machine learning|algorithms?|algorithmes?"
    r"|algorithm(?:us|en)|algoritm\w+|mail ?bots?"
    r"|ki-system\w*"
    r"|(?:triage|routing|sorting|ticketing?|classification|intake)[- ]?(?:systems?|engines?|tools?"
    r"|bots?"
    r"|agents?|models?|scripts?|software|robots?|machines?|process(?:or)?)"
    r"|(?:automat\w+|autonom\w+|virtu\w+|maschinell\w*|geautomatiseerde?|elektronisch\w*) (?:\w+ ){0,1}"
    r"(?:readers?|systems?|agents?|process\w*|triage|classif\w+|routers?|handl\w+|assistants?|tools?"
    r"|sorters?|parsers?|services?|verarbeitung\w*|bearbeiter\w*|sachbearbeiter\w*|leser\w*"
    r"|auswertung\w*|erfassung\w*|routing|system\w*|systeme\w*|assistent\w*|verwerk\w+|lezers?"
    r"|medewerkers?|systemen|systeem|afhandel\w+|programm\w*|software|prozess\w*)"
    r"|(?:systemes?|lecteurs?|agents?|operateurs?|gestionnaires?|traitements?|tri|outils?|assistants?"
    r"|sistem[ai]s?|lector(?:es)?|agentes?|operador(?:es)?|gestor(?:es|i)?|operator[ei]|lettor[ei]"
    r"|smistator[ei]|risponditor[ei]|asistentes?|assistent[ei]|procesos?|process[oi]|lettura"
    r"|programm[ai]"
    r"|programas?|logiciels?|strument[oi]|moteurs?|motor(?:es)?|motore) (?:de \w+ |di \w+ )?"
    r"(?:automati\w+|virtu\w+|artifici\w+|automatizad\w+|automatise\w*|autom)"
    r"|asystent\w*|бот\w*|робот\w*|ассистент\w*)\b"
)
"""Nouns that mean a machine that reads, wherever they stand."""

WEAK_MACHINE = re.compile(
    r"\b(?:assist[ae]nts?|assistent[eni]*|asistentes?|chat ?bots?|system\w{0,14}|systeem\w{0,14}"
    r"|systems|systeme[sn]?|sistemas?"
    r"|sistemi|systeem|systemen|software|logiciels?|computers?|ordinateurs?|ordenador(?:es)?|rechner"
    r"|machines?|maschinen?|maquinas?|macchin[ae]|programm[aes]*|programas?|admin\w*|parser"
    r"|autoresponder"
    r"|router|triage|developer|tools?|scripts?|engine|models?|modell?[oie]s?|moteur|motore?)\b"
)
"""Nouns that people use of other things, too: a machine is meant where they are spoken to."""

NOTE = (
    r"(?:notes?|nota|notiz|hinweise?|anmerkung|opmerking|noot|remarque|mention|message|mensaje"
    r"|messaggio"
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
    r"|\b(?:diese|deze|dit) (?:e-?mails?|mails?|nachricht|bericht)\w* (?:liest|lesen|leest|lezen"
    r"|verarbeitet|verwerkt|sortiert|sorteert)\b"
    r"|\b(?:che|qui|que|der|die|das|dat) (?:legge|lit|lee|dies\w* liest|liest|leest)\b"
    r"|\b(?:lezende|lesende\w*|reading)\b"
)
"""What a machine is told that it does: reading this."""

YOU_ARE = re.compile(
    r"\b(?:you are (?:now )?(?:an?|the|in)|if you are|as an?|act as|pretend|behave as|imagine you"
    r"|tu es (?:maintenant )?|vous etes (?:maintenant )?un|en tant qu|agis (?:comme|en)"
    r"|agissez (?:comme|en)"
    r"|du bist (?:jetzt |nun |ab sofort )?|sie sind (?:jetzt|nun|ab sofort)|als|wenn du ein"
    r"|falls sie ein"
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
    r"|new (?:system )?(?:instructions?|prompt)\s*:|system[- ]?(?:prompt|override|message"
    r"|instruction)\b"
    r"|\bprompt injection\b|jailbreak|developer mode|you are now (?:an?|in)\b"
    r"|act as (?:an?|the) (?:ai|assistant|admin|system)"
    r"|<\|?/?(?:im_start|im_end|system|endoftext|assistant|user|/?inst|instructions?|prompt)\|?>"
    r"|\[/?inst\]|\[/?system\]"
    r"|\boverride (?:the |any |all )?(?:previous|prior|current|earlier) \w+"
    r"|\bnew task\s*:|\bend of (?:e-?mail|message|prompt|input)\b|^\W*#+\s*(?:instructions?|prompt"
    r"|task)\s*:"
    r"|<<\s*/?sys\s*>>|###\s*(?:instruction|system|assistant)|begin (?:system|admin) "
    r"|(?:vorherige|bisherige|obige)n? (?:prompts?|anweisung\w*)|игнорируй\w* .{0,30}инструкци\w*"
    r"|忽略.{0,10}指[令示]"
)
"""Words that set aside what a machine was told."""

ORDER = re.compile(
    r"\b(?:route|assign|tag|mark|flag|label|set|create|open|close|cancel|escalate|forward|send|reply"
    r"|respond|answer|output|return|treat|move|merge|delete|approve|refund|transfer|grant|reset|change"
    r"|register|file|log|prioriti[sz]e|print|reveal|use|put|add|ignore|skip|do not|must|should|shall"
    r"|classe[zr]?|affecte[zr]?|attribue[zr]?|assigne[zr]?|cree[zr]?|ferme[zr]?|clotur\w+|annule[zr]?"
    r"|marque[zr]?|reponds|repondez|envoie|envoyez|route[zr]|transfere[zr]?|traite[zr]?|ajoute[zr]?"
    r"|ouvre[zr]?"
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

ADDRESS_FIRST = re.compile(rf"^\W*(?:\w+\W+)?(?:{NOTE}\W|{_TO}\b)")
"""The sentence begins as a note to somebody."""

GREETED = re.compile(
    r"^\W*(?:please,? )?(?:dear|hello|hi|hey|bonjour|chere?|hallo|liebe[rs]?|hola|estimad[oa]|ciao"
    r"|car[oa]|beste|lieve)"
    r" (?:machine|computer|software|system|systeme|sistema|systeem|model|modele|modelo|modello"
    r"|program\w*"
    r"|maschine|maquina|macchina|rechner)\s*[,:!]"
)
"""Nobody greets a thing that doesn't read."""

IS_TOLD = re.compile(
    r"^\W{0,3}(?:must|should|shall|has to|is to|doit|muss|soll|sollte|debe|deve|moet)\b[^.!?]{0,60}"
    r"\b(?:this|the|ce|cet|cette|dies\w*|est[ea]|quest[ao]|dit|deze)\b"
)
"""Behind a machine's name: what it must do with this."""

ALL_ABOVE = re.compile(
    r"\b(?:ignor\w*|oublie\w*|vergiss|vergessen|olvid\w+|dimentic\w+|vergeet|negeer|forget|disregard"
    r"|skip|descart\w+"
    r"|override|ne (?:tiens|tenez) (?:pas|aucun) compte)\W+(?:\w+\W+){0,3}?(?:above|lo anterior"
    r"|ce qui precede|obige\w*"
    r"|oben|bovenstaande|sopra|precedente|routing)\b"
)
"""All that was said so far is set aside: how people correct themselves, too."""

WHILE_READING = re.compile(
    r"\b(?:when|while|if you are|on) (?:processing|handling|classifying|reading"
    r"|sorting) this (?:e-?mail|message|ticket)\b"
    r"|\b(?:beim|bei der) (?:lesen|bearbeiten|verarbeiten|bearbeitung|verarbeitung) diese[rs] (?:mail"
    r"|nachricht|e-?mail)\b"
    r"|\b(?:en lisant|en traitant|lors du traitement de) ce (?:mail|message|courriel)\b"
    r"|\bal (?:procesar|leer) este (?:correo|mensaje)\b|\bnel(?:l'| )(?:elaborare|leggere"
    r"|elaborazione di) quest[ao]\b"
    r"|\bbij het (?:lezen|verwerken) van (?:dit|deze)\b"
)
