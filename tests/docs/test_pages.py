"""What holds for every page: links lead somewhere, commands exist, and no machine is named."""

import re
from typing import Any

import pytest
import typer

from ortoo_daemon.cli.main import app
from tests.docs.pages import PAGES, ROOT, page

COMMANDS = typer.main.get_command(app).commands
NOT_FOR_PAGES = re.compile(
    r"(?<![\w.])/(?:work|root)\b|index-url|pypi|pythonhosted|npmjs|artifactory|proxy\.golang",
    re.IGNORECASE,
)


def anchors(text: str) -> set[str]:
    """Anchors of headings as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    folder = (ROOT / name).parent
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page(name)):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = folder / path if path else ROOT / name
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_a_registry_or_a_path_of_the_machine_it_was_written_on(name):
    assert NOT_FOR_PAGES.findall(page(name)) == []


def options_of(command: Any) -> set[str]:
    """Of a verb and, where it is a group, of the verbs below it."""
    below = getattr(command, "commands", {}).values()
    own = {option for each in command.params for option in each.opts}
    return own.union(*map(options_of, below))


@pytest.mark.parametrize("name", PAGES)
def test_every_command_on_a_page_exists_with_its_options(name):
    wrong = []
    for verb, rest in re.findall(r"ortoo-daemon ([a-z]+)([^`\n|&]*)", page(name)):
        if verb not in COMMANDS:
            wrong.append(verb)
            continue
        known = options_of(COMMANDS[verb])
        wrong += [
            f"{verb} {o}" for o in re.findall(r"--[a-z-]+", rest) if o not in known | {"--help"}
        ]
    assert wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_on_a_page_exists(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", page(name), re.M)) <= targets
