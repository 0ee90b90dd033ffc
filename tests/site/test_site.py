"""The built HTML: what MkDocs does not check itself."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from macros.commands.drafts import PLACEHOLDER, placeholders
from macros.data.paths import ANKI_DECK, EXAMPLES_ARCHIVE, EXAMPLES_NEED, JOINED_SCHEMA, QUESTION_PLACES
from macros.entities.files import MODELS, SCHEMAS
from support.htmlpages import BuiltPage, address, broken_links, built_files, built_pages
from support.serving import SUBPATH
from support.sitebuild import ROOT

KB = 1024


@pytest.fixture(scope="session")
def html(site: Path) -> dict[str, BuiltPage]:
    return built_pages(site)


def _each(html: dict[str, BuiltPage], find) -> list[str]:
    """Findings of all pages, each with the page it is on."""
    return [f"{page.path}: {found}" for page in html.values() for found in find(page)]


def test_every_page_of_docs_is_built(html: dict[str, BuiltPage]) -> None:
    sources = [file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")]
    assert sorted(html) == sorted(["404.html", *(address(source) + "index.html" for source in sources)])


def test_every_internal_link_and_anchor_leads_somewhere(html: dict[str, BuiltPage], site: Path) -> None:
    assert _each(html, lambda page: broken_links(page, html, site, SUBPATH)) == []


def test_links_carry_no_host_but_those_that_leave_the_site(html: dict[str, BuiltPage]) -> None:
    def own_host(page: BuiltPage) -> list[str]:
        links = page.tree.xpath(
            "//a/@href | //img/@src | //script/@src | //link[@rel!='canonical' and not(@hreflang)]/@href"
        )
        return [link for link in links if "owner.example" in link or link.startswith("http://")]

    assert _each(html, own_host) == []


def test_nothing_is_loaded_from_another_host(html: dict[str, BuiltPage]) -> None:
    def foreign(page: BuiltPage) -> list[str]:
        loaded = page.tree.xpath(
            "//script/@src | //img/@src | //iframe/@src | //source/@src | //link[@rel!='canonical' and @rel!='prev' and @rel!='next' and not(@hreflang)]/@href"
        )
        return [address for address in loaded if re.match(r"(\w+:)?//", address)]

    assert _each(html, foreign) == []


def test_style_sheets_load_nothing_from_another_host(site: Path) -> None:
    found = [
        f"{file.name}: {address}"
        for file in site.rglob("*.css")
        for address in re.findall(r"(?:url\(|@import )[\"']?((?:\w+:)?//[^\"')]+)", file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_macro_and_no_markdown_is_left_over(html: dict[str, BuiltPage]) -> None:
    def leftovers(page: BuiltPage) -> list[str]:
        prose = [
            text
            for text in page.article.xpath(
                ".//text()[not(ancestor::code) and not(ancestor::script) and not(ancestor::style)]"
            )
            if re.search(r"\{\{|\{%|\{#|\{ [.#]|\]\(|--8<--|\\[_*\[]|^\s*(:::|\?\?\?|!!!)", text)
        ]
        # A list in a list begins so in Go.
        code = page.article.xpath(
            ".//code[not(ancestor::*[contains(@class, 'language-go')])]//text()[contains(., '{{')]"
        )
        # Two pages teach the macros, so they show them.
        teaches = re.search("content-guide|code-guide", page.path)
        return prose + page.article.xpath(".//@markdown") + ([] if teaches else code)

    # Other code may show the braces of a workflow.
    assert [f for f in _each(html, leftovers) if "${{" not in f] == []


def test_a_sentence_is_plain_text_that_can_be_copied_and_read_aloud(html: dict[str, BuiltPage]) -> None:
    """Copying leaves out a button, and a reader view what looks like a control; both bring in what is hidden."""
    lines = "self::p or self::li or self::dt or self::dd or self::td or self::th or self::h1 or self::h2 or self::h3"
    parts = "self::button or self::template or @popover or @hidden"

    def foreign(page: BuiltPage) -> list[str]:
        return [part.tag for part in page.article.xpath(f".//*[{parts}][ancestor::*[{lines}]]")] + [
            f"{heading.get('id')} ends with a sign"
            for heading in page.article.xpath(".//h1 | .//h2 | .//h3")
            if "".join(heading.xpath("./a[@class='headerlink']//text()")).strip()
        ]

    assert _each(html, foreign) == []


def test_ids_are_unique_on_each_page(html: dict[str, BuiltPage]) -> None:
    assert _each(html, lambda page: [name for name, count in Counter(page.ids).items() if count > 1]) == []


def test_no_table_or_list_is_empty(html: dict[str, BuiltPage]) -> None:
    def empty(page: BuiltPage) -> list[str]:
        tables = [t for t in page.article.iter("table") if not t.xpath(".//td[normalize-space()]")]
        lists = [e for e in page.article.iter("ul", "ol", "dl") if not len(e) and "md-search" not in e.get("class", "")]
        return [e.tag for e in [*tables, *lists]]

    assert _each(html, empty) == []


def test_headings_begin_with_one_h1_and_skip_no_level(html: dict[str, BuiltPage]) -> None:
    def faults(page: BuiltPage) -> list[str]:
        levels = [int(h.tag[1]) for h in page.article.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        found = [] if levels[:1] == [1] and levels.count(1) == 1 else [f"h1: {levels}"]
        return found + [f"h{a} then h{b}" for a, b in itertools.pairwise(levels) if b > a + 1]

    assert _each(html, faults) == []


def test_images_have_text(html: dict[str, BuiltPage]) -> None:
    def silent(page: BuiltPage) -> list[str]:
        images = [i.get("src") for i in page.tree.iter("img") if i.get("alt") is None]
        drawings = [
            "svg"
            for svg in page.article.iter("svg")
            if svg.get("aria-hidden") != "true" and not svg.get("aria-label") and not svg.xpath(".//*[local-name()='title']")
            and not svg.xpath("ancestor::button | ancestor::label | ancestor::a[@title]")
        ]  # fmt: skip
        return images + drawings

    assert _each(html, silent) == []


def test_every_page_describes_itself(html: dict[str, BuiltPage]) -> None:
    def faults(page: BuiltPage) -> list[str]:
        metas = {m.get("name") or m.get("property"): m.get("content") for m in page.tree.iter("meta")}
        found = [name for name in ("description", "og:title", "og:description", "og:image") if not metas.get(name)]
        if metas.get("description") != metas.get("og:description"):
            found.append("og:description differs")
        # The handbook's name, or a page's before it: a link that is shared as "Home" says nothing.
        name, title = metas["og:site_name"], page.tree.findtext(".//title").strip()
        if title != (name if metas["og:title"] == name else f"{metas['og:title']} – {name}"):
            found.append(f"is called {title!r} and shared as {metas['og:title']!r}")
        addresses = page.tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
        own = f"https://owner.example{SUBPATH}{page.path.removesuffix('index.html')}"
        if addresses != ([] if page.path == "404.html" else [own, own]):
            found.append(f"says that it lives at {addresses}")
        if page.path != "404.html" and not 70 <= len(metas.get("description") or "") <= 165:
            found.append(f"description has {len(metas['description'])} characters; 70 to 165 show in full")
        return found

    assert _each(html, faults) == []
    for what in ("//title/text()", "//meta[@name='description']/@content"):
        values = Counter(page.tree.xpath(what)[0] for page in html.values())
        assert [value for value, count in values.items() if count > 1] == []


def test_labels_name_a_control_of_their_page(html: dict[str, BuiltPage]) -> None:
    """And what can be reached with the keyboard is said with a number: the theme's menu has labels that say neither."""

    def wrong(page: BuiltPage) -> list[str]:
        controls = {e.get("id") for e in page.tree.iter("input", "button", "select", "textarea", "output", "meter")}
        labels = [label.get("for") for label in page.tree.iter("label") if label.get("for")]
        indexes = page.tree.xpath("//@tabindex")
        return [f"for={name}" for name in labels if name not in controls] + [
            f"tabindex={index!r}" for index in indexes if not re.fullmatch(r"-?\d+", index)
        ]

    assert _each(html, wrong) == []


