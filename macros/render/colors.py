"""Colors of the style sheet for what no style sheet reaches: covers, the EPUB, the browser's own bars."""

from __future__ import annotations

import re
from typing import NamedTuple

_COLOR = re.compile(r"(?<![\w-])--(\w+):\s*([^;{}]+);")
_DARK = re.compile(r'\[data-md-color-scheme="slate"\]\s*\{([^}]*)\}')


class Colors(NamedTuple):
    """The values of the sheet's color variables by name, such as `paper`, for light and for dark screens."""

    light: dict[str, str]
    dark: dict[str, str]


def sheet_colors(sheet: str) -> Colors:
    """The colors of handbook.css: the light ones stand first, the dark ones in the rule for the theme's dark scheme."""
    dark = _DARK.search(sheet)
    return Colors(dict(reversed(_COLOR.findall(sheet))), dict(_COLOR.findall(dark[1] if dark else "")))


def painted(text: str, colors: dict[str, str]) -> str:
    """A style sheet or a drawing with the colors themselves, for programs that do not know var()."""
    return re.sub(r"var\(--(\w+)\)", lambda name: colors.get(name[1], "currentColor"), text)
