"""`triage`: what does an e-mail ask for, for which rooftops, and why? Writes nothing."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.controls import escaped_json
from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id, shipped

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.mail_routes import Routes
    from ortoo_daemon.daemon.asking.model_triaging import ModelSaid
    from ortoo_daemon.daemon.asking.triaging import NamedMail
    from ortoo_daemon.intake.triage.triager import Triager, Understood

    Told = tuple[str, Understood, ModelSaid | None]
    Routed = tuple[str, Understood, ModelSaid | None, Routes | None]
    Say = Callable[[str, Understood, ModelSaid | None, Routes | None], None]

_TAXONOMY = "taxonomy.yaml"
_BATCH = ".jsonl"


def triage(
    mail: Annotated[
        str,
        typer.Argument(
            metavar="FILE.eml|FILE.jsonl|CASE_ID",
            help="A message file, a file of one e-mail a line, or a case of the org.",
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    directory: Annotated[
        Path | None,
        typer.Option(help="Rooftops as a JSON list of Accounts; else they are read from the org."),
    ] = None,
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            help="Brands, kinds of request and words, or a plain JSON list of brands and kinds; "
            "else taxonomy.yaml by the settings."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the mails with their evidence marked to this page.")
    ] = None,
    model: Annotated[
        bool, typer.Option("--model", help="Ask a model, too, as the catalogue allows.")
    ] = False,
    models: Annotated[
        Path | None, typer.Option(help="The catalogue; else models.yaml beside the settings.")
    ] = None,
    policies: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Tell, too, where each request would go by the policies of this folder: with"
            " --directory by the saved org beside them, else by the org as it is now.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read e-mails and tell their requests: rooftop, brand, kind, skill, urgency, each with its evidence.

    Without --model no model is asked and nothing leaves the machine. With --directory no org is needed for
    files. A file of several mails with --json prints one prediction a line.
    """
    from ortoo_daemon.cli import triage_html

    named, triager = _asked(mail, config, directory, taxonomy)
    batch = mail.endswith(_BATCH)
    by_rules = _understood(named, triager, bar=batch)
    say = _say(as_json=as_json, batch=batch)
    telling = _with_model(by_rules, triager, config, models) if model else _without(by_rules)
    told: list[Routed] = []
    for each in _routed(telling, triager, policies, config, None if directory else mail):
        say(*each)
        told.append(each)
    if not as_json:
        _show(told, triager, batch=batch)
    if html is not None:
        triage_html.write([(id, each, routes) for id, each, _, routes in told], triager, html)


def _routed(
    telling: "Iterable[Told]",
    triager: "Triager",
    policies: Path | None,
    config: Path,
    of_org: str | None,
) -> "Iterator[Routed]":
    """With where each request would go; ``of_org`` is what was asked for, where the org is at hand."""
    if policies is None:
        yield from ((*each, None) for each in telling)
        return
    from ortoo_daemon.daemon.asking.mail_routes import SavedRouter, routes_of_org
    from ortoo_daemon.daemon.settings import load_settings

    if of_org is None:
        router = SavedRouter.of(policies, config)
        yield from ((*each, router.routes(each[1], triager.index)) for each in telling)
        return
    told = list(telling)
    mails = [(id, each) for id, each, _ in told]
    case = None if _is_file(of_org) else parsed_id(of_org)
    asking = routes_of_org(load_settings(config), policies, config, mails, triager.index, case=case)
    routes = asyncio.run(asking)
    yield from ((*each, found) for each, found in zip(told, routes, strict=True))


def _without(by_rules: "Iterable[tuple[str, Understood]]") -> "Iterator[Told]":
    for id, each in by_rules:
        yield id, each, None


def _with_model(
    by_rules: "Iterable[tuple[str, Understood]]",
    triager: "Triager",
    config: Path,
    models: Path | None,
) -> "list[Told]":
    from ortoo_daemon.daemon.asking.model_triaging import with_models
    from ortoo_daemon.daemon.loading.catalogue_file import FILE
    from ortoo_daemon.daemon.settings import load_settings

    async def all_of_them() -> "list[Told]":
        catalogue = models or config.parent / FILE
        asking = with_models(load_settings(config), catalogue, triager, by_rules)
        return [told async for told in asking]

    return asyncio.run(all_of_them())