def test_what_was_measured_of_a_lab_is_folded(html: dict[str, BuiltPage]) -> None:
    """It compares the repair with everything else that one might try, so it comes after the reader's own."""

    def told(page: BuiltPage) -> list[str]:
        return page.tree.xpath("//h2[@id='measured']/following-sibling::*[1][not(self::details[not(@open)])]/text()")

    labs = {
        name: page for name, page in html.items() if name.startswith("labs/") and page.tree.xpath("//*[@id='measured']")
    }
    assert len(labs) > 10
    assert _each(labs, told) == []


def test_no_script_hides_in_an_attribute(html: dict[str, BuiltPage]) -> None:
    def handlers(page: BuiltPage) -> list[str]:
        found = [name for e in page.tree.iter() if isinstance(e.tag, str) for name in e.attrib if name.startswith("on")]
        return found + [a for a in page.tree.xpath("//@href") if a.startswith("javascript:")]

    assert _each(html, handlers) == []


def test_every_page_is_reached_from_home_by_links_in_the_text(html: dict[str, BuiltPage]) -> None:
    seen, todo = set(), ["index.html"]
    while todo:
        path = todo.pop()
        if path in seen or path not in html:
            continue
        seen.add(path)
        page = html[path]
        for target in page.article.xpath(".//a/@href"):
            if resolved := page.resolve(target, SUBPATH):
                todo.append(resolved[0])
    assert sorted(set(html) - seen - {"404.html"}) == []


