"""Which line did a phone or a mail program write, not a person? *Sent from my iPhone*, *Outlook voor iOS*.

Matched against folded lines, as in ``phrases``. Only what begins so: "the photos sent from my phone" are
somebody's words.
"""

import re

_SYSTEM = r"(?:android|ios|iphone|ipad|windows|mac(?:os)?|smartphones?)\b"
_FOR = r"(?:for|pour|para|per|fur|voor)"
_DEVICE = (
    r"(?:iphone|ipad|smartphone|mobiltelefon|mobile|handy|phone|telefoon|telefono|movil|tablet|android|ios"
    r"|samsung|galaxy|huawei|xiaomi|pixel|blackberry|outlook|proton ?mail|gmail|yahoo|gmx|web\.de|aol"
    r"|mail[- ]app|app)\b"
)

PROGRAM = re.compile(
    r"^[-_*~ ]*(?:"
    r"envoye (?:de(?:puis)?|a partir d[eu]) (?:mon|ma|un|l'|outlook|yahoo|orange|courrier|mail)"
    rf"|envoye (?:avec|via|par|depuis) .{{0,30}}{_DEVICE}|envoye via|provenance ?: "
    r"|(?:von meinem|von unterwegs|gesendet (?:von|mit|uber) )"
    rf"|(?:mit .{{0,30}})?vo[nm] .{{0,30}}{_DEVICE}.{{0,20}} (?:gesendet|verschickt|geschrieben)\b"
    r"|enviado (?:desde|con|de) |(?:inviato|scritto) (?:da(?:l|lla)?|con|tramite) "
    rf"|sent (?:from|via|using|with) (?:(?!the )|the .{{0,30}}{_DEVICE})"
    rf"|(?:please )?(?:excuse|forgive|pardon|sorry for) .{{0,40}}(?:sent|typed|written) .{{0,15}}{_DEVICE}"
    r"|(?:verzonden|verstuurd) (?:vanaf|met|via|vanuit) "
    rf"|(?:diese (?:nachricht|e-?mail)|ce (?:message|mail)|this (?:message|e-?mail)|este (?:mensaje|correo)"
    rf"|questo messaggio|dit bericht) .{{0,40}}{_DEVICE}.{{0,30}}(?:gesendet|envoye|sent|enviado|inviato"
    rf"|verzonden)"
    rf"|(?:get|download|obtenir|obtenez|telecharge[rz]?|descarga[r]?|obten(?:er|ga)?|consigue|consiga"
    rf"|scarica|ottieni|holen sie sich|hol dir|laden sie|krijg)\b.{{0,20}} {_FOR} {_SYSTEM}"
    rf"|outlook {_FOR} {_SYSTEM}|(?:get|telecharger|obtenir|obtener|scarica|download) outlook"
    r"|(?:get|download|obtenir|obtenez|telecharge[rz]?|hol(?:en)? (?:sie sich|dir)|obten(?:er|ga)?"
    rf"|descarga[r]?|scarica|ottieni|haal) (?:[\w.]+ ){{1,3}}{_FOR} (?:{_SYSTEM}|mobile\b)"
    r"|(?:envoye|redige|gesendet|geschrieben|versendet|verfasst|enviad[oa]|enviat|escrito|escrit|inviato"
    r"|scritto|sent|written|typed|verzonden|verstuurd|getypt|geschreven|anfonwyd|bidalita?|bidalia"
    r"|skickat|sendt|wyslane|wyslano|trimis|odeslano)\b[^.?!]{0,24}\b(?:iphone|ipad|android|galaxy"
    r"|samsung|huawei|xiaomi|pixel|blackberry|smartphone|handy|telefon\w*|telephone|portable|mobile?"
    r"|movil|mobil|telefonino|cellulare|tablet|outlook|gmail|yahoo|windows|app)\b"
    r"|(?:gesendet uber|herkomst|origine) ?: ?(?:courrier|mail|posta|correo)\b"
    r"|blackberry (?:de|from|von|by) "
    r")"
)
