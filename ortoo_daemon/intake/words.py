"""What does one word of a closed set mean, in six languages? Colours, and yes or no."""

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed

_COLOURS = {
    "Black": "black schwarz noir noire negro negra nero nera zwart",
    "White": "white weiß weiss blanc blanche blanco blanca bianco bianca wit",
    "Grey": "grey gray grau gris grise grigio grigia grijs anthracite anthrazit antraciet antracite",
    "Silver": "silver silber argent argenté plata plateado argento zilver",
    "Blue": "blue blau bleu bleue azul blu blauw",
    "Red": "red rot rouge rojo roja rosso rossa rood",
    "Green": "green grün gruen vert verte verde groen",
    "Yellow": "yellow gelb jaune amarillo amarilla giallo gialla geel",
    "Orange": "orange naranja arancione oranje",
    "Brown": "brown braun brun brune marron marrón marrone bruin",
    "Beige": "beige",
    "Gold": "gold doré or dorado oro goud",
    "Purple": "purple violet violett lila violeta viola morado paars",
    "Pink": "pink rosa rose roze",
}
_COLOUR_OF = {word: colour for colour, words in _COLOURS.items() for word in words.split()}


def _words(text: str) -> list[str]:
    return text.split()


_SHADES = frozenset(
    _words(
        "metallic metallik métallisé metalizado metallizzato metallisé mat matt matte light dark "
        "hell dunkel clair foncé claro oscuro chiaro scuro licht donker pearl perle nacré"
    )
)

YES, NO = "Yes", "No"
_YES = frozenset(
    _words("yes y true 1 on x ok agreed accepted oui ja si sí sì j s vrai wahr vero ✓ ✔ opt-in")
)
_NO = frozenset(
    _words("no n false 0 off none non nein nee refused declined faux falsch falso ✗ ✘ opt-out")
)


def standard_colour(form: Form) -> str:
    """The English name, ``Blue``; raises ValueError where none, or several, are named."""
    words = outer_trimmed(form.text).casefold().replace("-", " ").replace("/", " ").split()
    found = {_COLOUR_OF[word] for word in words if word in _COLOUR_OF}
    unknown = [word for word in words if word not in _COLOUR_OF and word not in _SHADES]
    if len(found) != 1 or unknown:
        raise ValueError("not one colour known here")
    return found.pop()


def standard_consent(form: Form) -> str:
    """``Yes`` or ``No``; raises ValueError for anything else: consent is never guessed."""
    word = "-".join(outer_trimmed(form.text).casefold().rstrip(".!").split())
    if word in _YES:
        return YES
    if word in _NO:
        return NO
    raise ValueError("neither a yes nor a no")
