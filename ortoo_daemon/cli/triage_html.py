"""How are e-mails with their evidence shown on a page? One HTML file: nothing is loaded, no scripts.

Mail is untrusted: whatever comes from it is escaped by the template engine, and links in it are text.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from ortoo_daemon.cli.triage_marks import pieces_of
from ortoo_daemon.daemon.asking.mail_routes import THE_CASE, Routes
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.intake.triage.triager import Triager, Understood

TEMPLATE = "triage_report.html.jinja"


def write(
    found: Sequence[tuple[str, Understood, Routes | None]], triager: Triager, path: Path
) -> None:
    """Writes the page. Raises ConfigError when the file can't be written."""
    text = page(found, triager)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"can't be written: {error.strerror}"
        problem = Problem(
            place=Place(str(path)), rule="html", message=message, mend="name another file"
        )
        raise ConfigError([problem]) from None


def page(found: Sequence[tuple[str, Understood, Routes | None]], triager: Triager) -> str:
    """The page as text."""
    source = files("ortoo_daemon.cli").joinpath(TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    segments = [segment for _, each, _ in found for segment in each.triage.segments]
    return environment.from_string(source).render(
        mails=[(id, each, list(pieces_of(each)), routes) for id, each, routes in found],
        the_case=THE_CASE,
        dealers=triager.index.dealers,
        requests=len(segments),
        people=sum(segment.needs_a_person for segment in segments),
    )
