"""How is what an e-mail asks for shown on a terminal? The text with its evidence, then the requests."""

from collections.abc import Iterable

from rich.text import Text

from ortoo_daemon.cli.terminal import console, say, show_table
from ortoo_daemon.cli.triage_marks import Piece, pieces_of
from ortoo_daemon.daemon.asking.mail_routes import THE_CASE, Route, Routes
from ortoo_daemon.intake.triage.model import Segment
from ortoo_daemon.intake.triage.triager import Triager, Understood

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")


Shown = tuple[str, Understood, Routes | None]


def show(found: Iterable[Shown], triager: Triager) -> None:
    """Each mail with its text, and its requests below, with where they would go."""
    for id, each, routes in found:
        reading = each.reading
        say(f"{id}  {reading.subject or '(no subject)'}", "bold")
        language = reading.language or "unknown language"
        automatic = f", automatic: {reading.automatic}" if reading.automatic else ""
        say(f"from {reading.sender}, {language}{automatic}", "dim")
        say()
        console().print(_text(each))
        _show_cuts(each)
        for number, segment in enumerate(each.triage.segments, 1):
            _show_segment(number, segment, triager)
            _show_route(routes.of(number) if routes else None)
        case = routes.of(THE_CASE) if routes else None
        if routes and case:
            say()
            say("the case of the e-mail itself")
            _show_route(case)
        if routes:
            say(f"people and queues as {routes.source} knows them", "dim")


def show_table_of(found: Iterable[Shown], triager: Triager) -> None:
    """One line for each request of many mails."""
    found = list(found)
    routed = any(routes for _, _, routes in found)
    columns: tuple[str, ...] = (
        "Mail",
        "Rooftop",
        "Sure",
        "Brand",
        "Request",
        "Skill",
        "Urgency",
        "Lang",
        "Person",
    )
    columns += ("Goes to", "By rule") if routed else ()
    rows = [
        (
            id,
            _name(segment, triager),
            f"{segment.confidence:.2f}",
            segment.brand or "",
            segment.request_type or "",
            segment.skill or "",
            segment.urgency,
            segment.language,
            "needed" if segment.needs_a_person else "",
            *(_goes_to(routes, number) if routed else ()),
        )
        for id, each, routes in found
        for number, segment in enumerate(each.triage.segments, 1)
    ]
    show_table(columns, rows)


def _text(each: Understood) -> Text:
    text = Text()
    for piece in pieces_of(each):
        text.append(piece.text, style=_style(piece))
    text.rstrip()
    return text


def _style(piece: Piece) -> str:
    looks = piece.looks
    if "injection" in looks:
        return "bold red reverse"
    styles = ["dim strike"] if "cut" in looks else []
    numbers = sorted(int(look.partition("-")[2]) for look in looks if look.startswith("request-"))
    styles += [_COLOURS[(numbers[0] - 1) % len(_COLOURS)]] if numbers else []
    styles += ["bold underline"] if "site" in looks else []
    styles += ["italic"] if "number" in looks else []
    return " ".join(styles)


def _show_cuts(each: Understood) -> None:
    body = {(part.start, part.end) for part in each.reading.body}
    say()
    for part in each.reading.parts:
        if (part.start, part.end) not in body:
            say(f"cut: {part.kind.value}, {len(part.text)} characters ({part.reason})", "dim")
    for piece in each.triage.injection:
        say(f"not obeyed: {piece.text.strip()}", "red")
    for piece in each.triage.settled:
        say(f"settled or no request: {piece.text}", "dim")


def _show_segment(number: int, segment: Segment, triager: Triager) -> None:
    say()
    colour = _COLOURS[(number - 1) % len(_COLOURS)]
    kind = segment.request_type or "unknown request"
    say(f"{number}. {kind} for {_name(segment, triager) or 'no rooftop'}", f"bold {colour}")
    say(f"   rooftop: {segment.basis.value}, {segment.confidence:.2f} sure")
    for candidate in segment.candidates[:5]:
        said = ", ".join(f"{piece.what} {piece.text!r}" for piece in candidate.evidence)
        say(
            f"     {candidate.confidence:.2f} {candidate.name}: {said or 'nothing names it'}", "dim"
        )
    brand = segment.brand or "none"
    say(f"   brand: {brand}, desk {segment.desk or 'none'}, skill {segment.skill or 'none'}")
    say(f"   urgency: {segment.urgency}, points {segment.type_score} ({segment.type_margin} ahead)")
    if segment.vins:
        say(f"   vins: {', '.join(segment.vins)}")
    for piece in segment.evidence:
        say(f"   “{piece.text}”", colour)
    if segment.needs_a_person:
        say("   needs a person", "yellow")


def _show_route(route: Route | None) -> None:
    if route is None:
        return
    place = f" ({route.place})" if route.place else ""
    say(f"   route: {route.said}{place}", "bold")
    if len(route.candidates) > 1:
        say(f"     could have it: {', '.join(route.candidates[:8])}", "dim")


def _goes_to(routes: Routes | None, number: int) -> tuple[str, str]:
    route = routes.of(number) if routes else None
    return ("", "") if route is None else (route.owner or route.said, route.rule or "")


def _name(segment: Segment, triager: Triager) -> str:
    if segment.account_id is None:
        return ""
    return triager.index.dealers[segment.account_id].name