def _show(told: "list[Routed]", triager: "Triager", *, batch: bool) -> None:
    from ortoo_daemon.cli import triage_model_view, triage_view

    found = [(id, each, routes) for id, each, _, routes in told]
    if batch:
        triage_view.show_table_of(found, triager)
    else:
        triage_view.show(found, triager)
    heard = [(id, said) for id, _, said, _ in told if said is not None]
    if heard and batch:
        triage_model_view.show_sum([said for _, said in heard])
    for id, said in heard if not batch else ():
        triage_model_view.show(id, said)


def _asked(
    mail: str, config: Path, directory: Path | None, taxonomy: Path | None
) -> "tuple[list[NamedMail], Triager]":
    from ortoo_daemon.daemon.asking import triaging

    shipped = _shipped_words(config)
    words = triaging.taxonomy_of(taxonomy or shipped, words=shipped)
    path = Path(mail)
    is_file = _is_file(mail)
    if is_file and directory is not None:
        return triaging.mails_of(path), triaging.triager_with(directory, words)
    from ortoo_daemon.daemon.asking.triaging_org import of_org
    from ortoo_daemon.daemon.settings import load_settings

    case = None if is_file else parsed_id(mail)
    named = triaging.mails_of(path) if is_file else []
    read, triager = asyncio.run(of_org(load_settings(config), case, words, directory))
    return named or read, triager


def _is_file(mail: str) -> bool:
    path = Path(mail)
    return path.suffix.lower() in {".eml", _BATCH} or path.exists()


def _shipped_words(config: Path) -> Path:
    """The taxonomy beside the settings, or the one that came with the program."""
    beside = config.parent / _TAXONOMY
    files = (beside, *shipped(DEFAULT_CONFIG.parent / _TAXONOMY))
    return next((file for file in files if file.is_file()), beside)


def _understood(
    named: "list[NamedMail]", triager: "Triager", *, bar: bool
) -> "Iterator[tuple[str, Understood]]":
    """Each mail understood, when it is asked for; with a bar on standard error where a person watches."""
    from rich.progress import track

    from ortoo_daemon.cli.terminal import console

    screen = console(stderr=True)
    shown: Iterable[NamedMail] = named
    if bar and screen.is_terminal:
        shown = track(named, description="Reading", console=screen, transient=True)
    for each in shown:
        yield each.id, triager.understand(each.mail)


def _say(*, as_json: bool, batch: bool) -> "Say":
    """What is printed of each mail at once: a prediction a line for many, all that was found for one."""
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.intake.triage.as_json import prediction, understood_json

    def line(
        id: str, each: "Understood", said: "ModelSaid | None", routes: "Routes | None"
    ) -> None:
        found = prediction(id, each.triage) | _model_json(said) | _routes_json(routes)
        sys.stdout.write(escaped_json(json.dumps(found, ensure_ascii=False)) + "\n")

    def whole(
        id: str, each: "Understood", said: "ModelSaid | None", routes: "Routes | None"
    ) -> None:
        show_json(understood_json(id, each) | _model_json(said) | _routes_json(routes))

    def nothing(
        id: str, each: "Understood", said: "ModelSaid | None", routes: "Routes | None"
    ) -> None:
        """The table and the marked text come when all are known."""

    if not as_json:
        return nothing
    return line if batch else whole


def _model_json(said: "ModelSaid | None") -> dict[str, Any]:
    """Nothing where no model was to be asked: then the output is as it always was."""
    if said is None:
        return {}
    from ortoo_daemon.cli.triage_model_view import model_json

    return {"model": model_json(said)}


def _routes_json(routes: "Routes | None") -> dict[str, Any]:
    return {} if routes is None else {"route": routes.to_json()}
