"""Did a machine send this mail, and which kind of answer is it: out of office, bounce, receipt?

Headers say so where there are any. By text alone a mail is only automatic where its own words say so too:
people forward bounces, and answer below subjects such as "Automatic reply", because they want something.
"""

import re
from collections.abc import Mapping, Sequence

from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.model import MailPart, PartKind

OUT_OF_OFFICE = "out_of_office"
BOUNCE = "bounce"
RECEIPT = "receipt"

_DAEMON = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?delivery|microsoftexchange[0-9a-f]*|bounces?)(?:[+@.-]|$)"
)
_AWAY_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?(?:re(?:ply|sponse)|response)"
    r"|out of (?:the )?office|ooo\b|reponse automatique|absence du bureau|absent\b"
    r"|automatische (?:antwort|nachricht)|abwesenheit\w*|respuesta automatica"
    r"|fuera de (?:la )?oficina|ausencia"
    r"|risposta automatica|fuori ufficio|assenza|automatisch antwoord|afwezig\w*|autoreply"
    r"|message d'absence)"
)
_BOUNCE_SUBJECT = re.compile(
    r"^\W*(?:undeliver(?:able|ed)|delivery (?:status notification|has failed|failure|report)"
    r"|mail delivery (?:failed|system|subsystem)|returned mail|failure notice"
    r"|message (?:not delivered|delivery)"
    r"|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|non remis|non distribuable"
    r"|echec de (?:la )?remise|message non distribue"
    r"|no se (?:ha )?p(?:uede|udo|odido) entregar|error de entrega|no entregado"
    r"|mancat[ao] (?:consegna|recapito)|non recapitabile|impossibile recapitare|niet bezorgd"
    r"|onbestelbaar|kan niet worden bezorgd)"
)
_RECEIPT_SUBJECT = re.compile(
    r"^\W*(?:read|lu|gelesen|leido|letto|gelezen|not read|non lu)\s?:\s|^\W*(?:read receipt"
    r"|accuse de (?:lecture|reception) automatique|lesebestatigung|confirmacion de lectura"
    r"|conferma di lettura|leesbevestiging)"
)
_AWAY_WORDS = re.compile(
    r"\b(?:i am|i'm|i will be|currently|we are) (?:currently )?(?:out of (?:the )?office|away"
    r"|on (?:annual |maternity |sick )?(?:leave|vacation|holiday)|travelling)|(?:limited"
    r"|no) access to (?:my )?e-?mail|(?:will|shall) (?:return|be back|reply) (?:on|when|upon"
    r"|after)"
    r"|je suis (?:actuellement )?(?:absent|en (?:conge|vacances|deplacement|formation|arret))"
    r"|absente? (?:du bureau|jusqu|du \d)|de retour le|en mon absence"
    r"|(?:ich bin|wir sind) (?:\w+ )?(?:derzeit|momentan|zur ?zeit|vom|bis|ab|nicht|ausser"
    r"|im urlaub|abwesend)[^.]{0,60}(?:urlaub|abwesend|nicht im (?:haus|buro)|nicht erreichbar"
    r"|ausser haus|zuruck)|nicht im (?:buro|haus)|in meiner abwesenheit"
    r"|meine mails werden nicht (?:weitergeleitet|gelesen)"
    r"|(?:estoy|estare|me encuentro) (?:de vacaciones|fuera|ausente|de baja|de permiso)"
    r"|fuera de la oficina|durante mi ausencia|hasta mi (?:vuelta|regreso)"
    r"|(?:sono|saro) (?:attualmente )?(?:assente|fuori|in ferie|in vacanza|in malattia)"
    r"|in mia assenza|al mio rientro|fuori (?:sede|ufficio)"
    r"|(?:ik ben|wegens|i\.v\.m\.|in verband met) [^.]{0,40}(?:afwezig|vakantie|verlof"
    r"|niet aanwezig|niet op kantoor)|tijdens mijn afwezigheid|niet op kantoor|buiten kantoor"
)
_BOUNCE_WORDS = re.compile(
    r"(?:could not|couldn't|cannot|was not|wasn't|has not been|not be) (?:be )?deliver|(?:address"
    r"|recipient|mailbox)[^.]{0,30}(?:not found|rejected|unknown|unavailable|full)|user unknown"
    r"|\b5[0-9]{2}[ -]5\.\d\.\d|permanent(?:ly)? (?:error|fail)"
    r"|n'a (?:pas )?pu etre (?:remis|distribue|delivre)|n'a pas ete (?:remis|distribue)"
    r"|konnte nicht zugestellt|nicht zugestellt werden|no se (?:ha podido|pudo|puede) entregar"
    r"|non e stato (?:possibile|recapitato|consegnato)|impossibile recapitare"
    r"|kon niet worden (?:bezorgd|afgeleverd)|niet worden bezorgd"
)


def automatic_kind(
    *, sender: str, subject: str, headers: Mapping[str, str], parts: Sequence[MailPart]
) -> str | None:
    """``out_of_office``, ``bounce`` or ``receipt``; None for the mail of a person."""
    key = folded(subject)
    own = folded(" ".join(part.text for part in parts if _own(part)))
    if _is_bounce(sender, key, headers, own):
        return BOUNCE
    if _RECEIPT_SUBJECT.match(key) or "disposition-notification" in headers.get("content-type", ""):
        return RECEIPT if len(own.split()) < 60 else None
    if _says_automatic(headers):
        return OUT_OF_OFFICE
    if _AWAY_WORDS.search(own) and (_AWAY_SUBJECT.match(key) or _is_only_absence(own)):
        return OUT_OF_OFFICE
    return None


def is_bounce_notice(folded_text: str) -> bool:
    """Whether a mail server says here that a mail could not be delivered."""
    return bool(_BOUNCE_WORDS.search(folded_text))


def _own(part: MailPart) -> bool:
    return part.message == 0 and part.kind in {PartKind.NEW, PartKind.GREETING}


def _is_bounce(sender: str, subject: str, headers: Mapping[str, str], own: str) -> bool:
    if "report-type=delivery-status" in headers.get("content-type", "").replace(" ", "").lower():
        return True
    if headers.get("return-path", "").strip() == "<>" and _BOUNCE_SUBJECT.match(subject):
        return True
    if _DAEMON.match(sender.lower()):
        return True
    return bool(_BOUNCE_SUBJECT.match(subject) and _BOUNCE_WORDS.search(own))


def _says_automatic(headers: Mapping[str, str]) -> bool:
    if headers.get("auto-submitted", "no").strip().lower().startswith("auto-replied"):
        return True
    if headers.get("precedence", "").strip().lower() in {"auto_reply", "auto-reply"}:
        return True
    return any(
        name in headers
        for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
    )


def _is_only_absence(own: str) -> bool:
    """Whether the mail begins with the absence and asks for nothing."""
    begins = _AWAY_WORDS.search(own[:160])
    return begins is not None and "?" not in own and len(own.split()) < 90
