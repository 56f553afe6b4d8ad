"""Which words stand where a name should, and name nobody?

What forms and connectors write where nobody said a name or company (Salesforce's own ``[not provided]``),
and how people are addressed.
"""

Words = tuple[str, ...]
"""Words as `written_names.plain_words` writes them."""

_NOBODY = (
    "not provided, no name, name unknown, unknown, unknown unknown, unspecified, not specified, not given, "
    "not available, not known, not applicable, n a, null, undefined, anonymous, "
    "no last name, no surname, no lastname, customer, client, website visitor, web lead, facebook lead, "
    "inconnu, inconnue, non renseigne, non renseignee, non communique, non precise, anonyme, sans nom, "
    "unbekannt, nicht angegeben, keine angabe, k a, anonym, ohne namen, "
    "desconocido, desconocida, no indicado, sin nombre, sin apellido, sin apellidos, anonimo, "
    "sconosciuto, sconosciuta, non indicato, non specificato, non fornito, "
    "onbekend, niet opgegeven, geen naam, anoniem"
)
"""What stands where nobody said a name, as `plain_words` writes it."""

_NO_COMPANY = (
    "private, private person, private individual, private customer, private buyer, private use, individual, "
    "personal, self, self employed, consumer, retail customer, none, no company, company, home, "
    "particulier, particuliere, client particulier, prive, individuel, aucune, aucun, neant, sans, "
    "sans societe, pas de societe, societe, "
    "privat, privatperson, privatkunde, privatkundin, private kundin, privater kunde, keine, keine firma, "
    "ohne, firma, selbststandig, "
    "particular, cliente particular, privado, persona fisica, ninguna, ninguno, sin empresa, empresa, "
    "autonomo, "
    "privato, cliente privato, nessuna, nessuno, nessuna azienda, azienda, "
    "prive persoon, privepersoon, geen, geen bedrijf, bedrijf"
)
"""What people type where a form demands a company: Salesforce has no lead without one."""

_TITLES = frozenset(
    [
        *("mr", "mrs", "ms", "miss", "mme", "mlle", "monsieur", "madame", "mademoiselle"),
        *("herr", "frau", "herrn", "dr", "prof", "dhr", "mevr", "mevrouw"),
        *("sig", "signor", "signora", "sr", "sra", "senor", "senora"),
        *("fam", "familie", "family", "famille", "famiglia", "familia"),
    ]
)
_AND = frozenset(["and", "und", "et", "y", "e", "en"])


def _listed(*lists: str) -> frozenset[Words]:
    return frozenset(tuple(each.split()) for text in lists for each in text.split(", "))


_SAYS_NOBODY = _listed(_NOBODY)
_SAYS_NO_COMPANY = _listed(_NOBODY, _NO_COMPANY)


def says_nobody(words: Words) -> bool:
    """Whether they say that no name was given."""
    return words in _SAYS_NOBODY or _is_filler(words)


def says_no_company(words: Words) -> bool:
    """Whether they say that there is no company, or that none was given."""
    return words in _SAYS_NO_COMPANY or _is_filler(words)


def without_titles(words: Words) -> Words:
    """Without how somebody is addressed, who may be two: ``Mr & Mrs`` alone leaves none."""
    both = words[:1] == ("m",) and words[1:2] and words[1] in _AND  # M. et Mme
    if not words or not (words[0] in _TITLES or both):
        return words
    words = words[1:] if both else words
    start = next((at for at, word in enumerate(words) if word not in _TITLES | _AND), len(words))
    return words[start:]


def _is_filler(words: Words) -> bool:
    """``xx``, ``Xxx``: a letter leant on until the form was content."""
    return len(words) == 1 and len(words[0]) > 1 and set(words[0]) == {"x"}