def test_every_address_that_was_ever_published_leads_on(site: Path) -> None:
    """Links from elsewhere, bookmarks and search engines keep them for years."""
    files = built_files(site)
    lines = (ROOT / "tests/exports/addresses.txt").read_text(encoding="utf-8").splitlines()
    published = [line.removeprefix("/") for line in lines if line.startswith("/")]
    assert len(published) > 600
    gone = []
    for line in published:
        path, _, section = line.partition("#")
        page = files.get(f"{path}index.html")
        if page is None or (section and section not in page.ids):
            gone.append(f"{line}: add it to renamed_from in the front matter of the page that holds it now")
    assert gone == []


def test_a_page_that_has_moved_leads_to_its_new_place(html: dict[str, BuiltPage], site: Path) -> None:
    moved = {path: page for path, page in built_files(site).items() if page.tree.get("data-moved") is not None}
    for path, page in moved.items():
        assert broken_links(page, html, site, SUBPATH) == []
        (canonical,) = page.tree.xpath("//link[@rel='canonical']/@href")
        first = page.tree.xpath("//a[@data-moved]/@href")[0]
        assert canonical.endswith(str(page.resolve(first, SUBPATH)[0]).removesuffix("index.html")), path
        assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_every_page_ends_with_one_next_step(html: dict[str, BuiltPage]) -> None:
    def steps(page: BuiltPage) -> list[str]:
        count = len(page.article.find_class("next-step"))
        return [] if count == (page.path != "404.html") else [f"{count} next steps"]

    assert _each(html, steps) == []


def test_the_404_page_leads_on_from_any_depth(html: dict[str, BuiltPage]) -> None:
    assert html["404.html"].tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    links = html["404.html"].article.xpath(".//a/@href")
    assert len(links) >= 5
    assert all(link.startswith(SUBPATH) for link in links)


def test_no_path_of_the_building_machine_is_published(site: Path) -> None:
    paths = [str(folder).encode() for folder in (ROOT, Path.home(), site)]
    found = [
        str(file.relative_to(site))
        for file in site.rglob("*")
        if file.is_file() and any(path in file.read_bytes() for path in paths)
    ]
    assert found == []


