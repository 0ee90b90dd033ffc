"""What stands above a page's text: read with its places, answered in the grammar of the data, and never guessed at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.data.front_matter import FrontMatter, read_pages
from macros.data.handbook import Page
from macros.data.manuscript import manuscript
from macros.data.navigation import reading_order
from macros.data.problems import DataError
from macros.registry import MACROS
from support.sitebuild import ROOT, copy_sources

GOOD = """\
---
description: A page about queues and what becomes of them, for somebody who has run one before.
search:
  boost: 0.5
outcomes:
  - Explain it.
before: [index.md]
next:
  page: index.md
  why: >-
    Go home.
---

# A page { #a-page }
"""

EXAMPLES = (
    "`---`, `description: 'What a reader learns on this page, and what it is good for, in 110 to 155 characters.'`, "
    "`outcomes: [Explain what a token is.]`, `before: [skills/index.md]`, "
    "`next: {page: roadmap/index.md, why: See when it is needed.}`, `---`"
)

#: name, what stands in the file, every line that is printed
BAD: dict[str, tuple[str, list[str]]] = {
    "nothing": (
        "# A page\n",
        [f"docs/x.md:1:1 front matter: nothing: is missing: begin the file with lines like {EXAMPLES}"],
    ),
    "only a comment": (
        "---\n# later\n---\n\n# A page\n",
        [f"docs/x.md:1:1 front matter: nothing: is missing: begin the file with lines like {EXAMPLES}"],
    ),
    "no end": (
        GOOD.replace("---\n\n#", "\n#"),
        [
            "docs/x.md:1:1 front matter: '---': begins front matter that nothing ends: write a line `---` below it, above the title"
        ],
    ),
    "a dash for the hyphens": (
        GOOD.replace("---", "—", 1),
        [f"docs/x.md:1:1 front matter: nothing: is missing: begin the file with lines like {EXAMPLES}"],
    ),
    "a line above": (
        "\n" + GOOD,
        [f"docs/x.md:1:1 front matter: nothing: is missing: begin the file with lines like {EXAMPLES}"],
    ),
    "a short description": (
        GOOD.replace(" about queues and what becomes of them, for somebody who has run one before", ""),
        ["docs/x.md:2:14 description: 'A page.': has fewer than 70 characters: say more"],
    ),
    "a long description": (
        GOOD.replace("before.", "before" + " and after" * 10 + "."),
        [
            "docs/x.md:2:14 description: 'A page about queues and what becomes of them, for somebo…': "
            "is longer than 165 characters: shorten it"
        ],
    ),
    "a comment that cuts": (
        GOOD.replace("for somebody", "# for somebody"),
        [
            "docs/x.md:2:14 description: '# for somebody who has run one before.': is read as a comment, so the text "
            "ends in front of it: put the whole text in quotes; a comment has a line of its own"
        ],
    ),
    "only a description": (
        "---\ndescription: A page about queues and what becomes of them, for somebody who has run one before.\n---\n\n# A page\n",
        [
            "docs/x.md:2:1 before: nothing: is missing: add `before:`, for example `before: [skills/index.md]`",
            "docs/x.md:2:1 next: nothing: is missing: add `next:`, for example "
            "`next: {page: roadmap/index.md, why: See when it is needed.}`",
            "docs/x.md:2:1 outcomes: nothing: is missing: add `outcomes:`, for example "
            "`outcomes: [Explain what a token is.]`",
        ],
    ),
    "no heading": (
        GOOD.replace("# A", "## A"),
        ["docs/x.md:1:1 first heading: nothing: is missing: write `# Its title` above the text"],
    ),
    "a title above": (
        GOOD.replace("search:", "title: Another page\nsearch:"),
        [
            "docs/x.md:3:1 title: 'Another page': stands in the page's first heading already: "
            "remove this line, and write the title there"
        ],
    ),
    "unknown key": (
        GOOD.replace("before:", "xbefore:"),
        [
            "docs/x.md:2:1 before: nothing: is missing: add `before:`, for example `before: [skills/index.md]`",
            "docs/x.md:7:1 xbefore: 'xbefore': is not a known key: use one of description, tags, search, …, renamed_from (nearest: before)",
        ],
    ),
    "unknown key below": (
        GOOD.replace("boost", "bost"),
        ["docs/x.md:4:3 search.bost: 'bost': is not a known key: use one of boost, exclude (nearest: boost)"],
    ),
    "a path from the page": (
        GOOD.replace("[index.md]", "[../index.md]"),
        [
            "docs/x.md:7:10 before[0]: '../index.md': is not a page path: "
            "write it as folder/page.md, lower case, below docs/"
        ],
    ),
    "a word of the theme": (
        GOOD.replace("search:", "hide: [nav]\nsearch:"),
        [
            "docs/x.md:3:8 hide[0]: 'nav': is not one of the allowed words: "
            "use 'navigation', 'toc', 'path', 'tags' or 'footer'"
        ],
    ),
    "a colon in text": (
        GOOD.replace("A page about", "A page: about"),
        [
            "docs/x.md:2:20: 'description: A page: about queues and what becomes of th…': is not valid YAML (mapping values are not allowed in this "
            'context): put text that holds ": " in quotes, or begin it after >- on the next line, indented; '
            "else check the indentation and quotes here and in the line above"
        ],
    ),
    "a list": (
        "---\n- a\n---\n\n# A page\n",
        ["docs/x.md:2:1: 'a list': is not a mapping: write `key: value` lines"],
    ),
}


def _read(text: str, path: str = "x.md") -> Page:
    ((page, _),) = read_pages([path], {path: manuscript(path, text)})
    return page


def test_a_page_says_its_own_and_its_heading_is_its_title() -> None:
    ((page, parsed),) = read_pages(["x.md"], {"x.md": manuscript("x.md", GOOD)})
    assert page.model_dump() == {
        "path": "x.md",
        "title": "A page",
        "outcomes": ["Explain it."],
        "renamed_from": [],
        "before": ["index.md"],
        "next": {"page": "index.md", "why": "Go home."},
        "tags": [],
        "boost": 0.5,
        "unlisted": False,
    }
    lines = GOOD.splitlines()
    for place, shown in ((("outcomes", 0), "Explain it."), (("next", "why"), ">-"), (("title",), "A page { #a-page }")):
        line, column = parsed.values[place]
        assert lines[line - 1][column - 1 :] == shown


@pytest.mark.parametrize("name", BAD)
def test_bad_front_matter_gives_lines_to_repair(name: str) -> None:
    text, expected = BAD[name]
    with pytest.raises(DataError) as error:
        _read(text)
    assert [str(problem) for problem in error.value.problems] == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("page: topics/tokens-and-sampling.md", "page: gone.md", ":10:9 next.page: 'gone.md': is not a page below docs/: "),
        ("before: []", "before: [gone.md]", ":8:10 before[0]: 'gone.md': is not a page below docs/: "),
        ("  - Recognize", "  - Rcognize", ":7:5 outcomes[1]: 'Rcognize': is not a verb that an outcome may start with: "),
        ("# From API design", "# From &amp;API design", ":14:3 title: '&amp;API design to m': is markup; "),
    ],
    ids=["next", "before", "outcome", "title"],
)  # fmt: skip
def test_a_rule_that_a_page_breaks_names_its_line(old: str, new: str, message: str, tmp_path: Path) -> None:
    project = copy_sources(tmp_path)
    page = project / "docs/skills/api-design/index.md"
    text = page.read_text(encoding="utf-8")
    assert text.count(old) == 1
    page.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_checked(project)
    assert str(error.value.problems[-1]).startswith(f"docs/skills/api-design/index.md{message}")


def test_two_pages_with_one_description_are_told_apart() -> None:
    """Who copies a page forgets it; a search engine would show two results that look the same."""
    written = {path: manuscript(path, GOOD) for path in ("x.md", "y.md")}
    with pytest.raises(DataError) as error:
        read_pages(written, written)
    (problem,) = error.value.problems
    assert str(problem).startswith("docs/y.md:2:14 description: 'A page about")
    assert str(problem).endswith(": is that of docs/x.md: say what is different about this page")


def test_the_content_guide_shows_what_a_page_begins_with() -> None:
    guide = (ROOT / "docs/contribute/content-guide.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(---\n.*?---\n)```", guide, re.MULTILINE | re.DOTALL)
    assert _read(f"{shown}\n# A page\n").next.page


def test_a_file_s_name_is_a_page_path() -> None:
    with pytest.raises(DataError, match=r"docs/Some_page\.md: 'Some_page\.md': is not a page path: rename the file"):
        _read(GOOD, "Some_page.md")


def test_what_stands_above_a_page_is_no_name_of_a_macro() -> None:
    """The macros plugin makes variables of it, which would go before a macro of that name."""
    assert not set(FrontMatter.model_fields) & set(MACROS)


def test_pages_are_read_in_the_order_of_the_navigation() -> None:
    text = "url: !ENV [X, y]\nnav:\n  - b.md\n  - More:\n      - C: c.md\n      - a.md\n      - gone.md\n      - b.md\n"
    assert reading_order(text, ["a.md", "b.md", "c.md", "d.md"]) == ["b.md", "c.md", "a.md", "d.md"]
    for without in ("site_name: x\n", "nav: [", ""):
        assert reading_order(without, ["b.md", "a.md"]) == ["a.md", "b.md"]
