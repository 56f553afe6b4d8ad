"""Does anything in the mail give orders to a machine that reads it (prompt injection)?

What is found is reported with its place, so that no rule takes it for the writer's wish, models get it
fenced as data, and people see it. Nothing here obeys or removes it: it stays part of the text.

Two things make an order: words that set aside what the machine was told, or words that address a machine
together with what it is to do. Either alone, as in "our system assigns leads wrongly", is how people write.
"""

import re
from collections.abc import Iterator, Sequence

from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.model import Span

_SENTENCE = re.compile(r"[^\n.!?;]*(?:[.!?;](?![\s\n]|$)[^\n.!?;]*)*[.!?;]*[\])\"'»”]*")
_OVERRIDE = re.compile(
    # Nouns that dealers use of their own affairs ("ignore my last message", "both orders") are not here.
    r"(?:ignor(?:e[zr]?|iere?n?|a|ad|are|ate|eer|eren)\b|disregard|forget|overlook|override|bypass)"
    r"[^\n]{0,60}?\b(?:instructions?|prompts?|guidelines|directives?|training"
    r"|(?:previous|prior|your|system) rules)\b"
    r"|(?:ignore|disregard|forget) (?:all |everything )?(?:of )?(?:the )?above[^\n]{0,20}"
    r"\b(?:reply|respond|answer|output|classify|assign|route|create)\b"
    r"|(?:ignor\w+|oublie[zr]?|vergiss|vergessen|missacht\w+|olvid\w+|caso omiso|dimentic\w+|negeer\w*"
    r"|vergeet|trascur\w+|descart\w+)\b[^\n]{0,50}?\b(?:consignes?|instructions?|anweisung(?:en)?|vorgaben|befehle?"
    r"|instruccion(?:es)?|indicaciones|istruzion[ei]|indicazioni|comandi|instructies?|aanwijzing(?:en)?)\b"
    r"|new (?:system )?(?:instructions?|prompt)\s*:|system (?:prompt|override|message|instruction)\b"
    r"|\bprompt injection\b|jailbreak|developer mode|you are now (?:an?|in)\b"
    r"|act as (?:an?|the) (?:ai|assistant|admin|system)"
    r"|<\|?(?:im_start|im_end|system|endoftext|assistant|/?inst)\|?>|\[/?inst\]|\[/?system\]"
    r"|###\s*(?:instruction|system|assistant)|begin (?:system|admin) "
)
_MACHINE = re.compile(
    r"\b(?:(?:ai|ki|ia|a\.i\.|k\.i\.|i\.a\.)(?:[- ](?:\w+))?|artificial intelligence"
    r"|intelligence artificielle|kunstliche intelligenz|inteligencia artificial"
    r"|intelligenza artificiale|kunstmatige intelligentie"
    r"|assistant|assistente?|asistente|assistent|chat ?bots?|bots?|llm|gpt|language model"
    r"|modele de langage|sprachmodell|modelo de lenguaje|modello linguistico|taalmodel"
    r"|automat(?:ed|ic|ische[rsn]?|ique|ico|ica|izado|izzato"
    r"|isierte[rsn]?) (?:\w+ ){0,1}(?:systems?|agents?|process\w*|triage|classif\w+|router|tri\b"
    r"|verarbeitung|routing|sistema|classificat\w+|handling|reader)|triage (?:system|engine|tool"
    r"|bot|agent)|classifier|classificateur|klassifikator|clasificador|classificatore|parser"
    r"|routing (?:engine|system|bot)"
    r"|ticket(?:ing)? system|ki-system\w*|ai-system\w*|agent ia|virtual agent|robot"
    r"|machine learning|autoresponder"
    r"|automatische[rsnm]? (?:bearbeiter|sachbearbeiter|leser|verwerker|lezer|medewerker)"
    r"|(?:operateur|agent|lecteur|gestionnaire|operador|agente|lector|gestor|operatore|lettore|gestore"
    r"|risponditore|smistatore) automati\w+|automat\w+ (?:operator|clerk|worker))\b"
    # What people also write of, such as software, is addressed only by a note to it.
    r"|\b(?:to|for|a|au|aux|al|alla|aan|voor|an|fur|pour|para|per|all)\b"
    r"(?:['\s]+(?:the|l|le|la|el|il|lo|die|das|den|het|de))?['\s]+"
    r"(?:software|logiciel|computer|ordinateur|ordenador|rechner|machine|maschine|maquina|macchina"
    r"|systeme?|sistema|systeem|programme?|programma|programa|algorithme?|algorithmus|algoritm[eo])"
    r"\b[^\n:]{0,40}:"
    r"|^\W*(?:system|systeme|sistema|systeem|admin|note to (?:the )?(?:system|machine|bot|parser"
    r"|agent))\s*(?:note|hinweis|override|message|instruction|opmerking)?\s*[:\]>]|\[\s*(?:system"
    r"|systeme|sistema|systeem|assistant|ai)\b"
)
_ORDER = re.compile(
    r"\b(?:route|assign|classif\w+|categori[sz]\w+|tag|mark|flag|label|set|create|open|close"
    r"|escalate|forward|send|reply|respond|answer|output|return|treat|move|merge|delete|approve"
    r"|refund|transfer|grant|reset|change|register|file|log|prioriti[sz]e|print|reveal|use|put"
    r"|do not|must|should|shall|always|only"
    r"|classe[zr]?|classer|affecte[zr]?|attribue[zr]?|assigne[zr]?|cree[zr]?|ferme[zr]?|clotur\w+"
    r"|marque[zr]?|reponds|repondez|envoie|envoyez|route[zr]|transfere[zr]?|traite[zr]?"
    r"|considere[zr]?|oriente[zr]?|categorise[zr]?|mets|mettez|fusionne[zr]?|supprime[zr]?|doit"
    r"|doivent|enregistre[zr]?|priorite"
    r"|zuordnen|zuzuordnen|ordne[nt]?|weise[nt]?|zuweisen|zuzuweisen|kategorisier\w+"
    r"|klassifizier\w+|einstufen|einzustufen|schliess\w+|anlegen|anzulegen|lege[nt]?|erstell\w+"
    r"|markier\w+|weiterleiten|weiterzuleiten|leite[nt]?|setze[nt]?|behandel\w+|antworte[nt]?"
    r"|losch\w+|muss|mussen|verschieb\w+|sende[nt]?|gib|geben"
    r"|clasific\w+|asign\w+|crea[dr]?|cre[ea]n?|cierr\w+|cerrar|marc[ae]\w*|respond[ae]\w*"
    r"|envia\w*|enruta\w*|redirig\w+|trata\w*|consider\w+|descarta\w*|elimin\w+|debe[ns]?|pon(?:er"
    r"|ga|gan)?|abr[aei]\w*|categoriz\w+|registr\w+"
    r"|classific\w+|assegn\w+|crea(?:re|te)?|apri(?:re|te)?|chiud\w+|contrassegn\w+|segna\w*"
    r"|rispond\w+|invia\w*|instrad\w+|tratta\w*|consider\w+|elimina\w*|deve|devono|imposta\w*"
    r"|sposta\w*|indirizz\w+|registra\w*"
    r"|classificeer\w*|wijs|toewijzen|toe te wijzen|maak|aanmaken|sluit\w*|markeer\w*|antwoord\w*"
    r"|stuur\w*|routeer\w*|behandel\w*|verwijder\w*|moet\w*|zet|categoriseer\w*|plaats|beschouw\w*"
    r"|boek\w*)\b"
)
_FEWEST = 12


