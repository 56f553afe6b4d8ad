"""Which words open, close and frame an e-mail in French, German, Spanish, Italian, English and Dutch?

Everything here is matched against folded lines (small letters, no accents, ``ss`` for ``ß``), so it is
written that way. A language's words stand together: to add a language, add its row to every table.
"""

import re


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


GREETING = re.compile(
    r"(?:"
    + _any(
        r"bonjour|bonsoir|bjr|slt|salut|coucou|hello|chere?s?\b|madame|monsieur|mesdames|messieurs"
        r"|mme|re[- ]?bonjour",
        r"sehr geehrte[rsn]?|guten (?:tag|morgen|abend)|hallo|moin|servus|gruss gott|liebe[rs]?\b"
        r"|werte[rs]?\b|tach|hi\b|hey\b",
        r"hola|buen[oa]s(?: (?:dias|tardes|noches))?|estimad[oa]s?|apreciad[oa]s?"
        r"|muy senor(?:es)? m[io][oa]?s?|buen dia|ola\b|egun on|bon dia",
        r"buon ?giorno|buona ?sera|buon pomeriggio|buondi|salve|ciao|gentil[ei]|gent\.?m[aio]"
        r"|egregi[oa]?|spett(?:abile|\.le)|caro|cara|cari",
        r"dear|hi|hey|hello|good (?:morning|afternoon|evening|day)|morning|afternoon|evening"
        r"|greetings|to whom it may concern|hiya",
        r"beste|geachte|hoi|dag|hallo|goede?(?:n|r)?(?:morgen|middag|avond|dag)|goeie ?morgen"
        r"|goedendag|l\.s\.|heren|mevrouw",
    )
    + r")(?![\w-])"
)

