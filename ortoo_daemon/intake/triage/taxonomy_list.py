"""What does a plain list of brands and kinds of request change in a taxonomy that has the words?

Service desks keep such lists as JSON: brands with the ways in which they are written, models, maker codes and
desk; kinds of request with their skill. They hold no phrases, so these are taken from a taxonomy file, by the
kind's code. Pure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.intake.triage.taxonomy import Brand, RequestType, Taxonomy

_SHORTEST_MODEL = 4
"""Shorter names of models are also words, numbers and abbreviations: they count only beside their brand."""

_Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Brand(_Entry):
    name: _Text
    variants: tuple[_Text, ...] = ()
    models: tuple[_Text, ...] = ()
    wmi: tuple[_Text, ...] = ()
    pod: str = ""


class _Kind(_Entry):
    code: _Text
    description: str = ""
    default_skill: _Text


class _List(_Entry):
    brands: tuple[_Brand, ...]
    request_types: tuple[_Kind, ...]


def is_list(data: bytes) -> bool:
    """Whether these are such a list, rather than a taxonomy file."""
    try:
        found = json.loads(data)
    except ValueError:
        return False
    return isinstance(found, dict) and "taxonomy" not in found and "words" not in found


def listed(base: Taxonomy, file: str, data: bytes) -> Taxonomy:
    """``base`` with the brands and kinds of the list alone. Raises ConfigError for a list that can't be read.

    A brand that only ``base`` knows is another brand then. A kind that ``base`` has no words for is in the
    taxonomy, and never found.
    """
    try:
        found = _List.model_validate_json(data)
    except ValidationError as error:
        raise ConfigError(
            [_problem(file, each["loc"], each["msg"]) for each in error.errors()]
        ) from None
    named = {brand.name for brand in found.brands}
    codes = frozenset(kind.code for kind in found.request_types)
    others = (
        word
        for brand in base.brands
        if brand.name not in named
        for word in (brand.name, *brand.written)
    )
    return replace(
        base,
        brands=tuple(_brand(base, each) for each in found.brands),
        request_types=tuple(_kind(base, each) for each in found.request_types),
        other_brands=(*base.other_brands, *others),
        skill_overrides=tuple(
            replace(each, request_types=each.request_types & codes) for each in base.skill_overrides
        ),
        writer_speaks_for_itself=base.writer_speaks_for_itself & codes,
        nobody_waits_for=base.nobody_waits_for & codes,
    )


def _brand(base: Taxonomy, listed: _Brand) -> Brand:
    """What both say, and what ``base`` takes with care stays so."""
    known = next((each for each in base.brands if each.name == listed.name), None)
    if known is None:
        known = Brand(name=listed.name, desk=listed.pod, written=())
    loose = tuple(model for model in listed.models if _is_loose(model))
    firm = tuple(model for model in listed.models if not _is_loose(model))
    careful = _folded((*known.loose, *known.loose_models))
    return replace(
        known,
        desk=listed.pod or known.desk,
        written=_together(known.written, listed.variants, but=careful),
        models=_together(known.models, firm, but=careful),
        loose_models=_together(known.loose_models, loose, but=_folded(known.models)),
        maker_codes=_together(known.maker_codes, listed.wmi),
    )


def _kind(base: Taxonomy, listed: _Kind) -> RequestType:
    known = base.by_code.get(listed.code)
    return RequestType(
        code=listed.code,
        about=listed.description or (known.about if known else ""),
        skill=listed.default_skill,
        signs=known.signs if known else (),
    )


def _is_loose(model: str) -> bool:
    return len(model) < _SHORTEST_MODEL or model.isdecimal()


def _together(
    first: Iterable[str], more: Iterable[str], *, but: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    kept: Mapping[str, str] = {text.casefold(): text for text in first}
    return (*kept.values(), *(text for text in more if text.casefold() not in but.union(kept)))


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts)


def _problem(file: str, loc: tuple[int | str, ...], message: str) -> Problem:
    where = ".".join(map(str, loc)) or "the list"
    mend = "brands need a name, request types a code and a default_skill"
    return Problem(
        place=Place(file), rule="taxonomy_list", message=f"{where}: {message}", mend=mend
    )
