"""What reads who mends a wrong setting? What the models say against it, in the words of the other checks.

A value is never shown: it may be a secret.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.policy.naming import did_you_mean

Path = tuple[int | str, ...]


def complaints(
    error: ValidationError,
    model: type[BaseModel],
    place_of: Callable[[Path], Place],
    *,
    env_prefix: str = "",
) -> Iterator[Problem]:
    """Each complaint at the line of the file, or the variable of the environment, that it is about.

    ``model`` is what the file was to become, ``place_of`` tells where a path leads in it, ``env_prefix`` how
    variables begin that come before it; without one there are none.
    """
    for each in error.errors(include_url=False, include_input=False):
        path, models, tag = _followed(model, each["loc"])
        message, mend = _told(each, path, models, tag)
        place = _of_environment(path, env_prefix) or place_of(path)
        yield Problem(place=place, rule="settings", message=message, mend=mend)


def _followed(model: type[BaseModel], loc: Path) -> tuple[Path, list[type[BaseModel]], str]:
    """The path as the file has it, the models around its last step, and the word that chose among several."""
    path: Path = ()
    within, tag = [model], ""
    for count, step in enumerate(loc):
        fields = [each.model_fields[step] for each in within if step in each.model_fields]
        chosen = [each for each in within if _is_chosen_by(each, step)]
        if not fields and len(within) > 1 and chosen:
            within, tag = chosen, str(step)
            continue
        path += (step,)
        inner = [found for each in fields for found in _models(each.annotation)]
        if inner and count < len(loc) - 1:
            within, tag = inner, ""
    return path, within, tag


def _is_chosen_by(model: type[BaseModel], step: int | str) -> bool:
    return any(step in get_args(each.annotation) for each in model.model_fields.values())


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Those that a value of this type may become, within lists and mappings, too."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for each in get_args(annotation) for found in _models(each)]


def _told(
    complaint: ErrorDetails, path: Path, models: list[type[BaseModel]], tag: str
) -> tuple[str, str]:
    """(what is wrong, how to mend it)"""
    name, context = _dotted(path) or "settings", complaint.get("ctx", {})
    match complaint["type"]:
        case "extra_forbidden":
            section = _dotted(path[:-1]) or "the file"
            known = {field for each in models for field in each.model_fields}
            beside = f" beside {tag}" if tag else ""
            return f"{section} has no key '{path[-1]}'{beside}", did_you_mean(str(path[-1]), known)
        case "missing":
            return f"{name} is missing", ""
        case "union_tag_invalid":
            wrong = f"{name}.{_bare(context['discriminator'])} is not '{context['tag']}'"
            return wrong, f"write {_bare(context['expected_tags']).replace(', ', ' or ')}"
        case "union_tag_not_found":
            return f"{name}.{_bare(context['discriminator'])} is missing", ""
        case "string_type":
            return f"{name}: this must be text", "put it in quotes, or write it out"
        case "model_type":
            return f"{name}: this must be a mapping (key: value)", ""
    text = complaint["msg"].removeprefix("Value error, ")
    return f"{name}: {text[:1].lower()}{text[1:]}", ""


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _bare(text: str) -> str:
    return str(text).replace("'", "")


def _of_environment(path: Path, prefix: str) -> Place | None:
    """The variable that sets it, and comes before the file."""
    name = f"{prefix}{'__'.join(map(str, path))}".upper()
    return Place(f"environment variable {name}") if prefix and name in os.environ else None