# What a line may hold and still be nothing but a farewell, next to names and places.
_FAREWELL = _any(
    # French
    r"(?:bien )?cordialement(?: votre)?|(?:tres )?cordialement|bien (?:a vous|a toi|sincerement"
    r"|respectueusement)|a vous lire",
    r"(?:avec )?(?:mes|nos)? ?(?:sinceres|meilleures|cordiales"
    r"|respectueuses)? ?salutations(?: (?:distinguees|cordiales|respectueuses|les meilleures"
    r"|sinceres))?",
    r"sinceres salutations|meilleures salutations|sincerement|respectueusement|amicalement|cdlt"
    r"|cdt|crdlt|bav|bcdlt|bises|biz|bisous",
    r"(?:tres )?(?:bonne|belle|excellente) (?:journee|soiree|fin de (?:journee|semaine|matinee)"
    r"|apres-midi|reception|semaine|continuation|annee)",
    r"bon (?:week-?end|courage|apres-midi)|a (?:bientot|plus|tres vite|\+)|l'equipe"
    r"|(?:votre )?(?:bien |tout |tres )?devouee?(?: serviteur)?|confraternellement|vbd"
    r"|(?:avec )?(?:l'expression de )?(?:ma|notre) (?:haute|parfaite|plus haute) consideration",
    # German
    r"(?:mit )?(?:ganz )?(?:freundlichem|freundlichen?|besten?|herzlichen?|lieben?|vielen?"
    r"|schonen?|sonnigen?|kollegialen?|bestem|herzlichem|liebem|schone[nr]?|sportlichen?) gr(?:u"
    r"|ue)sse?n?",
    r"gr(?:u|ue)sse?|gruessle|mfg|m\.f\.g\.?|vg|lg|bg|mbg|mkg|hochachtungsvoll|hg"
    r"|mit (?:vorzuglicher|ausgezeichneter|kollegialer) (?:hochachtung|empfehlung)|gez\.?",
    r"(?:noch )?(?:einen )?(?:schonen?|angenehmen?) (?:tag|abend|feierabend|nachmittag|wochenende"
    r"|woche|restwoche)(?: noch)?|schones wochenende|bis (?:bald|dann|die tage)",
    # Spanish
    r"(?:reciba[ns]? )?(?:un (?:cordial |fuerte |afectuoso )?(?:saludo|abrazo))s?"
    r"|saludos?(?: cordiales| a todos)?|(?:muy )?atentamente|atte\.?|cordialmente",
    r"(?:sin otro particular,? )?(?:les?|os|te) saludan?(?: muy)?(?: atentamente)?|slds|sldos"
    r"|bicos|besos|abrazos|un saudo|saudos|una salutacio|salutacions|cordials salutacions"
    r"|agur(?: bero bat)?"
    r"|(?:con )?un saludo muy cordial|buen (?:dia|finde|fin de semana)|feliz (?:dia|tarde)"
    r"|que tengais? buen dia",
    # Italian
    r"(?:i piu |piu )?(?:cordiali|distinti|cari|migliori|un cordiale|un caro) salut[io]"
    r"|salut[io](?: e grazie)?|un saluto|cordialita|cordialmente|(?:distinti|deferenti) ossequi"
    r"|con osservanza|con stima|(?:buona|buon) (?:giornata|serata"
    r"|lavoro|week-?end|proseguimento|domenica|fine settimana)|a presto|porgo|cs\b",
    # English
    r"(?:(?:with )?(?:kind|kindest|best|warm|warmest|many) )?regards|(?:best|warm|kind) wishes"
    r"|with thanks|(?:kind|many) thanks|rgds|kr|br|cheers|best|all the best",
    r"(?:yours )?(?:sincerely|faithfully|truly|respectfully|cordially)(?: yours)?|yours"
    r"|respectfully submitted|i remain|cofion(?: (?:gorau|cynnes|caredig))?|le meas|slainte|take care"
    r"|have a (?:great|good|nice|lovely|wonderful) (?:day|one"
    r"|evening|weekend|week|afternoon)|speak soon|talk soon",
    # Dutch
    r"(?:met )?(?:de )?(?:vriendelijke|hartelijke|sportieve|beste|collegiale|warme"
    r"|zonnige) groet(?:en|jes)?|met groet|groet(?:en|jes)?|gr|grt|grtz|grtjs|grtn|mvg|m\.v\.g\.?"
    r"|mvrgr|m\. ?vr\. ?gr\.?|met vr\.? ?gr\.?|vr\.? ?gr\.?",
    r"(?:met (?:de )?(?:meeste )?)?hoogachting|hoogachtend|verblijf(?:en)? (?:ik|wij)|fijne (?:dag"
    r"|avond|middag|week)|(?:fijn"
    r"|prettig) weekend|(?:nog )?(?:een )?(?:prettige|fijne) (?:dag|avond)|tot (?:ziens|snel"
    r"|horens)",
)

