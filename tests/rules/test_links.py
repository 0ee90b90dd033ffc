"""Broken links, anchors and navigation have a line, a column and a repair, and nothing that works is called broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.data.manuscript import Manuscript, manuscript
from macros.data.problems import DataError, Problem, print_annotations
from macros.entities.edition import Edition
from macros.entities.files import MODELS
from macros.entities.history import History
from macros.entities.radar import Radar
from macros.rules.links import anchors, check_links, generated
from macros.rules.navigation import check_navigation
from support.htmlpages import address, built_pages
from support.serving import SUBPATH
from support.sitebuild import copy_sources
from support.small_handbook import handbook, pages


def _edition(changed: dict[str, Manuscript]) -> Edition:
    return Edition(handbook(), changed, Radar.model_construct(radar=[]), {}, History.model_construct(history=[]))


FILES = {*pages(), "data/skills.yml", "career/templates/sheet.txt"}

#: what stands in line 9 of career/positioning.md, its column, and rule and repair; None when nothing is wrong
LINKS: dict[str, tuple[str, tuple[int, str, str] | None]] = {
    "page": ("See [x](../row.md).", None),
    "anchor of the data": ("See [x](../row.md#why-wait).", None),
    "anchor of a heading without an id": ("See [x](../row.md#row).", None),
    "own anchor": ("See [x](#words).", None),
    "file": ("See [x](templates/sheet.txt) and [y](../data/skills.yml).", None),
    "other host": ("See [x](https://example.org/a#b) or <mailto:a@example.org>.", None),
    "code": ("See `[x](gone.md)` and ``a ` [x](gone.md)``.", None),
    "fence": ("```text\n[x](gone.md)\n```", None),
    "comment": ("<!-- [x](gone.md) -->", None),
    "raw": ("{% raw %}[x](gone.md){% endraw %}", None),
    "example": ('```python\n--8<-- "templates/sheet.txt"\n```', (9, "is not a file below docs/", "(nearest: career/templates/sheet.txt)")),
    "no such page": ("See [x](gone.md).", (9, "is not a file below docs/", "use one of portfolio.md, positioning.md, ")),
    "near page": ("See [x](../rows.md).", (9, "is not a file below docs/", "(nearest: ../row.md)")),
    "title": ('See [x](../rows.md "Row").', (9, "is not a file below docs/", "(nearest: ../row.md)")),
    "picture": ("![x](../rows.svg)", (6, "is not a file below docs/", "use one of ")),
    "over two lines": ("See [x\ny](../rows.md).", (4, "is not a file below docs/", "(nearest: ../row.md)")),
    "definition": ("[x]: ../rows.md", (6, "is not a file below docs/", "(nearest: ../row.md)")),
    "after code": ("`a` [x](../rows.md)", (9, "is not a file below docs/", "(nearest: ../row.md)")),
    "folder": ("See [x](../).", (9, "is not a file below docs/", "use one of ")),
    "outside": ("See [x](../../mkdocs.yml).", (9, "is not a file below docs/", "use one of ")),
    "absolute": ("See [x](/row.md).", (9, "begins with a slash, so it would leave a site", "folder: ../row.md")),
    "no such anchor": ("See [x](../row.md#alfa).", (9, "names no heading or entry of docs/row.md", "(nearest: alpha)")),
    "no such own anchor": ("See [x](#wards).", (9, "no heading or entry of docs/career/positioning.md", "(nearest: words)")),
    "moved": ("See [x](../row.md#gamma).", (9, "names no heading", "it stands on docs/phase.md: write ../phase.md#gamma")),
    "address of the finished page": ("See [x](../row.html#alpha).", (9, "is not a file below docs/", "write ../row.md#alpha")),
    "folder of the finished page": ("See [x](../row/).", (9, "is not a file below docs/", "write ../row.md")),
    "other case": ("See [x](../Row.md).", (9, "is not a file below docs/", "write ../row.md")),
    "backslash": ("See [x](..\\row.md).", (9, "is not a file below docs/", "write ../row.md")),
    "anchor in another case": ("See [x](../row.md#Alpha).", (9, "names no heading or entry of docs/row.md", "write #alpha")),
    "no scheme": ("See [x](www.example.org/a).", (9, "is not a whole address", "write https://www.example.org/a")),
    "own machine": ("See [x](http://127.0.0.1:8000/row/).", (9, "leads to the reader's own machine", "link to the page's file")),
    "script": ("See [x](javascript:x).", (9, "is not an address that a page may link to", "begin it with https://")),
    "example in single quotes": ("```python\n--8<-- 'x.txt'\n```", (9, "is not a file below docs/", "use one of ")),
    "address": ("See [x](http://[a).", (9, "is not an address", "write it anew")),
}  # fmt: skip


def _problems(text: str) -> list[Problem]:
    start = "# Words\n{{ page_header() }}\n\n{{ page_footer() }}\n\n## Words { #words }\n\n\n"
    changed = pages() | {"career/positioning.md": manuscript("career/positioning.md", start + text + "\n")}
    return list(check_links(_edition(changed), FILES))


@pytest.mark.parametrize("name", LINKS)
def test_a_link_leads_somewhere_or_has_a_line_to_repair(name: str) -> None:
    text, expected = LINKS[name]
    problems = _problems(text)
    if expected is None:
        assert problems == []
        return
    (problem,) = problems
    column, rule, repair = expected
    assert (problem.file, problem.column) == ("docs/career/positioning.md", column)
    assert problem.line == (10 if name in ("over two lines", "example", "example in single quotes") else 9)
    assert rule in problem.rule
    assert repair in problem.repair


def test_an_id_that_stands_twice_on_a_page_is_named() -> None:
    (problem,) = _problems("## Again { #words }")
    assert str(problem) == (
        "docs/career/positioning.md:9:13 id: 'words': is an anchor twice on this page: choose another id for one of the two"
    )


def test_the_small_handbook_has_no_broken_link() -> None:
    assert list(check_links(_edition(pages()), FILES)) == []


def test_every_id_of_the_built_pages_is_known_and_no_other(site: Path, checked: Edition) -> None:
    built = built_pages(site)
    for path, page in checked.pages.items():
        article = built[address(path) + "index.html"].article
        # A drawing's and a definition's ids are for themselves.
        theirs = set(article.xpath(".//@id[not(ancestor::svg)][not(starts-with(., 'def-'))]"))
        assert {*anchors(page, checked), *generated(page)} == theirs, path


def test_every_link_that_is_checked_is_a_link_of_the_built_page(site: Path, checked: Edition) -> None:
    built = built_pages(site)
    count = 0
    for path, page in checked.pages.items():
        html = built[address(path) + "index.html"]
        theirs = {html.resolve(target, SUBPATH) for target in html.targets()}
        for link in (mark.text for mark in page.links if "//" not in mark.text):
            target, _, anchor = link.partition("#")
            folder = Path(path).parent
            inside = (Path("/") / folder / target).resolve().relative_to("/").as_posix() if target else path
            shown = address(inside) + "index.html" if inside.endswith(".md") else inside
            assert (shown, anchor) in theirs, f"{path}: {link}"
            count += 1
    assert count > 150


NAV = "site_name: x\nurl: !ENV [X, y]\nnav:\n  - Home: index.md\n  - Rows:\n      - row.md\n      - More: phase.md\n"


def test_the_navigation_names_every_page_and_no_other() -> None:
    written = {name: pages()[name] for name in ("index.md", "row.md", "phase.md")}
    assert list(check_navigation(NAV, written, "x")) == []
    (problem,) = check_navigation("site_name: x\n", written, "x")
    assert str(problem).startswith("mkdocs.yml:1:1 nav: nothing: is missing: restore it")
    (problem,) = check_navigation(NAV + "  - Again: row.md\n", written, "x")
    assert str(problem) == (
        "mkdocs.yml:8:12 nav: 'row.md': stands in the navigation twice, first in line 6: remove one of the two lines"
    )
    assert list(check_navigation(NAV + "  - Elsewhere: https://example.org/\n", written, "x")) == []
    written["rows.md"] = written.pop("row.md")
    assert [str(problem) for problem in check_navigation(NAV, written, "x")] == [
        "mkdocs.yml:6:9 nav: 'row.md': is not a page below docs/: use one of index.md, phase.md, rows.md "
        "(nearest: rows.md), write it, or remove the line",
        "mkdocs.yml:4:3 nav: 'rows.md': stands in no line of the navigation: add `- Row: rows.md` in its place",
    ]
    problem, _ = check_navigation("site_name: y\n", written, "x")
    assert str(problem) == (
        "mkdocs.yml:1:12 site_name: 'y': is not the title in docs/data/skills.yml: write x here, or change the title there"
    )
    (problem,) = check_navigation("nav: [", written, "x")
    assert (problem.file, problem.rule.split(" (")[0]) == ("mkdocs.yml", "is not valid YAML")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("docs/index.md", None, "\n[x](skills/index.md#no-such-anchor)\n", "'skills/index.md#no-such-anchor': names no"),
        ("docs/index.md", None, "\n[x](no-such-page.md)\n", "'no-such-page.md': is not a file below docs/"),
        ("docs/index.md", None, "\n[x](/absolute.md)\n", "'/absolute.md': begins with a slash"),
        ("mkdocs.yml", "      - Glossary: reference/glossary.md\n", "", "'reference/glossary.md': stands in no line"),
    ],
    ids=["anchor", "page", "absolute", "navigation"],
)  # fmt: skip
def test_the_real_handbook_is_checked_before_it_is_built(
    file: str, old: str | None, new: str, message: str, tmp_path: Path
) -> None:
    project = copy_sources(tmp_path)
    text = (project / file).read_text(encoding="utf-8")
    assert old is None or old in text
    (project / file).write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_checked(project)
    (problem,) = error.value.problems
    assert message in str(problem)
    line = text.count("\n") + 2 if old is None else 1 + text[: text.index("nav:\n")].count("\n") + 1
    assert (problem.file, problem.line) == (file, line)


def test_shape_problems_of_all_files_come_together(tmp_path: Path) -> None:
    project = copy_sources(tmp_path)
    names = list(MODELS)
    for name in names:
        file = project / name
        text = re.sub("- (id|query):", r"- \1d:", file.read_text(encoding="utf-8"), count=1)
        file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_checked(project)
    assert {problem.file for problem in error.value.problems} == set(names)
    assert str(error.value).endswith("\nThe rules, the pages and their links are checked once this is repaired.")


# --- the same problems beside the lines of a pull request


def test_problems_are_annotations_on_a_runner_of_github(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = DataError(
        [
            Problem(("a",), "50% a,b", "is: wrong", "say\r\n%0A", "docs/a,b:c%.yml", 3, 7, "topics[x].requires[1]"),
            Problem((), None, "is missing", "add it", "docs/z.svg"),
        ]
    )
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    print_annotations(error)
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    print_annotations(error)
    assert capsys.readouterr().out.splitlines() == [
        "::error file=docs/a%2Cb%3Ac%25.yml,line=3,col=7,title=topics[x].requires[1]"
        "::'50%25 a,b': is: wrong: say%0D%0A%250A",
        "::error file=docs/z.svg::nothing: is missing: add it",
    ]
