"""The theme's style sheet, cut to what the site uses: nothing that a page shows may lose its look; and its menu."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from macros.site.theme import LEAN, Used, lean_sheet, lean_theme, linked_lean, without_marked_spaces
from support.htmlpages import BuiltPage, built_files
from support.sitebuild import ROOT

PAGE = '<html><body dir="ltr"><nav class="md-nav open" id="top"><a href="#top">a</a></nav></body></html>'


def _lean(sheet: str, script: str = "", read: tuple[str, ...] = ()) -> str:
    used = Used()
    used.add_page(PAGE)
    used.add_script(script)
    return lean_sheet(sheet, used, read)


@pytest.mark.parametrize(
    "rule",
    [
        ".md-nav{color:red}",
        "nav.open>a:hover,a::before{color:red}",
        "#top{color:red}",
        # What stands in parentheses may be absent, and has to be when it is an exception.
        ".md-nav:not(.gone){color:red}",
        ":is(.gone,.md-nav) a{color:red}",
        "[dir=ltr] .md-nav{color:red}",
        "*,:after{color:red}",
        ":root{--used:1px}a{top:var(--used)}",
        "@media print{.md-nav{display:none}}",
        "@media (forced-colors:active){a{color:LinkText}}",
        "@media screen{@supports (top:1px){a{color:red}}}",
        "@font-face{font-family:X}@page{margin:0}@keyframes k{0%{top:0}}",
        # Braces, commas and semicolons in strings and addresses mean nothing.
        """a{background:url("data:image/svg+xml;charset=utf-8,<svg style='a{b:c;d}'/>")}""",
        """a[title="a,b;{c}"]{color:red}""",
        r".md\:nav,a{color:red}".replace(r".md\:nav,", ""),
    ],
)
def test_a_rule_that_can_match_stays_as_it_is(rule: str) -> None:
    assert _lean(rule) == rule


@pytest.mark.parametrize(
    ("sheet", "lean"),
    [
        (".gone{color:red}a{top:0}", "a{top:0}"),
        (".gone,a{top:0}", "a{top:0}"),
        (".md-nav .gone a{top:0}", ""),
        ("#gone{top:0}video{top:0}", ""),
        ("[dir=rtl] .md-nav{left:0}", ""),
        ("@media print{.gone{top:0}}", ""),
        (":root{--unread:1px}", ""),
        # What only something unread reads, is unread as well.
        (":root{--a:1px;--b:var(--a)}a{top:0}", "a{top:0}"),
    ],
)
def test_a_rule_that_matches_nothing_is_left_out(sheet: str, lean: str) -> None:
    assert _lean(sheet) == lean


def test_names_that_a_script_may_give_are_used() -> None:
    sheet = ".made{top:0}dialog{top:0}"
    assert _lean(sheet, script='make("dialog", { class: "made" })') == sheet
    assert _lean(":root{--set-elsewhere:1}", read=("--set-elsewhere",)) == ":root{--set-elsewhere:1}"


def test_a_site_that_loads_the_theme_s_script_keeps_it(tmp_path: Path) -> None:
    bundle = tmp_path / "assets/javascripts/bundle.0a.min.js"
    bundle.parent.mkdir(parents=True)
    bundle.write_text("x", encoding="utf-8")
    used = Used()
    used.add_page('<script src="../assets/javascripts/bundle.0a.min.js"></script>')
    lean_theme(tmp_path, used)
    assert bundle.exists()
    lean_theme(tmp_path, Used())
    assert not bundle.exists()


def test_spaces_of_code_are_kept_without_their_marks(site: Path) -> None:
    line = '<span class="k">if</span>{0}<span class="n">w</span><span class="p">:</span>{1}'
    marked = line.format('<span class="w"> </span>', '<span class="w">\n\t</span>')
    assert without_marked_spaces(marked) == line.format(" ", "\n\t")
    page = (site / "topics/structured-output/index.html").read_text(encoding="utf-8")
    assert 'class="w"' not in page and '<span class="kd">sealed</span> <span class="kd">interface</span> <' in page


def test_only_the_theme_s_main_sheet_is_led_elsewhere() -> None:
    assert linked_lean('href="../assets/stylesheets/main.57a0d79d.min.css"') == f'href="../{LEAN}"'
    assert linked_lean(other := 'href="assets/stylesheets/classic/main.57a0d79d.min.css"') == other


def test_the_site_has_one_lean_sheet_of_the_theme_and_not_its_script(site: Path) -> None:
    assert sorted(file.name for file in site.glob("assets/stylesheets/*")) == [
        "book.css",
        "figure.css",
        "handbook.css",
        "home.css",
        "languages.css",
        "search-lists.css",
        "search.css",
        "sheets.css",
        "standing.css",
        "theme.css",
        "tools.css",
    ]
    scripts = [
        file
        for folder in ("bundle.*", "workers/*", "lunr/**/*.js")
        for file in site.glob(f"assets/javascripts/{folder}")
    ]
    assert scripts == []


@pytest.mark.parametrize("script", ["frame.js", "lib/page.js", "tools/planner.js"])
def test_a_class_that_only_a_script_gives_is_kept_in_whichever_folder_it_lies(script: str, tmp_path: Path) -> None:
    sheet = tmp_path / "assets/stylesheets/main.1a.min.css"
    file = tmp_path / "assets/javascripts" / script
    for folder in (sheet.parent, file.parent):
        folder.mkdir(parents=True)
    sheet.write_text(".md-made{color:red}.md-gone{color:red}", encoding="utf-8")
    file.write_text('make("p", { class: "md-made" });', encoding="utf-8")
    lean_theme(tmp_path, Used())
    assert (tmp_path / LEAN).read_text(encoding="utf-8") == ".md-made{color:red}"


def _menus(project: Path, custom: Path | None) -> dict[str, object]:
    """Each page's menu as a tree of tags, attributes and words, drawn with the theme's templates or with some of ours."""
    theme = {"name": "material", "features": ["navigation.tabs", "navigation.indexes"], "font": False}
    config = load_config(
        config_file=str(project / "mkdocs.yml"),
        site_dir=str(project / "site"),
        theme=theme | ({"custom_dir": str(custom)} if custom else {}),
        hooks=["hooks.py"] if custom else [],
    )
    config.plugins.on_startup(command="build", dirty=False)
    mkdocs_build(config)
    pages = built_files(project / "site")
    return {
        path: _shape(page, page.tree.find_class("md-nav--primary")[0])
        for path, page in pages.items()
        if path != "404.html"
    }


def _shape(page: BuiltPage, element: Any) -> object:
    attributes = {name: " ".join(value.split()) for name, value in element.attrib.items()}
    if "href" in attributes:
        attributes["href"] = str(page.resolve(attributes["href"], "/") or attributes["href"])
    # The theme leaves it empty, which is no number.
    if not attributes.get("tabindex", "0"):
        del attributes["tabindex"]
    words = [" ".join((text or "").split()) for text in (element.text, *(child.tail for child in element))]
    return element.tag, attributes, words, [_shape(page, child) for child in element if isinstance(child.tag, str)]


def test_our_menu_is_the_menu_of_the_theme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update of the theme that changes its menu is to be seen here, and followed in overrides/."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    texts = {
        "index.md": "# Home\n\n## A part\n",
        "rows/index.md": "# Rows\n",
        "rows/one.md": "---\nicon: material/close\nstatus: new\nsubtitle: more\n---\n# One\n\n## A part\n",
        "rows/two.md": "# Two\n",
        "other/three.md": "# Three & more\n",
        "other/deep/four.md": "---\nicon: material/close\n---\n# Four\n",
        "alone/index.md": "---\nstatus: new\n---\n# Alone\n",
    }
    for path, text in texts.items():
        file = tmp_path / "docs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    deep = "{Deep: [other/deep/four.md, {Elsewhere: 'https://example.org/'}]}"
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Handbook\nextra: {status: {new: Recently added}}\nplugins: [search]\n"
        "nav: [{Home: index.md}, {Rows: [rows/index.md, {First: rows/one.md}, rows/two.md]},"
        f" {{Other: [other/three.md, {deep}]}}, {{Alone: [alone/index.md]}}]\n",
        encoding="utf-8",
    )
    custom = tmp_path / "custom" / "partials"
    custom.mkdir(parents=True)
    shutil.copy(ROOT / "overrides" / "partials" / "nav-item.html", custom)
    # As in our hooks.py: what pages share of the menu has to fit each of them.
    (tmp_path / "hooks.py").write_text('def on_env(env, **_):\n    env.globals["menu_parts"] = {}\n', encoding="utf-8")
    theirs = _menus(tmp_path, None)
    assert len(theirs) == len(texts)
    assert _menus(tmp_path, custom.parent) == theirs
