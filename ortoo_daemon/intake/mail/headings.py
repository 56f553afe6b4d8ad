"""Where does an earlier message begin, by which sign, and is it quoted or passed on?

Signs are: a line that programs put above what they forward or answer, a block of From/Sent/Subject lines, a
sentence such as "On … wrote:", and the marks of quoting. Prose that merely looks like one ("The seller
wrote to me:") is not a sign: a sentence of attribution names a date or an address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.intake.mail.lines import Line

_FORWARD = re.compile(
    r"(?:forwarded|transfere|reexpedie|weitergeleitete|reenviado|reenviada|inoltrato|doorgestuurd"
    r"|doorgezonden)"
)
_FORWARD_LINE = re.compile(
    r"^[-_=*\s>]*(?:begin (?:forwarded message|doorgestuurd bericht)|debut du (?:message|mail"
    r"|courriel) (?:reexpedie|transfere)"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)|inicio del mensaje reenviado"
    r"|inizio (?:messaggio|del messaggio) inoltrato"
    r"|(?:forwarded|doorgestuurd|doorgezonden) (?:message|mail|e-?mail|bericht)"
    r"|forwarded by .{0,60}"
    r"|(?:message|mail|courriel) (?:transfere|reexpedie)|(?:weitergeleitete"
    r"|ursprunglich weitergeleitete) (?:nachricht|e-?mail|mail)"
    r"|(?:mensaje|correo) reenviado|messaggio inoltrato)[-_=*\s:]*$"
)
_ORIGINAL_LINE = re.compile(
    r"^[-_=*\s]*(?:original (?:message|e-?mail)|message (?:d'origine|original)|courriel original"
    r"|ursprungliche (?:nachricht|e-?mail)|original-?nachricht"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|original appointment"
    r"|urspr\. nachricht)[-_=*\s:]*$"
)
_FROM = r"de|von|da|from|van|mittente|absender|expediteur|remitente|afzender"
_SENT = (
    r"envoye(?: le)?|date|gesendet(?: am)?|datum|enviado(?: el)?|fecha|inviato(?: il)?|data|sent|verzonden"
    r"|expediee? le"
)
_TO = r"a|an|para|to|aan|pour|per|destinataire|empfanger|destinatario"
_SUBJECT = r"objet|sujet|betreff|asunto|oggetto|subject|onderwerp|re"
_COPY = (
    r"cc|kopie|copie|copia|bcc|cci|reply-to|repondre a|antwort an|importance|wichtigkeit|attachments"
    r"|pieces jointes|anlagen|bijlagen|allegati|adjuntos|priority"
)
HEADER_LINE = re.compile(
    rf"^[*_]*(?:(?P<who>{_FROM})|(?P<when>{_SENT})|(?P<to>{_TO})|(?P<subject>{_SUBJECT})|(?P<copy>{_COPY}))"
    r"[*_]*\s?:"
)
# The whole block run together, as text made from HTML by some programs has it.
_ONE_LINE = re.compile(
    rf"^[*_]*(?:{_FROM})\s?:\s?(?P<who>.{{2,120}}?)\s[*_]*(?:{_SENT})\s?:.{{2,200}}\s[*_]*(?:{_SUBJECT})\s?:"
)
_WROTE = re.compile(
    r"^(?:(?:le|il giorno|il|el|on|op|am|em|a la|da|de|von|van)\b.{6,300}"
    r"|.{0,120}[\w.+-]{1,64}@[\w.-]{1,128}.{0,60}|.{0,80}\d{4}.{0,80})"
    r"\b(?:a ecrit|ecrivait|schrieb(?: am)?|geschrieben|escribio|ha scritto|scrisse|wrote|schreef"
    r"|heeft geschreven|het volgende geschreven)\b.{0,140}:?\s*$"
)
_DATE = re.compile(r"\d{1,2}[./:-]\d{1,2}|\b\d{4}\b|\d{1,2}\.? [a-z]{3,}")
_RULE = re.compile(r"^[-_=*]{8,}$")
_FORWARDED_SUBJECT = re.compile(
    r"^\s*(?:(?:re|aw|sv|r|antw)\s?:\s*)*(?:fwd?|fw|tr|wg|i|rv|rif|reenv|doorst|doorgest)\s?:", re.I
)
_MOST_WRAPPED = 4
_HEADER_REACH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The lines above an earlier message, ``first`` up to but not including ``after``."""

    first: int
    after: int
    forwards: bool
    reason: str
    marked: bool = False
    sender: str = ""


