"""The handbook taken along: one page, PDF, EPUB and plain text hold all of it, and lead nowhere that is not there."""

from __future__ import annotations

import copy
import itertools
import posixpath
import re
import struct
import subprocess
import sys
import textwrap
import zipfile
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from lxml import etree, html
from playwright.sync_api import Browser
from pypdf import PdfReader

from macros.book.chapters import Book, Chapter, read_book
from macros.book.epub import epub
from macros.book.llms import markdown
from macros.book.pdf import cover_picture, pdf
from macros.data.paths import BOOK, FULL, LIST, SEARCH_INDEX, markdown_address
from macros.entities.diagrams import CLASSES
from macros.entities.edition import Edition
from support.axe_rules import COLOR_RULES, DEVICES, SHAPE_RULES, violations
from support.htmlpages import BuiltPage, address, built_files
from support.serving import SUBPATH
from support.sitebuild import ROOT

# One worker reads the book for all of them.
pytestmark = pytest.mark.xdist_group("book")

URL = f"https://owner.example{SUBPATH}"
MOMENT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BuiltPage]:
    return built_files(site)


@pytest.fixture(scope="session")
def page(pages: dict[str, BuiltPage]) -> BuiltPage:
    return pages[BOOK]


@pytest.fixture(scope="session")
def book(site: Path, checked: Edition) -> Book:
    return read_book(site, checked.handbook)


@pytest.fixture(scope="session")
def articles(pages: dict[str, BuiltPage], checked: Edition) -> dict[str, html.HtmlElement]:
    """What each page of the site says, in the order of the data, without what only a page of a site needs."""
    found = {}
    for entry in checked.handbook.pages:
        article = html.fromstring(html.tostring(pages[address(entry.path) + "index.html"].article))
        for element in article.xpath(
            "//a[@class='headerlink'] | //nav[@class='next-step'] | //a[contains(@class, 'md-content__button')]"
            " | //*[@hidden or @role='status' or contains(@class, 'moving__wide')]"
            # Of an example in several languages, the first one.
            " | //*[contains(@class, 'languages__choice') or contains(@class, 'language--other')]"
        ):
            element.drop_tree()
        found[entry.path] = article
    return found


def _words(element: html.HtmlElement | etree._Element) -> list[str]:
    return "".join(element.itertext()).split()


def _heading(element: html.HtmlElement) -> str:
    return " ".join(_words(element))


def test_the_order_of_the_data_is_the_order_of_the_menu(checked: Edition) -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    nav = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)["nav"]

    def files(entry: object) -> list[str]:
        if isinstance(entry, dict):
            return files(list(entry.values()))
        return [entry] if isinstance(entry, str) else [file for part in entry for file in files(part)]

    assert [entry.path for entry in checked.handbook.pages] == files(nav)


# --- one page ---


def test_every_page_stands_whole_in_the_book(page: BuiltPage, articles: dict[str, html.HtmlElement]) -> None:
    parts = page.tree.find_class("chapter")
    assert len(parts) == len(articles)
    for part, (path, article) in zip(parts, articles.items(), strict=True):
        assert _words(part)[: -len(["Contents"])] == _words(article), path
        for level in (1, 2, 3):
            assert [_heading(h) for h in part.iter(f"h{level + 1}")] == [_heading(h) for h in article.iter(f"h{level}")]
        for tag in ("table", "pre", "svg", "img", "dl", "li"):
            assert len(list(part.iter(tag))) == len(list(article.iter(tag))), f"{path}: {tag}"


def test_the_contents_name_every_page_and_every_section(page: BuiltPage, articles: dict[str, html.HtmlElement]) -> None:
    contents = [_heading(link) for link in page.tree.get_element_by_id("contents").iter("a")]
    assert contents == [_heading(h) for article in articles.values() for h in article.iter("h1", "h2")]


def test_links_stay_in_the_book_or_name_their_host(page: BuiltPage, site: Path) -> None:
    links = page.tree.xpath("//body//a/@href")
    assert [link for link in links if not link.startswith(("#", "https://"))] == []
    assert [link for link in links if link.startswith("#") and link[1:] not in page.ids] == []
    own = {link.removeprefix(URL) for link in links if link.startswith(URL)}
    assert [name for name in own if not (site / name).is_file() and not (site / name / "index.html").is_file()] == []
    # A page of the handbook is in the book: nobody has to go online for it.
    assert own & {address(f.relative_to(ROOT / "docs").as_posix()) for f in (ROOT / "docs").rglob("*.md")} == {""}
    assert sum(link.startswith("#") for link in links) > 500


