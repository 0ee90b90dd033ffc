"""Style sheets are published without comments, and pages without the theme's colors; what remains says the same.

And nothing that is published is too new for the oldest supported browsers, which docs/start/how-to-use.md names.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.site.assets import own_files, sheet_without_comments, with_valid_labels, without_palette
from macros.site.policy import inline_scripts
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


def test_the_theme_s_labels_become_valid_and_text_stays() -> None:
    text = '<code>&lt;label for="__toc" tabindex=""&gt;</code>'
    label = '<label class="a" for="__toc" tabindex="">'
    assert with_valid_labels(label + text) == f'<label class="a">{text}'
    assert with_valid_labels(f'<input id="__toc">{label}') == '<input id="__toc"><label class="a" for="__toc">'
    assert with_valid_labels(kept := '<label for="x" tabindex="0">') == kept


def test_a_page_does_not_ask_for_the_theme_s_colors() -> None:
    page = (
        '<link rel="stylesheet" href="assets/stylesheets/main.1a.min.css">\n\n'
        '    <link rel="stylesheet" href="assets/stylesheets/palette.2b.min.css">\n  <meta>'
    )
    assert without_palette(page) == '<link rel="stylesheet" href="assets/stylesheets/main.1a.min.css">\n  <meta>'
    assert without_palette("<p> a </p>\n") == "<p> a </p>\n"


#: What Chrome 109, Firefox 115 or Safari 16.4 does not know, or a later of them: a declaration with it is dropped whole.
#: What only adorns (text-wrap) or stands in an @supports of its own (position-area) is not here.
TOO_NEW_IN_SHEETS = {
    "light-dark()": r"light-dark\(",
    "color-mix() and newer color spaces": r"color-mix\(|\b(ok)?l(ab|ch)\(|\bcolor\(",
    "a color made from another": r"\b(rgb|hsl|hwb)a?\(from\b",
    "nested rules": r"&|\{[^{}@]*;\s*[^{};:]+\{",
    "an at-rule": r"@(scope|starting-style|property|position-try|view-transition|function|container-style)\b",
    "newer arithmetic": r"\b(round|mod|rem|sign|abs|pow|sqrt|hypot|exp|log|sin|cos|tan|if|sibling-index)\(",
    "text for screen readers without one for others before it": r'(?<!"; )content:\s*"[^"]*"\s*/',
    "text-decoration with a color or a width": r"text-decoration:\s*[\w-]+\s+[^;}\s]",
}
#: Selectors that one of them does not know. In a list they take the others with them.
NEW_SELECTORS = (":has(", "::details-content", ":popover-open", ":open", ":user-invalid", ":state(")
#: What tsc does not refuse: it knows languages by year, but all of the DOM.
TOO_NEW_IN_SCRIPTS = {
    "the language of 2023 and later": r"\b(groupBy|withResolvers|fromAsync|toSorted|toReversed|toSpliced|isWellFormed)\b|"
    r"\bPromise\.try\b|\bRegExp\.escape\b|\bIterator\.|/[a-z]*v[a-z]*\.(test|exec)\b",
    "methods of sets": r"\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(",
    "newer parts of Intl, URL and AbortSignal": r"\bIntl\.(Segmenter|DurationFormat)\b|\bURL\.(canParse|parse)\b|"
    r"\bAbortSignal\.any\b|\bTemporal\.",
    # Whoever has found showPopover may call the others.
    "newer parts of the DOM": r"\bshowPopover\(|\b(startViewTransition|requestIdleCallback|checkVisibility)\b|"
    r"\b(moveBefore|setHTML|getHTML|CloseWatcher|scheduler\.yield)\b|\bnavigation\.navigate\b",
    "import attributes": r"\bfrom\s*\"[^\"]*\"\s*with\b",
}


def _too_new_in_a_sheet(sheet: str) -> list[str]:
    sheet = re.sub(r"url\([^)]*\)", "url()", sheet_without_comments(sheet))
    found = [name for name, pattern in TOO_NEW_IN_SHEETS.items() if re.search(pattern, sheet)]
    for selector in re.findall(r"[^{}]+(?=\{)", sheet):
        alternatives = selector
        while (outer := re.sub(r"\([^()]*\)", "", alternatives)) != alternatives:
            alternatives = outer
        if "," in alternatives and not alternatives.strip().startswith("@"):
            found += [f"{new} in a list" for new in NEW_SELECTORS if new in selector]
    return found


def _too_new_in_a_script(script: str) -> list[str]:
    return [name for name, pattern in TOO_NEW_IN_SCRIPTS.items() if re.search(pattern, script)]


def test_the_oldest_supported_browsers_know_everything_that_is_published(site: Path) -> None:
    problems = {}
    for file in sorted((site / "assets/stylesheets").glob("*.css")):
        problems[file.name] = _too_new_in_a_sheet(file.read_text(encoding="utf-8"))
    for file in [*own_files(site), site / "sw.js"]:
        if file.suffix == ".js":
            problems[file.name] = _too_new_in_a_script(file.read_text(encoding="utf-8"))
    for script in inline_scripts((site / "index.html").read_text(encoding="utf-8")):
        problems[script] = _too_new_in_a_script(script)
    assert {name: found for name, found in problems.items() if found} == {}


@pytest.mark.parametrize(
    "sheet",
    [
        "a { color: light-dark(#000, #fff); }",
        "a { color: oklch(50% 0 0); }",
        "a { color: red; b { color: blue; } }",
        "a { &:hover { color: blue; } }",
        'a::after { content: "→" / ""; }',
        "a { text-decoration: underline 2px; }",
        "a:has(b), c { d: e; }",
    ],
)
def test_a_style_sheet_that_is_too_new_is_noticed(sheet: str) -> None:
    assert len(_too_new_in_a_sheet(sheet)) == 1


@pytest.mark.parametrize(
    "script", ["all.toSorted()", "Object.groupBy(a, b)", "a.union(b)", 'URL.canParse("")', "a.showPopover()"]
)
def test_a_script_that_is_too_new_is_noticed(script: str) -> None:
    assert len(_too_new_in_a_script(script)) == 1


def test_both_ways_to_dark_colors_are_the_same_and_repeat_each_light_one() -> None:
    sheet = (ASSETS / "stylesheets/handbook.css").read_text(encoding="utf-8")
    palettes = [re.findall(r"--\w+: #\w+;", rule) for rule in re.findall(r"\{[^{}]*--paper: #[^{}]*\}", sheet)]
    light, chosen, preferred = palettes
    assert chosen == preferred
    assert [color.split(":")[0] for color in chosen] == [color.split(":")[0] for color in light]