# Thanks end a mail as often as they stand in it: alone on a line, with no text below, they close it.
_THANKS = _any(
    r"(?:un grand |grand )?merci(?: (?:d'avance|par avance|beaucoup|bien|a vous|a tous|encore"
    r"|infiniment|pour (?:votre|ton) (?:aide|retour|reponse|attention)|de votre (?:aide|retour"
    r"|comprehension)|mille fois))*(?: (?:de|pour) (?:votre|ton|vos) (?:aide|retour|retours"
    r"|reponse|attention|comprehension|diligence))?|d'avance merci"
    r"|en vous remerciant(?: (?:d'avance|par avance))?(?: (?:de|pour) .{0,40})?"
    r"|je vous remercie(?: (?:d'avance|par avance))?",
    r"(?:vielen |besten |herzlichen |lieben |recht herzlichen )?dank(?:e)?(?: (?:im voraus|vorab"
    r"|schon|euch|ihnen|sehr|fur (?:ihre|die|eure) (?:hilfe|ruckmeldung|unterstutzung|muhe"
    r"|schnelle hilfe)))*|danke(?:schon)?|merci",
    r"(?:muchas |mil )?gracias(?: (?:de antemano|por adelantado|por todo|por (?:vuestra"
    r"|su) (?:ayuda|atencion)|a todos|y (?:perdonad?|disculpad?"
    r"|perdon)(?: (?:por )?(?:las molestias|la molestia|el rollo))?))*|os lo agradezco"
    r"|agradecid[oa]s?|agradeciendo .{0,50}",
    r"(?:vi |ti |la )?(?:grazie|ringrazio|ringraziamo|ringraziando)(?: (?:mille|infinite|tante"
    r"|in anticipo|anticipatamente|a tutti|ancora|per (?:la|il|l'|vostr[oa]) ?(?:collaborazione"
    r"|attenzione|aiuto|disponibilita|supporto)|dell'attenzione|e (?:buon lavoro|buona giornata"
    r"|saluti)))*",
    r"(?:many |much )?(?:thanks|thank you|thx|tks|thanx|ta|tia|ty|appreciated|much appreciated"
    r"|thank you very much)(?: (?:in advance|again|a lot|so much|very much|a million|all|both"
    r"|everyone|team|folks|guys|for (?:your|the) (?:help|time|assistance|attention|quick (?:help"
    r"|reply))))*",
    r"(?:alvast |hartelijk |heel erg |nogmaals |veel )?(?:bedankt|dank|dank je(?: wel)?"
    r"|dank u(?: wel)?|dankjewel|dankuwel)(?: (?:alvast|voor (?:de|jullie|uw|je) (?:hulp|moeite"
    r"|medewerking|snelle reactie)))?|(?:bij|met) voorbaat (?:hartelijk )?dank|dank (?:bij"
    r"|alvast) voorbaat",
)

# A whole sentence that nothing but a name follows, as lawyers and secretaries close a letter.
FORMAL_CLOSING = re.compile(
    _any(
        r"\b(?:agreer|croire|recevoir|recevez|agreez|croyez)\b[^?]{0,160}\b(?:salutations?"
        r"|sentiments?|consideration"
        r"|respects?|hommages|devoue|devouement)\b",
        r"\bverblei(?:be|ben)\b[^?]{0,40}\b(?:gruss\w*|grusse\w*|hochachtung)",
        r"\bsin otro particular\b|\b(?:saludarles?|saludamos|saluda|despido"
        r"|despedimos) (?:muy )?atentamente"
        r"|\breciban?\b[^?]{0,40}\bsaludos?\b|\baprovech\w+ (?:la|esta) (?:ocasion"
        r"|oportunidad)\b[^?]{0,60}\bsalud",
        r"\b(?:voglia|vogliate)\b[^?]{0,30}\bgradire\b|\b(?:porgo|porgiamo|porgere|inviamo"
        r"|invio)\b[^?]{0,40}\bsalut",
        r"\bi (?:am|remain),? (?:yours|sir|madam)\b|\bwe (?:are|remain),? yours\b",
        r"\bverblij(?:f|ven)\b[^?]{0,40}\b(?:groet\w*|hoogacht\w*)",
    )
)

FAREWELL = re.compile(rf"(?:{_FAREWELL})(?![\w-])")
THANKS = re.compile(rf"(?:{_THANKS})(?![\w-])")