def find_orders(text: str, hidden: Sequence[str], subject: str) -> tuple[Span, ...]:
    """Stretches that give orders to machines: in the text by place, in subject and hidden text without."""
    found = list(_in_text(text))
    found += [_elsewhere(subject, f"in the subject: {reason}") for reason in _reasons(subject)]
    found += [
        _elsewhere(one, f"in hidden HTML: {reason}") for one in hidden for reason in _reasons(one)
    ]
    return tuple(found)


def _in_text(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        for match in _SENTENCE.finditer(line):
            sentence = match.group().strip()
            for reason in _reasons(sentence):
                first = start + match.start() + match.group().index(sentence)
                yield Span(start=first, end=first + len(sentence), text=sentence, reason=reason)
        start += len(line) + 1


def _reasons(sentence: str) -> Iterator[str]:
    """The reason to take a sentence for an order, if any; at most one."""
    if len(sentence) < _FEWEST:
        return
    key = folded(sentence).strip()
    if _OVERRIDE.search(key):
        yield "tells a machine to set aside what it was told"
    elif (named := _MACHINE.search(key)) and _ORDER.search(
        key[: named.start()] + " " + key[named.end() :]
    ):
        yield "addresses a machine and gives it an order"


def _elsewhere(text: str, reason: str) -> Span:
    return Span(start=0, end=0, text=text, reason=reason)
