"""Style sheets are published without comments, and pages without the theme's colors; what remains says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.site.assets import sheet_without_comments, without_palette
from support.sitebuild import ROOT

ASSETS = ROOT / "docs/assets"
SHEETS = sorted((ASSETS / "stylesheets").glob("*.css"))


def _in_a_literal(before: str) -> bool:
    """Whether a line that begins like this is inside a string, a template, an address or a comment of one line."""
    return any(before.count(quote) % 2 for quote in "\"'`") or bool(re.search(r"//|url\([^)]*$", before))


def _sheet_problems(sheet: str) -> list[str]:
    """Places that sheet_without_comments() would change although they are no comments, or where two words would become one."""
    found = re.finditer(r"^(.*?)/\*", sheet, re.MULTILINE)
    return [m[0] for m in found if _in_a_literal(m[1]) or not re.search(r"(^|[\s;{}])$", m[1])]


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.name)
def test_a_style_sheet_means_the_same_without_its_comments(file: Path) -> None:
    sheet = file.read_text(encoding="utf-8")
    assert _sheet_problems(sheet) == []
    assert "/*" not in sheet_without_comments(sheet)


@pytest.mark.parametrize("rules", ['a { content: "/* b */" }', "a { background: url(x/*.png) }", "a/* b */ c {}"])
def test_a_style_sheet_whose_rules_would_change_is_noticed(rules: str) -> None:
    assert _sheet_problems(rules) != []


def test_comments_go_and_rules_stay() -> None:
    assert sheet_without_comments("/* What. */\na { b: c } /* d */\n\ne { f: g }\n") == "a { b: c } e { f: g }\n"


def test_a_page_does_not_ask_for_the_theme_s_colors() -> None:
    page = (
        '<link rel="stylesheet" href="assets/stylesheets/main.1a.min.css">\n\n'
        '    <link rel="stylesheet" href="assets/stylesheets/palette.2b.min.css">\n  <meta>'
    )
    assert without_palette(page) == '<link rel="stylesheet" href="assets/stylesheets/main.1a.min.css">\n  <meta>'
    assert without_palette("<p> a </p>\n") == "<p> a </p>\n"