# A whole sentence of politeness that ends a mail and asks for nothing.
COURTESY = re.compile(
    _any(
        r"^(?:many |viele[nr]? |besten |herzlichen |muchas |hartelijk )?(?:thanks|thank you|merci"
        r"|danke?|gracias"
        r"|grazie|bedankt|dank) (?:for|pour|fur|por|per|voor) [^\d?]{0,70}$",
        r"^(?:je|nous) (?:reste|restons|me tiens|nous tenons)(?: bien (?:sur|entendu))? ?(?:a"
        r"|en attente|dans l'attente).{0,60}$",
        r"^(?:dans l'attente|en attente|en l'attente|dans l'espoir).{0,220}$|^(?:je vous prie"
        r"|veuillez|nous vous prions)[^.]{0,45}(?:agreer|croire|recevoir).{0,160}$"
        r"|^n'hesitez pas (?:a (?:me|nous) |si )[^?]{0,70}$|^(?:a|en restant a) (?:votre"
        r"|ton) (?:entiere )?disposition.{0,40}$",
        r"^(?:fur|bei) (?:weitere |eventuelle |etwaige )?(?:ruckfragen"
        r"|fragen)[^\d?]{0,25}(?:gerne?|jederzeit|zur verfugung)[^\d]{0,50}$|^(?:uber|auf) (?:eine"
        r"|ihre) (?:baldige|schnelle|kurze|zeitnahe)? ?(?:ruckmeldung|antwort)[^\d?]{0,60}$"
        r"|^(?:ich|wir) (?:freue|freuen|bedanke|bedanken|danke|danken) [^\d?]{0,70}$"
        r"|^(?:bitte )?melden sie sich(?: gerne?)?,? (?:wenn|falls|bei)[^\d?]{0,50}$",
        r"^(?:quedo|quedamos|estoy|estamos|me quedo) (?:a (?:la|tu|su|vuestra)|a vuestra entera"
        r"|pendiente)[^\d?]{0,70}$|^(?:en|a la) espera de [^\d?]{0,70}$|^(?:cualquier (?:cosa|duda"
        r"|consulta))[^\d?]{0,60}$|^sin otro particular.{0,90}$|^(?:un"
        r"|de antemano) (?:muchas )?gracias.{0,30}$",
        r"^(?:resto|restiamo|rimango|rimaniamo|sono|siamo) (?:in attesa"
        r"|a (?:vostra )?(?:completa )?disposizione|a vostra)[^\d?]{0,80}$|^(?:in attesa"
        r"|a disposizione|nell'attesa|certi|confidando)[^\d?]{0,90}$|^per (?:qualsiasi|ulteriori"
        r"|eventuali)[^\d?]{0,40}disposizione.{0,20}$|^(?:porgo|porgiamo|con l'occasione"
        r"|l'occasione).{0,60}$",
        r"^(?:please )?(?:let me know|give me a (?:shout|ring|bell)|shout|do not hesitate"
        r"|don't hesitate|feel free)(?: [^\d?]{0,20})?(?: if (?:you|there|anything)| to (?:contact"
        r"|reach|call|get in touch))[^\d?]{0,60}$|^(?:i )?look(?:ing)? forward to [^\d?]{0,60}$"
        r"|^(?:awaiting|hoping for) your [^\d?]{0,40}$|^(?:if you (?:have"
        r"|need) any(?:thing)?)[^\d?]{0,20}(?:questions|queries|else)[^\d?]{0,50}$"
        r"|^(?:any (?:questions|problems|queries)|any help (?:is|would be)|your help (?:is"
        r"|would be)|much)[^\d?]{0,30}(?:shout|me know|appreciated|call|yell)[^\d?]{0,20}$",
        r"^(?:ik|wij|we) (?:hoor|horen|zie|zien|verneem|vernemen|kijk|kijken"
        r"|wacht)[^\d?]{0,20}(?:graag|reactie|bericht|antwoord|uit)[^\d?]{0,40}$|^(?:in afwachting"
        r"|uitkijkend)[^\d?]{0,60}$|^(?:mocht(?:en)? (?:je|u|jullie|er)|bij vragen|heb(?:t)? (?:je"
        r"|u) (?:nog )?vragen)[^\d?]{0,80}$|^(?:ik )?vertrouw(?:ende)? [^\d?]{0,70}$",
    )
)

