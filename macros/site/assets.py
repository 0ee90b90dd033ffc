"""Style sheets and scripts as they are published: without comments."""

from __future__ import annotations

import re
from pathlib import Path

from macros.render.colors import Colors

#: Where the handbook's own style sheets and scripts lie; the theme's stand in the same folders.
STYLES = "assets/stylesheets"
SCRIPTS = "assets/javascripts"

#: What the theme has beside our scripts: stemmers for other languages, and what runs beside the page.
_FOLDERS_OF_THE_THEME = ("lunr", "workers")

#: The theme's colors. Ours are in the handbook's own sheet, and a reader need not fetch both.
_PALETTE = re.compile(r'<link rel="stylesheet" href="[^"]*/palette\.\w+\.min\.css">')

_LABEL = re.compile(r"<label\b[^>]*>")


def own_files(site: Path) -> list[Path]:
    """Our style sheets and scripts in a built site, without those that the theme brings: they are as published."""
    files = [*(site / STYLES).glob("*.css"), *(site / SCRIPTS).glob("*.js"), *(site / SCRIPTS).glob("*/*.js")]
    return sorted(f for f in files if ".min." not in f.name and f.parent.name not in _FOLDERS_OF_THE_THEME)


#: What stays as it is in a script: texts, and patterns. A slash that divides has a blank behind it in formatted code.
_LITERAL = r"""("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|/(?![/* ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/)"""
_COMMENT = re.compile(_LITERAL + r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
#: Marks around which layout means nothing, and line breaks. Not + and -, of which two may meet, and not the blank
#: behind a slash: without it the next reading would take what is divided for a pattern.
_LAYOUT = re.compile(_LITERAL + r"|(?<!/)\s*([=<>!&|?:,;(){}\[\]])\s*|(\n)\s*")


def sheet_without_comments(sheet: str) -> str:
    """A style sheet of ours without its comments."""
    return re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)


def without_palette(html: str) -> str:
    """A page that does not ask for the theme's colors, and without the white space before the link to them."""
    *before, last = _PALETTE.split(html)
    return "".join([*(part.rstrip() for part in before), last])


def with_bars(html: str, colors: Colors) -> str:
    """A page that tells the browser's own bars the style sheet's `--paper`, light and dark: a `meta` knows no var()."""
    for scheme, values in zip(colors._fields, colors, strict=True):
        before = f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="'
        html = html.replace(before + "var(--paper)", before + values.get("paper", ""))
    return html


def with_valid_labels(html: str) -> str:
    """A page whose labels in the theme's menu are valid HTML.

    The theme gives labels that take no focus an empty `tabindex`, and names the list of contents by a switch that the
    pages that head a section do not have.
    """
    wrong = ' tabindex=""' if ' id="__toc"' in html else ' tabindex=""| for="__toc"'
    return _LABEL.sub(lambda label: re.sub(wrong, "", label[0]), html)


def compact(script: str) -> str:
    """A script of ours without comments, types and layout: they are for whoever changes it, and a third of its size.

    It relies on what prettier writes, a semicolon after each statement among it, and on texts between backticks that
    hold no others; a test looks at that.
    """
    script = _COMMENT.sub(lambda found: found[1] or " ", script)
    return _LAYOUT.sub(lambda found: found[1] or found[2] or found[3], script).strip() + "\n"
