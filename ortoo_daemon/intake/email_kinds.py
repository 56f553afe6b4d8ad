"""Whose address is this: a person's, a desk's, or nobody's for long? And was its domain typed wrong?

Told, never forced: an address stays as it is, and what may be meant is only offered.
"""

from functools import lru_cache

DISPOSABLE, ROLE, PERSONAL = "disposable", "role", "personal"


def _words(text: str) -> list[str]:
    return text.split()


_DISPOSABLE = frozenset(
    _words(
        "10minutemail.com 20minutemail.com 33mail.com anonbox.net burnermail.io discard.email "
        "dispostable.com emailondeck.com fakeinbox.com fakemail.net getairmail.com getnada.com "
        "guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net "
        "guerrillamail.org incognitomail.org inboxkitten.com jetable.org mail-temporaire.fr "
        "mailcatch.com maildrop.cc mailinator.com mailinator.net mailnesia.com mailnull.com "
        "mintemail.com moakt.com mohmal.com mytemp.email nowmymail.com sharklasers.com spam4.me "
        "spambog.com spamgourmet.com temp-mail.org tempail.com tempinbox.com tempmail.com "
        "tempmailo.com throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net "
        "wegwerfemail.de wegwerfmail.de yopmail.com yopmail.fr yopmail.net"
    )
)
_ROLES = frozenset(
    _words(
        "abuse accounts accueil admin administration billing commercial compras compta "
        "comptabilite contact contacto contatti direction einkauf enquiries facturation fleet "
        "flotte fuhrpark help hello hostmaster info informacion information inkoop kontakt "
        "marketing no-reply noreply office postmaster privacy purchasing rechnung reception root "
        "sales secretariat sekretariat service support team ventas vendite verkauf verkoop "
        "verwaltung webmaster"
    )
)
_COMMON = tuple(
    _words(
        "aol.com free.fr gmail.com gmx.at gmx.de gmx.net googlemail.com hotmail.be hotmail.co.uk "
        "hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com laposte.net libero.it "
        "live.com live.fr live.nl mail.com me.com msn.com orange.fr outlook.com outlook.de "
        "outlook.es outlook.fr outlook.it proton.me protonmail.com sfr.fr skynet.be t-online.de "
        "telenet.be tiscali.it virgilio.it wanadoo.fr web.de yahoo.co.uk yahoo.com yahoo.de "
        "yahoo.es yahoo.fr yahoo.it ziggo.nl"
    )
)
_LEAST_TYPED = 6


def kind_of(address: str) -> str:
    """``disposable``, ``role`` or ``personal``."""
    local, _, domain = address.casefold().rpartition("@")
    if _is_disposable(domain):
        return DISPOSABLE
    bare = local.partition("+")[0]
    return ROLE if bare in _ROLES or bare.split(".")[0] in _ROLES else PERSONAL


def _is_disposable(domain: str) -> bool:
    """Such services give out addresses below their domain, too."""
    parts = domain.split(".")
    return any(".".join(parts[n:]) in _DISPOSABLE for n in range(len(parts) - 1))


def offered(address: str) -> str | None:
    """The address that may be meant, where its domain is one slip from one that many people have."""
    local, _, domain = address.rpartition("@")
    meant = _meant(domain.casefold())
    return f"{local}@{meant}" if meant else None


@lru_cache(maxsize=1024)
def _meant(domain: str) -> str | None:
    if domain in _COMMON or len(domain) < _LEAST_TYPED:
        return None
    from rapidfuzz.distance import DamerauLevenshtein  # where a policy looks at addresses only

    near = [
        known
        for known in _COMMON
        if DamerauLevenshtein.distance(domain, known, score_cutoff=1) <= 1
    ]
    return near[0] if len(near) == 1 else None
