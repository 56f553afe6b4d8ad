"""Do the writer's own words only point to what they pass on, so that the passed-on words speak for them?"""

import re
from collections.abc import Sequence

from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.model import MailPart, PartKind

_POINTS = re.compile(
    r"voir (?:ci-dessous|plus bas|mail|message|demande)|ci-(?:dessous|apres|joint)|cf\.? "
    r"|je (?:vous|te) (?:remets|renvoie|repasse|redonne)|(?:ihnen|euch|dir) (?:nochmals|erneut"
    r"|hier nochmal)"
    r"|os (?:lo )?(?:vuelvo a|mando otra vez|reenvio)|vi (?:rimando|riporto|rigiro)|(?:resending"
    r"|sending (?:it )?again)"
    r"|stuur (?:ik )?(?:het |hem )?(?:nogmaals|opnieuw)"
    r"|pour (?:info|suite|traitement|action)|je (?:vous|te) (?:transfere|fais suivre|transmets)"
    r"|siehe (?:unten|anbei|nachstehend)|s\. ?u\.|z(?:ur|\.) ?k(?:enntnis|ts)|weiter(?:leitung"
    r"|geleitet)|zur (?:info|kenntnis|bearbeitung|weiterbearbeitung)|bitte (?:um|ubernehmen"
    r"|kummern|bearbeiten|erledigen)|anbei"
    r"|(?:ver|veis|mirad?|lee[dr]?) (?:mas )?(?:abajo|debajo|mail|correo)"
    r"|(?:te|os|le) (?:lo |la |los )?(?:reenvio|paso|remito|adjunto)"
    r"|para (?:vuestra|tu|su) (?:gestion|info)|a continuacion"
    r"|vedi (?:sotto|mail|allegat)|vi (?:giro|inoltro)|ti (?:giro|inoltro)|(?:qui )?di seguito"
    r"|per (?:competenza|conoscenza|vs|vostra)|potete (?:occuparvene|pensarci)|sistemate"
    r"|see (?:below|the below|attached)|as below|below(?: from)?|\bfyi\b|\bfya\b"
    r"|passing (?:this )?(?:on|along)|forwarding|can you (?:help|deal|handle|sort|action|pick)"
    r"|please (?:action|advise|handle|deal|sort|see|help)|over to you|for your (?:attention"
    r"|action)"
    r"|zie (?:onder|hieronder|onderstaand|bijlage)|onderstaand|ter info|t\.k\.|tkn|ter kennis"
    r"|(?:wil|kun|kan|zou) (?:jij|je|u|jullie) (?:dit|deze|hier|hem|haar)|dit oppakken"
    r"|hierbij|graag (?:oppakken|afhandelen|actie|jullie hulp)|kunnen jullie (?:dit|hier|deze)"
    r"|stuur (?:ik )?door"
    r"|pren(?:dre|iez|ez) la (?:suite|main)|je vous laisse (?:voir|gerer|faire)|du chinois"
    r"|n'y comprends (?:rien|goutte)|pas de mon ressort|voyez (?:avec|ca|cela)"
    r"|(?:verstehe|kapiere) (?:ich )?nur bahnhof|da(?:vo|von) verstehe ich nichts|nicht meine baustelle"
    r"|(?:konnt|konnen) (?:ihr|sie) (?:das|hier|da|bitte) (?:bitte )?ubernehmen|gebe ich (?:mal )?weiter"
    r"|me suena a chino|no entiendo (?:nada|ni)|os encargais|se encargan|lo dejo en"
    r"|non ci capisco|lascio a voi|ve la vedete voi|passo la palla"
    r"|(?:all )?greek to me|double dutch|over my head|can you take (?:this|it)|i ll leave (?:this|it)"
    r"|i'll leave (?:this|it)|best (?:if )?you (?:take|pick)|not my department"
    r"|snap (?:ik )?er niets van|is abracadabra|nemen jullie (?:dit|het) over|laat ik aan jullie"
)
_WORD = re.compile(r"\w+")
_POINTER_WORDS = 22
_SCANT_WORDS = 7


def forward_speaks(parts: Sequence[MailPart]) -> bool:
    """True where something is forwarded and the writer's own words say next to nothing themselves."""
    if not any(part.kind is PartKind.FORWARDED and part.text.strip() for part in parts):
        return False
    own = folded(
        " ".join(part.text for part in parts if part.kind is PartKind.NEW and part.message == 0)
    )
    words = len(_WORD.findall(own))
    if words <= _SCANT_WORDS:
        return True
    return words <= _POINTER_WORDS and bool(_POINTS.search(own)) and not re.search(r"\d{3}", own)