def _gzipped(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_the_parts_of_a_first_view_are_small(html: dict[str, BuiltPage], site: Path) -> None:
    """Bytes as a host sends them: HTML 30 KB a page, CSS and JavaScript 22 KB, fonts 26 KB, no image over 60 KB.

    Their sum, as a browser loads it, is in tests/browser/test_first_view.py. The list of all sources grows with the
    handbook, and is looked up rather than read: a third more.
    """
    limits = {"reference/sources/index.html": 40 * KB}
    sizes = {path: _gzipped(page.file) for path, page in html.items()}
    assert [f"{path}: {size}" for path, size in sizes.items() if size > limits.get(path, 30 * KB)] == []
    home = html["index.html"]
    loaded = home.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    assert _gzipped(*(site / address for address in loaded)) <= 22 * KB
    # Fonts are compressed in themselves.
    assert sum(f.stat().st_size for f in (site / "assets").rglob("*.woff2")) <= 26 * KB
    images = [f for kind in ("png", "webp", "jpg", "svg", "gif", "avif") for f in site.rglob(f"*.{kind}")]
    assert images
    assert [f"{f.name}: {f.stat().st_size}" for f in images if f.stat().st_size > 60 * KB] == []


def test_the_data_is_published_beside_the_pages(site: Path, checked: tuple) -> None:
    published = json.loads((site / "data/skills.json").read_text(encoding="utf-8"))
    assert list(published) == list(type(checked[0]).model_fields)
    assert [t["id"] for t in published["topics"]] == [t.id for t in checked[0].topics]
    for file in [*MODELS, *SCHEMAS]:
        assert (site / file.removeprefix("docs/")).read_bytes() == (ROOT / file).read_bytes()
    shape = json.loads((site / JOINED_SCHEMA).read_text(encoding="utf-8"))
    assert list(shape["properties"]) == list(published)


def test_every_question_is_a_card_that_leads_to_its_page(
    html: dict[str, BuiltPage], site: Path, checked: tuple
) -> None:
    lines = (site / ANKI_DECK).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#separator:tab" and f"#deck:{checked[0].handbook.title}" in lines
    cards = [line.split("\t") for line in lines if not line.startswith("#")]
    assert [card[0] for card in cards] == [question.id for question in checked[0].questions]
    assert {len(card) for card in cards} == {4}
    places = json.loads((site / QUESTION_PLACES).read_text(encoding="utf-8"))["at"]
    for ident, front, back, _ in cards:
        assert f'{places[ident]}">' in back and "`" not in front + back, ident
        page, _, anchor = places[ident].partition("#")
        assert anchor == ident and ident in html[f"{page}index.html"].ids


def test_the_archive_of_the_examples_runs_outside_of_the_handbook(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(site / EXAMPLES_ARCHIVE) as archive:
        archive.extractall(tmp_path)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}, "differs at each build"
    folder = tmp_path / Path(EXAMPLES_ARCHIVE).stem
    examples = ROOT / "docs/examples"
    assert {file.name for file in folder.iterdir()} == {"README.txt", EXAMPLES_NEED} | {
        file.name for file in examples.iterdir() if file.is_file()
    }
    assert (folder / EXAMPLES_NEED).read_text(encoding="utf-8") == (ROOT / EXAMPLES_NEED).read_text(encoding="utf-8")
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    plain, with_packages = readme.split("These need packages", 1)
    assert "\n  bounded_retry.py\n" in plain and "\n  hybrid_search.py\n" in with_packages
    assert "\n  node built/bounded_retry.js\n  go run bounded_retry.go\n  java bounded_retry.java\n" in with_packages
    assert "\n  java -cp /usr/share/java/gson.jar tool_loop.java\n" in with_packages
    assert (
        "\n  .venv/bin/python local_models.py java -cp /usr/share/java/gson.jar structured_contract.java\n"
        in with_packages
    )
    assert "\n  .venv/bin/python local_models.py go run structured_contract.go\n" in with_packages
    done = subprocess.run([sys.executable, "bounded_retry.py"], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == (examples / "bounded_retry.txt").read_text(encoding="utf-8")


def test_the_handbook_holds_no_placeholder() -> None:
    assert placeholders(ROOT) == [], f"write what each {PLACEHOLDER!r} asks for"