def subject_forwards(subject: str) -> bool:
    """Whether the subject says that something is passed on: FW, Fwd, TR, WG, I, RV, Doorst."""
    return bool(_FORWARDED_SUBJECT.match(subject))


def heading_at(lines: Sequence[Line], number: int) -> Heading | None:
    """The heading of an earlier message that begins at this line, None where none does."""
    line = lines[number]
    if line.blank:
        return None
    if _FORWARD_LINE.match(line.key):
        return _with_block(
            lines, number, number + 1, forwards=True, reason="line above what is forwarded"
        )
    if _ORIGINAL_LINE.match(line.key):
        return _with_block(
            lines, number, number + 1, forwards=False, reason="line above the original message"
        )
    if _RULE.match(line.key) and (block := _block(lines, _next_full(lines, number + 1))):
        return Heading(
            first=number,
            after=block[0],
            forwards=False,
            reason="From/Sent/Subject below a rule",
            sender=block[1],
        )
    if block := _block(lines, number):
        return Heading(
            first=number,
            after=block[0],
            forwards=False,
            reason="block of From/Sent/Subject",
            sender=block[1],
        )
    return _attribution(lines, number)


def _with_block(
    lines: Sequence[Line], first: int, after: int, *, forwards: bool, reason: str
) -> Heading:
    block = _block(lines, _next_full(lines, after))
    end, sender = block or (after, "")
    return Heading(first=first, after=end, forwards=forwards, reason=reason, sender=sender)


def _next_full(lines: Sequence[Line], number: int) -> int:
    while number < len(lines) and lines[number].blank:
        number += 1
    return number


def _block(lines: Sequence[Line], number: int) -> tuple[int, str] | None:
    """Where a block of header lines that begins here ends, and whom its From line names."""
    if number >= len(lines) or not HEADER_LINE.match(lines[number].key):
        return None
    if one := _ONE_LINE.match(lines[number].key):
        return number + 1, lines[number].content[one.start("who") : one.end("who")]
    kinds: set[str] = set()
    sender = ""
    end = number
    for at in range(number, min(number + _HEADER_REACH, len(lines))):
        line = lines[at]
        found = HEADER_LINE.match(line.key)
        if found:
            kind = found.lastgroup or ""
            if kind in kinds and kind != "copy":
                break
            kinds.add(kind)
            if kind == "who":
                sender = line.content.split(":", 1)[1].strip(" *\t")
            end = at + 1
        elif (line.blank and not _continues(lines, at)) or (
            not line.blank and not _wrapped(line, lines[at - 1])
        ):
            break
    speaks = "who" in kinds and len(kinds & {"when", "to", "subject"}) >= 1
    return (end, sender) if speaks and len(kinds) >= 2 else None


def _continues(lines: Sequence[Line], number: int) -> bool:
    """Whether a blank line lies between two header lines, as some programs write them."""
    return number + 1 < len(lines) and bool(HEADER_LINE.match(lines[number + 1].key))


def _wrapped(line: Line, before: Line) -> bool:
    """Whether a line goes on with a list of addresses begun on the line before."""
    return ("@" in line.key and before.key.endswith((",", ";", "<"))) or line.key.startswith(
        ("<", "(mailto")
    )


def _attribution(lines: Sequence[Line], number: int) -> Heading | None:
    """A sentence such as "On Monday, 3 May, A. Person <a@b.c> wrote:", perhaps wrapped over lines."""
    sentence = ""
    for at in range(number, min(number + _MOST_WRAPPED, len(lines))):
        line = lines[at]
        if line.blank or (at > number and line.depth != lines[number].depth):
            break
        sentence = f"{sentence} {line.key}".strip()
        if len(sentence) > 320:
            break
        if (
            _WROTE.match(sentence)
            and ("@" in sentence or _DATE.search(sentence))
            and _ends(sentence)
        ):
            return Heading(
                first=number,
                after=at + 1,
                forwards=bool(_FORWARD.search(sentence)),
                reason="sentence that says who wrote what follows",
                marked=True,
            )
    return None


def _ends(sentence: str) -> bool:
    return sentence.endswith((":", ">", "wrote", "ecrit", "scritto", "escribio", "geschreven"))