def test_no_id_stands_twice_and_every_reference_finds_its_id(page: BuiltPage) -> None:
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    text = (page.file).read_text(encoding="utf-8")
    markers = re.findall(r'marker-end="url\(#([^)]+)\)"', text)
    assert len(markers) > 50
    assert set(markers) <= set(page.ids)


def test_the_book_needs_no_click_and_no_script(page: BuiltPage) -> None:
    wrong = "//script | //form | //button | //input | //details | //summary | //*[@popover] | //*[@onclick] | //iframe"
    assert page.tree.xpath(wrong) == []
    for name in ("headerlink", "next-step", "md-content__button", "md-tags", "md-clipboard", "definition"):
        assert page.tree.find_class(name) == [], name


def test_headings_of_the_book_begin_with_one_h1_and_skip_no_level(page: BuiltPage) -> None:
    levels = [int(h.tag[1]) for h in page.tree.body.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1] == []


def test_search_engines_and_the_site_s_own_search_lead_to_the_pages(page: BuiltPage, site: Path) -> None:
    assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert (
        page.tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content") == [f"{URL}book/"] * 2
    )
    assert page.tree.xpath("//link[@hreflang]") == []
    assert "book/" not in (site / "sitemap.xml").read_text(encoding="utf-8")
    assert '"book/' not in (site / SEARCH_INDEX).read_text(encoding="utf-8")


def test_what_the_head_of_the_book_names_exists(page: BuiltPage, site: Path, book: Book) -> None:
    files = page.tree.xpath("//head/link[@rel!='canonical']/@href")
    assert len(files) >= 5
    assert [name for name in files if not (site / posixpath.normpath(f"book/{name}")).is_file()] == []
    assert page.tree.get("lang") == book.language


#: Takes chapters away until each element with each of its classes is in one of those that stay.
_EVERY_KIND_ONCE = """() => {
  const kinds = (chapter) => [...chapter.querySelectorAll("*")].flatMap((e) =>
    e.classList.length ? [...e.classList].map((name) => e.localName + "." + name) : [e.localName]);
  const chapters = [...document.querySelectorAll("main > .chapter")].map((chapter) => [chapter, new Set(kinds(chapter))]);
  const seen = new Set();
  // The shortest first: colors are compared in time that grows faster than the page.
  chapters.sort(([one], [other]) => one.innerHTML.length - other.innerHTML.length);
  for (const [chapter, own] of chapters) {
    if ([...own].every((kind) => seen.has(kind))) chapter.remove();
    else for (const kind of own) seen.add(kind);
  }
  return seen.size;
}"""


@pytest.mark.parametrize(("device", "scheme"), [("phone", "light"), ("desktop", "dark")], ids=["light", "dark"])
def test_the_book_can_be_read_by_everybody(browser: Browser, served: str, device: str, scheme: str) -> None:
    with browser.new_context(viewport=DEVICES[device], color_scheme=scheme, service_workers="block") as context:
        shown = context.new_page()
        errors: list[str] = []
        shown.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        shown.on("requestfailed", lambda request: errors.append(request.url))
        shown.goto(f"{served}book/")
        assert shown.evaluate("document.documentElement.scrollWidth") <= DEVICES[device]["width"]
        assert errors == []
        assert shown.locator("body").evaluate("e => getComputedStyle(e).colorScheme") == scheme
        if scheme == "light":
            assert violations(shown, SHAPE_RULES) == []
        shown.set_viewport_size({"width": 320, "height": 256})
        assert shown.evaluate("document.documentElement.scrollWidth") <= 320, "scrolls sideways at 320 pixels"
        # Paper is light, whatever the screen is.
        shown.emulate_media(media="print")
        assert shown.locator("body").evaluate("e => getComputedStyle(e).colorScheme") == "light"
        shown.emulate_media(media="screen")
        shown.set_viewport_size(DEVICES[device])
        assert shown.evaluate(_EVERY_KIND_ONCE) > 100
        assert violations(shown, COLOR_RULES) == []


# --- PDF ---


@pytest.fixture(scope="session")
def printed(book: Book, site: Path, browser: Browser) -> bytes:
    return pdf(book, site, MOMENT, browser)