DISCLAIMER = re.compile(
    _any(
        r"^(?:cet?|diese[sr]?|this|est[ea]|quest[oa]|dit|deze) (?:e-?mail|message|mail|courriel"
        r"|nachricht|correo|mensaje|messaggio|bericht) .{0,60}(?:anti-?virus|virus|viren|avast|avg)\b",
        r"(?:ce|cet|le present|present) (?:message|courriel|e-?mail|mail"
        r"|mel)[^.]{0,80}(?:confidenti|destin|exclusi|pieces? jointe|contenir)|toute (?:diffusion"
        r"|utilisation|publication|reproduction)[^.]{0,40}(?:interdite|non autorisee|prohibee)"
        r"|l'integrite de ce message|si vous n'(?:en )?etes pas (?:le |la )?destinataire"
        r"|si vous (?:avez recu|recevez) ce (?:message|mail|courriel)[^.]{0,30}(?:par )?erreur"
        r"|(?:pensez|songez)[^.]{0,30}(?:environnement|planete)|n'imprimez|avant d'imprimer"
        r"|avis de confidentialite|decline toute responsabilite",
        r"diese (?:e-?mail|nachricht|mail)[^.]{0,60}(?:vertraulich|bestimmt|enthal)|(?:der"
        r"|dieser) inhalt dieser (?:e-?mail|nachricht)|(?:nicht"
        r"|irrtumlich)[^.]{0,40}(?:richtige[rn]?|bezeichnete[rn]?|vorgesehene[rn]?"
        r"|beabsichtigte[rn]?) (?:adressat|empfanger)|unbefugte[^.]{0,30}(?:weitergabe"
        r"|weiterleitung|kopi|verwendung)|irrtumlich erhalten|denken sie an die umwelt"
        r"|bevor sie diese (?:e-?mail|mail|seite)|(?:ausdrucken|drucken)[^.]{0,30}umwelt"
        r"|datenschutz(?:hinweis|erklarung|informationen)",
        r"(?:este|el presente|esta) (?:mensaje|correo|e-?mail"
        r"|comunicacion)[^.]{0,80}(?:confidencial|destinatario|exclusiv|dirigid|privilegiad"
        r"|dirige)|si (?:usted )?no es (?:usted )?el destinatario|si ha recibido este (?:mensaje"
        r"|correo)[^.]{0,20}error|antes de imprimir|aviso (?:legal|de confidencialidad)|(?:rgpd"
        r"|lopd|proteccion de datos)[^.]{0,80}(?:datos|tratad|responsable)"
        r"|piense en el medio ?ambiente|clausula de confidencialidad",
        r"(?:questo|il presente|presente|le informazioni contenute"
        r"|il contenuto di quest[ao])[^.]{0,80}(?:riservat|confidenzial|destinatari|comunicazione"
        r"|esclusiv)|avviso di riservatezza|(?:non stampare|prima di stampare|rispetta l'ambiente"
        r"|pensa all'ambiente|pensate all'ambiente)|ai sensi del (?:gdpr|d\.? ?lgs|reg)"
        r"|(?:ricev\w+|pervenut\w+)[^.]{0,25}per errore|informativa privacy|chi riceve",
        r"(?:this|the information in this|the contents? of this) (?:e-?mail|electronic mail"
        r"|message|communication|transmission)[^.]{0,80}(?:confidential|intended|privileged|solely"
        r"|may contain)|confidentiality notice|if you (?:are not"
        r"|have received)[^.]{0,40}(?:intended|error|mistake)|consider the environment"
        r"|think before (?:you )?print|any (?:unauthori[sz]ed|views"
        r"|opinions)[^.]{0,60}(?:prohibited|author|sender|expressed|disclos)|^disclaimer\b|(?:save"
        r"|protect) paper|accepts? no (?:liability|responsibility)",
        r"dit (?:e-?mail)?(?:bericht|mailbericht)[^.]{0,80}(?:vertrouwelijk|bestemd|geadresseerde)"
        r"|de informatie in dit|(?:niet|u niet) de (?:geadresseerde|bedoelde ontvanger)|(?:is"
        r"|zijn) uitsluitend bestemd|(?:denk|denkt)[^.]{0,15}(?:aan het milieu|om het milieu)"
        r"|algemene voorwaarden[^.]{0,40}(?:toepassing|gedeponeerd)|(?:op al onze"
        r"|voorwaarden van toepassing)|aan dit bericht kunnen geen rechten",
    )
)

