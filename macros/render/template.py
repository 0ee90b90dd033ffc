"""HTML from templates: everything that a template is given is escaped, unless it says that it is Markdown already."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from macros.render.text import inline, link


def templates(room: Path) -> Environment:
    """The templates of a room of macros/, from its folder templates/.

    Text of the data goes through `inline`, links through `link`: both give Markdown in which nothing of the text is
    markup. A name that the template is not given is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(room / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["inline"] = lambda text: Markup(inline(text))
    environment.globals["link"] = lambda *arguments: Markup(link(*arguments))
    return environment