def test_the_pdf_has_bookmarks_numbers_and_links_that_work(printed: bytes, book: Book, page: BuiltPage) -> None:
    read = PdfReader(BytesIO(printed))
    assert read.metadata.title == book.title
    assert read.metadata.creation_date == MOMENT
    assert read.root_object["/Lang"] == book.language
    assert read.root_object["/MarkInfo"]["/Marked"]

    def flat(entries: list) -> list:
        return [e for entry in entries for e in (flat(entry) if isinstance(entry, list) else [entry])]

    marks = flat(read.outline)
    titles = Counter(" ".join(mark.title.split()) for mark in marks)
    wanted = Counter(_heading(h) for h in page.tree.body.iter("h1", "h2", "h3", "h4"))
    assert wanted - titles == Counter()
    assert len(read.pages) > len(book.chapters)
    # A number at the foot is some two hundred bytes: a sheet with no more than that is empty.
    empty = [number for number, sheet in enumerate(read.pages, 1) if len(sheet.get_contents().get_data()) < 600]
    assert empty == []
    # The number that the contents give for a chapter is the page on which it begins.
    places = {name: read.get_destination_page_number(place) + 1 for name, place in read.named_destinations.items()}
    contents = " ".join(" ".join(sheet.extract_text() for sheet in read.pages[1 : places["/home"] - 1]).split())
    assert f"Page 2 of {len(read.pages)}" in contents
    for chapter in book.chapters:
        begin = places[f"/{chapter.slug}"]
        assert f"{chapter.title} {begin}" in contents
    assert "Contribute" in read.pages[places["/contribute"] - 1].extract_text()
    inside, outside = [], []
    for sheet in read.pages:
        for note in sheet.get("/Annots", []):
            note = note.get_object()
            inside += [note["/Dest"]] if "/Dest" in note else []
            outside += [note["/A"]["/URI"]] if "/A" in note else []
    assert len(inside) > 500
    assert [name for name in inside if name not in places] == []
    assert [link for link in outside if not link.startswith("https://")] == []


def test_each_figure_of_the_pdf_says_what_it_shows(printed: bytes, page: BuiltPage) -> None:
    figures: list[str | None] = []
    waiting: list = [PdfReader(BytesIO(printed)).root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        if isinstance(element, list):
            waiting.extend(part.get_object() for part in element)
        elif isinstance(element, dict):
            if element.get("/S") == "/Figure":
                figures.append(element.get("/Alt"))
            if "/K" in element:
                waiting.append(element["/K"])
    assert Counter(figures) == Counter(page.tree.xpath("//figure//svg/@aria-label"))


def test_letters_of_the_pdf_are_fonts_and_not_drawings(printed: bytes) -> None:
    """Chromium prints a variable font as Type 3: blurred in some readers, refused by some print shops."""
    fonts = {
        (font["/Subtype"], font.get("/BaseFont", "").partition("+")[2])
        for sheet in PdfReader(BytesIO(printed)).pages
        for font in (named.get_object() for named in sheet["/Resources"].get("/Font", {}).values())
    }
    assert {kind for kind, _ in fonts} == {"/Type0"}
    assert any("Atkinson" in name for _, name in fonts)


def test_the_same_browser_prints_the_same_bytes(printed: bytes, book: Book, site: Path, browser: Browser) -> None:
    assert pdf(book, site, MOMENT, browser) == printed


def test_without_a_built_site_a_person_is_told_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "macros.book", str(tmp_path / "site"), str(tmp_path / "dist")],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "build the site first: make build" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "dist").exists()


def test_without_a_browser_there_is_an_epub_and_the_old_pdf(site: Path, book: Book, tmp_path: Path) -> None:
    (tmp_path / f"{book.slug}.pdf").write_text("the old one", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "macros.book", str(site), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, env={"PATH": ""},
    )  # fmt: skip
    assert done.returncode == 1
    assert "install it with" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(f.name for f in tmp_path.iterdir()) == [f"{book.slug}.epub", f"{book.slug}.pdf"]
    assert (tmp_path / f"{book.slug}.pdf").read_text(encoding="utf-8") == "the old one"


# --- EPUB ---


@pytest.fixture(scope="session")
def archive(book: Book, site: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(epub(book, site, MOMENT)))


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(archive.read(f"EPUB/{name}"))


