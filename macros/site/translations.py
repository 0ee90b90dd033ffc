"""What makes translated pages a part of the site: their place in the menu, their links, and what tells a language.

hooks.py calls hide_files(), note_translations() and menus() while MkDocs builds; finish.py calls in_its_language() for each
built page of a translation.
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urljoin

from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from macros.data.paths import address
from macros.data.translations import ENGLISH, ENGLISH_END, WORDS, Translations
from macros.entities.edition import Edition
from macros.render.phrases import SCRIPTS

#: A style sheet of the language's own below docs/LANGUAGE/: letters that the site's fonts lack, and the word that stands
#: behind a link to an English page.
SHEET = "assets/letters.css"

#: A tag, with what stands in it; or the beginning or the end of English text.
_PART = re.compile(rf"<[a-zA-Z!/][^>]*>|{ENGLISH}|{ENGLISH_END}")
#: The two as data-definition and its like have them: every sign is written as a number there.
_NUMBERED = re.compile(f"&#(?:{ord(ENGLISH)}|{ord(ENGLISH_END)});")
#: A link inside the site. One that says which language it leads to stays as it is.
_LINK = re.compile(r'(<a\b(?![^>]*\bhreflang=)[^>]*?\bhref=")([^":#?][^":#?]*)(#[^"]*)?"')
#: What follows the address of a link whose words are English, too.
_IN_ENGLISH = re.compile(r'[^>]*>\s*<span lang="en">')


def hide_files(files: Files, translations: Mapping[str, Translations]) -> None:
    """Translated pages stand in no line of the navigation, and their words on no site."""
    for code in translations:
        for file in list(files):
            if file.src_uri == f"{code}/{WORDS}":
                files.remove(file)
            elif file.src_uri.startswith(f"{code}/") and file.is_documentation_page():
                file.inclusion = InclusionLevel.NOT_IN_NAV


def note_translations(files: Files, edition: Edition, language: str) -> None:
    """Tell the templates, through the front matter of a page and its translations, which there are.

    Args:
        language: of the originals.
    """

    def page(path: str) -> Page:
        file = files.get_file_from_path(path)
        assert file and file.page
        return file.page

    original_name = "English" if language == "en" else language
    for code, there in edition.translations.items():
        for path, translation in there.pages.items():
            first, own = page(translation.original), page(path)
            # First what is meant for those who want none of the others.
            others = first.meta.setdefault("languages", [_version(language, original_name, first)])
            others.append(_version(code, there.language.name, own))
            sheet = files.get_file_from_path(f"{code}/{SHEET}")
            own.meta = {
                **first.meta, **own.meta, "languages": others, "language": code, "words": there.language.words,
                "script_words": {phrase: said for phrase, said in there.language.words.items() if phrase in SCRIPTS},
                "sheet": sheet.url if sheet else "",
            }  # fmt: skip


def _version(code: str, name: str, page: Page) -> dict[str, str]:
    return {"code": code, "name": name, "url": page.url, "address": page.canonical_url or page.url}


def menus(nav: Navigation, files: Files, edition: Edition) -> dict[str, Navigation]:
    """The menu for each language's pages: it leads to translations where there are any, and says what is English."""
    found = {}
    for code, there in edition.translations.items():
        twins: dict[str, Page] = {}  # By the path of the original.
        for path, translation in there.pages.items():
            file = files.get_file_from_path(path)
            assert file and file.page
            twins[translation.original] = file.page

        def said(title: str, texts: Mapping[str, str] = there.language.texts) -> str:
            return texts.get(title) or f"{ENGLISH}{title}{ENGLISH_END}"

        items = [_led(item, twins, said) for item in nav.items]
        pages = [twins.get(page.file.src_uri, page) for page in nav.pages]
        for before, page, after in zip([None, *pages], pages, [*pages[1:], None], strict=False):
            if page in twins.values():
                page.previous_page, page.next_page = before, after
        found[code] = Navigation(items, pages)
        found[code].homepage = twins.get("index.md", nav.homepage)
    return found


def _led(item: StructureItem, twins: Mapping[str, Page], said: Callable[[str], str]) -> StructureItem:
    if isinstance(item, Section):
        section = Section(said(item.title), [_led(child, twins, said) for child in item.children])
        for child in section.children:
            child.parent = section
        return section
    if isinstance(item, Page) and item.file.src_uri in twins:
        return twins[item.file.src_uri]
    marked = copy.copy(item)
    marked.title = said(item.title or "")
    return marked


def in_its_language(html: str, there: Translations, path: str, anchors: Callable[[str], str]) -> str:
    """A built page of a translation: with its notice, its English parts marked, and links that lead to translations.

    A link to a page that nobody translated says so (hreflang), or a reader would be surprised by its language.

    Args:
        path: of the page below docs/.
        anchors: the HTML of another translated page, to see whether it has the section that a link names.
    """
    here = f"/{address(path)}"
    twins = {f"/{address(original)}": own for original, own in there.by_original.items()}

    def led(link: re.Match[str]) -> str:
        target = urljoin(here, link[2])
        own = twins.get(target)
        anchor = link[3] or ""
        if own is None or (anchor and f' id="{unquote(anchor[1:])}"' not in anchors(own)):
            is_english = target.endswith("/") and not target.startswith(f"/{there.code}/")
            says_so = _IN_ENGLISH.match(link.string, link.end())
            return f'{link[0]} hreflang="en"' if is_english and not says_so else link[0]
        return f'{link[1]}{relative(here, f"/{address(own)}")}{anchor}"'

    def said(part: re.Match[str]) -> str:
        if part[0] == ENGLISH:
            return '<span lang="en">'
        if part[0] == ENGLISH_END:
            return "</span>"
        return _NUMBERED.sub("", part[0].replace(ENGLISH, "").replace(ENGLISH_END, ""))

    return _LINK.sub(led, _PART.sub(said, html))


def relative(here: str, target: str) -> str:
    """The way from one address of the site to another; both begin at its root and end in a slash."""
    return posixpath.relpath(target, here) + "/"


def translated_sites(site: Path, edition: Edition) -> dict[Path, tuple[Translations, str]]:
    """The built file of each translated page, with its language and its path below docs/."""
    return {
        site / address(path) / "index.html": (there, path)
        for there in edition.translations.values()
        for path in there.pages
    }
