"""What of a mail may be taken for somebody's words, once orders to machines are left out?

Orders stay in the text for people to see. Whoever understands a mail, or cuts it into parts, looks at it
without them: in their place stand spaces, so that every other character keeps its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ortoo_daemon.intake.mail.lines import Line
from ortoo_daemon.intake.mail.model import Identifier, MailPart, MailReading, Span
from ortoo_daemon.intake.mail.orders import order_places, orders_in_names


def without_orders(reading: MailReading) -> MailReading:
    """The reading as if nobody had given orders: text, parts, subject and names are without them."""
    if not reading.injection:
        return reading
    places = _places(reading.injection)
    in_subject = order_places(reading.subject)
    return replace(
        reading,
        subject=_blanked(reading.subject, in_subject),
        sender_name="" if orders_in_names([reading.sender_name]) else reading.sender_name,
        text=_blanked(reading.text, places),
        parts=parts_without(reading.injection, reading.text, reading.parts),
        identifiers=tuple(
            found
            for found in reading.identifiers
            if not _touches(found, in_subject if found.part is None else places)
        ),
    )


def parts_without(
    orders: Iterable[Span], text: str, parts: Sequence[MailPart]
) -> tuple[MailPart, ...]:
    """The parts in which spaces stand for orders."""
    heard = _blanked(text, _places(orders))
    return tuple(replace(part, text=heard[part.start : part.end]) for part in parts)


def lines_without(orders: Iterable[Span], text: str, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines in which orders are blank: nothing is cut because of them. Quoting stays as it was."""
    places = _places(orders)
    if not places:
        return tuple(lines)
    heard = _blanked(text, places)
    return tuple(
        replace(line, content=heard[line.start : line.end].strip().lstrip("> \t"))
        if any(start < line.end and line.start < end for start, end in places)
        else line
        for line in lines
    )


def _places(orders: Iterable[Span]) -> tuple[tuple[int, int], ...]:
    return tuple((order.start, order.end) for order in orders if order.end > order.start)


def _blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    for start, end in places:
        gap = "".join("\n" if char == "\n" else " " for char in text[start:end])
        text = text[:start] + gap + text[end:]
    return text


def _touches(found: Identifier, places: Iterable[tuple[int, int]]) -> bool:
    return any(start < found.end and found.start < end for start, end in places)