def test_the_epub_is_an_epub(archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert archive.read("mimetype") == b"application/epub+zip"
    package = _parsed(archive, "book.opf")
    listed = [item.get("href") for item in package.iter(f"{OPF}item")]
    assert sorted(f"EPUB/{name}" for name in [*listed, "book.opf"]) == sorted(
        name for name in archive.namelist() if name.startswith("EPUB/")
    )
    ids = [item.get("id") for item in package.iter(f"{OPF}item")]
    assert [ref.get("idref") for ref in package.iter(f"{OPF}itemref") if ref.get("idref") not in ids] == []
    assert package.findtext(".//{*}meta[@property='dcterms:modified']") == "2026-11-23T12:00:00Z"


#: What an EPUB may hold only when its package says "scripted", or what no reading program has to let a reader use.
INTERACTIVE = "form input button select textarea output details dialog script object embed iframe audio video canvas"


def test_nothing_in_the_epub_is_to_be_filled_in_or_run(archive: zipfile.ZipFile) -> None:
    for item in _parsed(archive, "book.opf").iter(f"{OPF}item"):
        if item.get("media-type") != "application/xhtml+xml":
            continue
        elements = list(_parsed(archive, item.get("href")).iter(etree.Element))
        names = {etree.QName(element).localname for element in elements}
        assert names & set(INTERACTIVE.split()) == set(), item.get("href")
        assert [a for e in elements for a in e.attrib if a.startswith("on") or a in ("tabindex", "popover")] == []
        assert ("svg" in names) == ("svg" in item.get("properties", "").split()), item.get("href")


def test_a_browser_draws_the_cover_as_a_picture_that_shops_take(book: Book, site: Path, browser: Browser) -> None:
    picture = cover_picture(book, site, browser)
    assert picture == cover_picture(book, site, browser)
    assert (picture[:8], struct.unpack(">II", picture[16:24])) == (b"\x89PNG\r\n\x1a\n", (1600, 2400))
    archive = zipfile.ZipFile(BytesIO(epub(book, site, MOMENT, picture)))
    item = _parsed(archive, "book.opf").find(f".//{OPF}item[@properties='cover-image']")
    assert item.get("media-type") == "image/png"
    assert archive.read(f"EPUB/{item.get('href')}") == picture
    assert [image.get("src") for image in _parsed(archive, "cover.xhtml").iter(f"{XHTML}img")] == [item.get("href")]
    assert [name for name in archive.namelist() if name.endswith(".svg")] == []


def test_the_epub_holds_every_page_whole_and_well_formed(
    archive: zipfile.ZipFile, book: Book, articles: dict[str, html.HtmlElement]
) -> None:
    order = [ref.get("idref") for ref in _parsed(archive, "book.opf").iter(f"{OPF}itemref")]
    assert order == ["cover", "nav", *(f"page-{chapter.slug}" for chapter in book.chapters)]
    for chapter in book.chapters:
        article = articles[chapter.page]
        # The time axis is drawn by the site's style sheet, and its ticks would be loose numbers.
        for element in article.xpath(".//*[@aria-hidden='true']"):
            element.drop_tree()
        chapter_tree = _parsed(archive, f"{chapter.slug}.xhtml")
        assert _words(chapter_tree.find(f"{XHTML}body")) == _words(article), chapter.page
        # XML is strict about names: a drawing with viewbox instead of viewBox has no size.
        for drawing in chapter_tree.iter("{http://www.w3.org/2000/svg}svg"):
            assert drawing.get("viewBox")
            assert drawing.get("aria-label")
        assert len(list(chapter_tree.iter("{http://www.w3.org/2000/svg}svg"))) == len(list(article.iter("svg")))


def test_links_in_the_epub_lead_to_places_in_it_or_name_their_host(archive: zipfile.ZipFile, book: Book) -> None:
    names = ["nav", *(chapter.slug for chapter in book.chapters)]
    trees = {f"{name}.xhtml": _parsed(archive, f"{name}.xhtml") for name in names}
    trees["cover.xhtml"] = _parsed(archive, "cover.xhtml")
    ids = {name: [e.get("id") for e in tree.iter() if e.get("id")] for name, tree in trees.items()}
    assert [name for name, found in ids.items() if len(set(found)) < len(found)] == []
    wrong = []
    for name, tree in trees.items():
        for link in tree.iter(f"{XHTML}a"):
            file, _, anchor = link.get("href").partition("#")
            if "://" not in file and (anchor or file) and anchor not in [*ids.get(file or name, []), ""]:
                wrong.append(f"{name}: {link.get('href')}")
            if "://" not in file and file and file not in trees:
                wrong.append(f"{name}: {file}")
    assert wrong == []
    toc = [" ".join(_words(link)) for link in trees["nav.xhtml"].find(f".//{XHTML}nav").iter(f"{XHTML}a")]
    assert toc == [t for chapter in book.chapters for t in (chapter.title, *(s.title for s in chapter.sections))]


def test_drawings_in_the_epub_have_their_colors_in_plain_css(archive: zipfile.ZipFile) -> None:
    style = archive.read("EPUB/book.css").decode()
    assert not re.search(r"var\(|:is\(|light-dark", style)
    assert {name for name in CLASSES if f".diagram .{name}" not in style} == set()


def test_the_same_site_gives_the_same_epub(archive: zipfile.ZipFile, checked: Edition, site: Path) -> None:
    again = epub(read_book(site, checked.handbook), site, MOMENT)
    assert again == archive.fp.getvalue()


# --- plain text ---


def test_llms_txt_lists_every_page_in_its_format(site: Path, book: Book) -> None:
    lines = (site / LIST).read_text(encoding="utf-8").splitlines()
    # llmstxt.org: a title, a summary in a quote, then sections with lists of links.
    assert lines[0] == f"# {book.title}"
    assert lines[2].startswith("> ")
    sections = [line for line in lines if line.startswith("#")]
    assert all(line.startswith("## ") for line in sections[1:])
    assert len(set(sections)) == len(sections)
    links = [re.fullmatch(r"- \[(.+)\]\((https://\S+)\): (\S.*)", line) for line in lines if line.startswith("-")]
    assert all(links)
    texts = [URL + markdown_address(chapter.page) for chapter in book.chapters]
    assert [link[2] for link in links][: len(book.chapters)] == texts
    for link in links:
        name = link[2].removeprefix(URL)
        assert (site / name).is_file() or (site / name / "index.html").is_file()


def test_each_page_has_its_text_as_markdown_beside_it(site: Path, pages: dict[str, BuiltPage], book: Book) -> None:
    whole = (site / FULL).read_text(encoding="utf-8")
    for chapter in book.chapters:
        text = (site / markdown_address(chapter.page)).read_text(encoding="utf-8")
        assert text.startswith(f"# {chapter.title}\n\nSource: {chapter.address}\n"), chapter.page
        assert text in whole, chapter.page


def test_llms_full_has_every_heading_every_listing_and_every_drawing_in_words(
    site: Path, articles: dict[str, html.HtmlElement], pages: dict[str, BuiltPage]
) -> None:
    text = (site / FULL).read_text(encoding="utf-8")
    lines = text.splitlines()
    plain = [re.sub(r"[`\\]", "", line) for line in lines]
    whole = re.sub(r"\]\([^)\s]*( \"[^\"]*\")?\)|[\[*]", "", "\n".join(plain))
    for path, article in articles.items():
        for heading in article.iter("h1", "h2", "h3"):
            assert f"{'#' * int(heading.tag[1])} {_heading(heading)}" in plain, path
        for listing in article.iter("pre"):
            code = listing.text_content().strip("\n")
            language = re.search(r"language-(\w+)", listing.getparent().get("class", ""))
            fenced = f"```{language[1] if language else ''}\n{code}\n```"
            # In a list the listing is indented as a whole.
            indents = {re.match(" *", line)[0] for line in lines} if listing.xpath("ancestor::li") else [""]
            assert any(textwrap.indent(fenced, indent) in text for indent in indents), path
        for caption in article.xpath(".//figure[contains(@class, 'diagram')]/figcaption"):
            assert f"**Diagram: {caption.text.strip()}.** {_heading(caption.find('.//p'))}" in text, path
        for cell in map(copy.deepcopy, article.iter("td")):
            for line in cell.iter("br"):
                line.tail = f" {line.tail or ''}"
            words = re.sub(r"[`*[\\]", "", _heading(cell))
            assert not words or f" {words} |" in whole, path
    assert re.search(r"^```python$", text, re.MULTILINE)
    prose = re.sub(r"^ *(`{3,}).*?^ *\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"</?(div|span|p|table|td|svg|dd)\b[^>\n]*>", re.sub(r"`[^`\n]*`", "", prose))
    lines = prose.splitlines()
    rows = [line for line in lines if line.startswith("| ---")]
    assert len(rows) == sum(len(list(article.iter("table"))) for article in articles.values())
    # A pipe in a cell must not make a cell of its own.
    columns = 0
    for number, line in enumerate(lines):
        if line.startswith("| ---"):
            columns = line.count("|")
        elif not line.startswith("|"):
            columns = 0
        elif columns:
            assert len(re.findall(r"(?<!\\)\|", line)) == columns, f"{number}: {line}"


def test_a_pipe_in_a_cell_stays_in_its_cell() -> None:
    table = "<table><thead><tr><th>x</th></tr></thead><tbody><tr><td><code>a | b</code></td></tr></tbody></table>"
    article = html.fromstring(f"<section><h1>A</h1>{table}</section>")
    assert "\n| `a \\| b` |\n" in markdown(Chapter("a.md", URL, "", "A", []), article)
