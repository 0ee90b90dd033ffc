"""Translated pages in the built site, and a site without any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.data.paths import BOOK, FULL, LIST
from macros.data.translations import ENGLISH, ENGLISH_END
from macros.entities.edition import Edition
from macros.site.translations import in_its_language, relative
from support.htmlpages import BuiltPage, built_files
from support.serving import SUBPATH
from support.sitebuild import build, copy_sources

pytestmark = [pytest.mark.xdist_group("translations"), pytest.mark.this_handbook]

URL = f"https://owner.example{SUBPATH}"
#: Each translation that this handbook has, and its original.
PAIRS = {"de/": "", "de/skills/caching-strategies/": "skills/caching-strategies/"}


@pytest.fixture(scope="module")
def html(site: Path) -> dict[str, BuiltPage]:
    return built_files(site)


def _page(html: dict[str, BuiltPage], address: str) -> BuiltPage:
    return html[f"{address}index.html"]


def test_only_pages_that_somebody_translated_are_there(html: dict[str, BuiltPage], checked: Edition) -> None:
    assert sorted(path for path in html if path.startswith("de/")) == sorted(f"{own}index.html" for own in PAIRS)
    assert len(checked.translations["de"].pages) == len(PAIRS)


def test_originals_and_translations_name_each_other(html: dict[str, BuiltPage]) -> None:
    for own, original in PAIRS.items():
        for address in (own, original):
            tree = _page(html, address).tree
            named = {link.get("hreflang"): link.get("href") for link in tree.xpath("//head/link[@hreflang]")}
            assert named == {"x-default": URL + original, "en": URL + original, "de": URL + own}
            assert tree.xpath("//link[@rel='canonical']/@href") == [URL + address]
        (to_german,) = _page(html, original).article.xpath(".//a[@hreflang='de']")
        assert (to_german.get("title"), to_german.get("lang")) == ("Deutsch", "de")
        assert _page(html, original).resolve(to_german.get("href"), SUBPATH) == (f"{own}index.html", "")
        (to_english, in_the_line) = _page(html, own).article.xpath(".//a[@hreflang='en'][@lang]")
        for link in (to_english, in_the_line):
            assert _page(html, own).resolve(link.get("href"), SUBPATH) == (f"{original}index.html", "")
    others = [page for path, page in html.items() if path.removesuffix("index.html") not in {*PAIRS, *PAIRS.values()}]
    assert [page.path for page in others if page.tree.xpath("//*[@hreflang]")] == []


def test_the_sitemap_holds_the_translations(site: Path) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert [own for own in PAIRS if f"<loc>{URL}{own}</loc>" not in sitemap] == []


def test_links_are_led_to_translations_where_there_is_one(html: dict[str, BuiltPage]) -> None:
    for own in PAIRS:
        page = _page(html, own)
        links = [link for link in page.tree.iter("a") if link.get("href") and not link.get("lang")]
        targets = {target[0] for link in links if (target := page.resolve(link.get("href"), SUBPATH))}
        assert targets & {f"{original}index.html" for original in PAIRS.values()} == set()
        # The logo, the menu and the map lead to the other one.
        assert {f"{other}index.html" for other in PAIRS} <= targets
        assert "topics/semantic-cache/index.html" in targets, "what nobody has translated stays"


def test_a_link_to_a_section_that_the_translation_lacks_stays_with_the_original(checked: Edition) -> None:
    there = checked.translations["de"]
    link = '<a href="../../../skills/caching-strategies/#{}">x</a>'
    for anchor, led in (("new", False), ("old", True)):
        made = in_its_language(
            link.format(anchor), there, "de/skills/api-design/index.md", lambda page: '<h2 id="old">'
        )
        english = link.format(anchor).replace(">x", ' hreflang="en">x')
        assert made == (f'<a href="../caching-strategies/#{anchor}">x</a>' if led else english)
    stays = '<a href="../../../" hreflang="en">x</a><a href="#a">x</a><a href="https://a.example/">x</a>'
    assert in_its_language(stays, there, "de/skills/api-design/index.md", lambda page: "") == stays


def test_a_link_that_leaves_the_language_says_so(html: dict[str, BuiltPage], site: Path) -> None:
    for own in PAIRS:
        page = _page(html, own)
        silent = []
        for link in page.tree.iter("a"):
            target = page.resolve(link.get("href") or "", SUBPATH)
            leaves = target and target[0].endswith("index.html") and not target[0].startswith("de/")
            if leaves and link.get("hreflang") != "en" and not link.xpath(".//*[@lang='en']"):
                silent.append(link.get("href"))
        assert silent == []
        assert not page.tree.xpath("//a[@hreflang='en'][starts-with(@href, '#') or contains(@href, '://')]")
    assert "(englisch)" in (site / "de/assets/letters.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("here", "target", "way"),
    [
        ("/de/a/b/", "/de/a/c/", "../c/"),
        ("/de/", "/de/a/", "a/"),
        ("/de/a/", "/de/", "../"),
        ("/de/a/", "/de/a/", "./"),
    ],
)
def test_the_way_from_one_page_to_another(here: str, target: str, way: str) -> None:
    assert relative(here, target) == way


def test_what_is_english_on_a_german_page_says_so(html: dict[str, BuiltPage], checked: Edition) -> None:
    for own in PAIRS:
        tree = _page(html, own).tree
        assert tree.get("lang") == "de"
        assert tree.xpath("string(//input[@name='query']/@placeholder)") == "Suche"
        english = {" ".join(part.text_content().split()) for part in tree.xpath("//*[@lang='en']")}
        names = {checked.handbook.page(page).title for page in ("topics/streaming.md", "roadmap/phase-1.md")}
        assert names <= english, "names in the menu"
        assert not english & {"Caching-Strategien", "Skill Map", "You know"}
        nested = tree.xpath("//*[@lang='en']//*[@lang='en'][not(@hreflang)]")
        assert [part.text_content() for part in nested] == []
    marked = (
        f"<p>{ENGLISH}A <b>b</b>{ENGLISH_END}</p><a title=\"{ENGLISH}c{ENGLISH_END}\" data-x='&#57344;d&#57345;'>e</a>"
    )
    made = in_its_language(marked, checked.translations["de"], "de/x.md", lambda page: "")
    assert made == '<p><span lang="en">A <b>b</b></span></p><a title="c" data-x=\'d\'>e</a>'


def test_no_mark_is_left_in_any_file(site: Path) -> None:
    kinds = (".html", ".json", ".md", ".txt", ".xml")
    texts = {file: file.read_text(encoding="utf-8") for file in site.rglob("*") if file.suffix in kinds}
    assert [file.name for file, text in texts.items() if re.search("[\ue000\ue001]|&#5734[45];", text)] == []


def test_the_book_and_the_lists_stay_with_the_originals(site: Path) -> None:
    for name in (BOOK, LIST, FULL):
        assert "Caching-Strategien" not in (site / name).read_text(encoding="utf-8"), name


def test_a_translation_has_its_text_as_markdown(site: Path, html: dict[str, BuiltPage]) -> None:
    text = (site / "de/skills/caching-strategies.md").read_text(encoding="utf-8")
    assert text.startswith("# Von Caching-Strategien") and "lang=" not in text
    page = _page(html, "de/skills/caching-strategies/")
    (link,) = page.article.xpath(".//a[@data-copy-page]/@href")
    assert page.resolve(link, SUBPATH) == ("de/skills/caching-strategies.md", "")


def test_the_menu_of_a_translation_opens_where_the_original_stands(html: dict[str, BuiltPage]) -> None:
    tree = _page(html, "de/skills/caching-strategies/").tree
    active = [" ".join(a.text_content().split()) for a in tree.xpath("//a[contains(@class, 'md-nav__link--active')]")]
    assert active == ["Caching-Strategien"]
    assert [tab.text_content().strip() for tab in tree.find_class("md-tabs__item--active")] == ["Skill Map"]
    hides = [_page(html, page).tree.xpath("//div[@data-md-type]/@hidden") for page in ("de/", "")]
    assert hides == [[""], [""]], "as the original"


def test_letters_of_a_language_weigh_on_its_own_pages_only(html: dict[str, BuiltPage]) -> None:
    loading = [path for path, page in html.items() if page.tree.xpath("//link[contains(@href, 'letters.css')]")]
    assert sorted(loading) == sorted(f"{own}index.html" for own in PAIRS)


def test_without_translations_no_page_is_another(site: Path, tmp_path: Path) -> None:
    """What is not translated is byte for byte as it was before anybody translated a page."""
    project = copy_sources(tmp_path / "project")
    for file in sorted((project / "docs/de").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    (project / "docs/de").rmdir()
    assert load_checked(project).translations == {}
    build(project, tmp_path / "site", site_url=URL)

    def files(folder: Path) -> dict[str, bytes]:
        return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}

    without, whole = files(tmp_path / "site"), files(site)
    assert without.keys() <= whole.keys()
    new = {name for name in whole.keys() - without.keys() if not re.match(r"de[./]|search/(index\.de|texts/de)", name)}
    assert new == set()
    changed = {name for name, content in without.items() if whole[name] != content}
    originals = {f"{original}index.html" for original in PAIRS.values()}
    assert changed == {*originals, "files.sha256", "sitemap.xml", "sitemap.xml.gz", "sw.js"}
    for name in originals:
        assert b"hreflang" not in without[name]