# Below a signature a notice of the machine that sent the mail; in the text it is what the mail says.
AUTOMATIC_NOTICE = re.compile(
    _any(
        r"(?:message|courriel|mail|e-mail) (?:a ete |est )?(?:genere|envoye|cree) automatiquement"
        r"|merci de ne pas (?:y )?repondre|ne pas repondre a ce|vous recevez ce (?:message|courriel"
        r"|mail) (?:car|parce)"
        r"|secret professionnel|vous desabonner",
        r"(?:automatisch (?:erstellt|generiert|versendet|erzeugt))"
        r"|bitte (?:antworten sie )?nicht (?:auf diese"
        r" |direkt )?(?:e-?mail |nachricht |mail )?(?:antworten|auf diese)"
        r"|sie erhalten diese (?:e-?mail|nachricht"
        r"|mail)[^.]{0,20}(?:weil|da)\b|anwaltsgeheimnis|abmelden",
        r"(?:mensaje|correo) (?:generado |enviado )?automatic|no respond(?:a|as|ais|er) a este"
        r"|(?:recibe|recibes)"
        r" este (?:mensaje|correo) (?:porque|ya que)|secreto profesional|darse de baja de esta",
        r"messaggio (?:generato |inviato )?automatic|non rispondere a quest|ricev(?:e|i|ete) quest[ao]"
        r" (?:mail|e-?mail|messaggio) (?:perche|in quanto)|segreto professionale"
        r"|annullare l'iscrizione",
        r"(?:do not|don't) reply to this|(?:this (?:is an )?)?automat(?:ed"
        r"|ically) (?:generated )?(?:message|e-?mail"
        r"|notification|generated)|you(?:'re| are) receiving this|you received this (?:e-?mail"
        r"|message) because|created automatically|could not be delivered|is a monitored (?:mailbox|inbox)"
        r"|legally privileged|unsubscribe",
        r"automatisch (?:gegenereerd|verzonden|aangemaakt)|niet (?:op dit bericht "
        r"|op deze e-?mail )?(?:te )?beantwoorden"
        r"|u ontvangt (?:dit|deze)[^.]{0,20}omdat|beroepsgeheim|afmelden voor",
    )
)

BANNER = re.compile(
    r"^\W*(?:message|mail|courriel|e-?mail|nachricht|correo|messaggio|bericht) (?:extern[eo]?"
    r"|esterno)\b|"
    r"^\W*(?:caution|warning|external|\[?ext(?:ern(?:al|e|o|a)?)?\]?|attention|achtung|vorsicht"
    r"|precaucion|atencion|attenzione|let op|avertissement)\b"
    r"[^\n]{0,60}(?:e-?mail|mail|message|sender|organi[sz]ation|organisation|absender|nachricht"
    r"|expediteur|correo|remitente|mittente|messaggio|afzender|bericht|courriel)"
    r"|(?:originated|received|sent|came) from (?:outside|an external)|(?:provient"
    r"|emane) d'un(?:e)? (?:expediteur|source) extern|externen? absender|remitente externo"
    r"|mittente esterno|externe afzender"
    r"|^(?:\*{3,}|={3,}|#{3,})[^*=#]{8,240}(?:\*{3,}|={3,}|#{3,})\W*$"
    r"|you don't often get (?:e-?mail|mail) from|sie erhalten nicht oft"
    r"|vous ne recevez pas souvent|u ontvangt niet vaak|non si riceve spesso|no suele recibir"
)

POSTSCRIPT = re.compile(r"^(?:p\.? ?[sd]\.?|post ?scriptum|nb|n\.b\.)\s*[:.\-–—]? ?\S")
