"""How does a page for people come out of its template? Escaped, in the house's look, loading nothing."""

from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined


def page(template: str, **values: object) -> str:
    """A template of this package, filled. What comes from the org or from files is escaped."""
    # Not the policies' templates: these are ours, and what they show is escaped.
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_text),
    )
    return environment.get_template(template).render(**values)


def _text(name: str) -> str:
    return (files("ortoo_daemon") / "cli" / name).read_text(encoding="utf-8")
