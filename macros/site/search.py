"""What the site's own search reads: one index of all sections, and each page's text for the lines that results show.

`sections()` takes a finished page apart; `search_index()` and `page_texts()` write what the browser fetches
(docs/assets/javascripts/lib/find.js reads it). Words are cut, not understood, here: endings, spellings and typing errors
are the browser's, in one place for the text and for what somebody types.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import filterfalse

from lxml import html

from macros.book.chapters import Chapter, words
from macros.data.handbook import Handbook
from macros.data.paths import SEARCH_TEXTS, address
from macros.render.glossary import PAGE as GLOSSARY_PAGE

#: What a section of each kind of page is worth is the browser's to say; here a page gets its kind.
TEACHING, ROW, LAB, GLOSSARY, OTHER, CONTRIBUTE = "t", "s", "l", "g", "o", "c"

#: What nobody should find: the answer to a lab, and to a question before it was tried; hours, ways to other pages, and the
#: queries that the page about the search lists as its misses.
_HIDDEN = {
    "solution",
    "hint",
    "self-check",
    "page-line",
    "topic-card__meta",
    "letters",
    "next-step",
    "skills-grid",
    "languages__choice",
    "language--other",
    "languages__files",
}
_HIDDEN_SECTIONS = {"solution", "hints", "check-yourself", "search-report", "misses", "three-lists"}
_HEADINGS = {"h1", "h2", "h3"}
#: Each of these is shown for itself: a result's line never runs from one into the next.
_BLOCKS = {
    "p",
    "li",
    "dt",
    "dd",
    "tr",
    "figcaption",
    "blockquote",
    "h4",
    "h5",
    "h6",
    "caption",
    "summary",
    "div",
    "ul",
    "ol",
}

#: A word with what joins its parts: max_tokens, text-embedding-3, n+1, 1.5, c++, c#.
_WORD = re.compile(r"[^\W_]+(?:[._+/'’-]+[^\W_]+)*(?:\+\+|#)?")
_PART = re.compile(r"[^\W_]+")
_CONTRACTED = re.compile(r"'(s|t|re|ve|ll|d|m)\b")
_KNOWN_BY = re.compile(r"[._+#]")
#: Signs that stand alone or in front of a word: @, {{, ->. One of them in a sentence is punctuation.
_SIGN = re.compile(r"(?<!\S)[@#$%&*+<>=|~^{}\[\]:/\\-]{1,3}(?=\s|$)|@(?=\w)")

#: Where these stand is not written down: nobody is led anywhere by them, and a quarter of the index would be theirs. All
#: are among the words that have no vote (lib/words.js).
_COMMON = "the and a of that in it is to with for you on an so its or your are can as from has by at this"
UNCOUNTED = frozenset(_COMMON.split())

#: From which count on a word gets the next step. lib/find.js knows what each is worth.
_STEPS = (1, 2, 3, 4, 6, 10, 18)

#: Numbers as characters that JSON needs no escape for.
_DIGITS = "".join(chr(c) for c in range(35, 127) if chr(c) != "\\")


@dataclass
class Section:
    """A heading with the text below it, up to the next one.

    Attributes:
        page: path below docs/.
        id: of the heading.
        prose: its paragraphs, rows and points.
        code: lines of its listings.
    """

    page: str
    id: str
    title: str
    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def sections(page: str, article: html.HtmlElement) -> list[Section]:
    """A page's sections in their order, without what is hidden on it."""
    found: list[Section] = []
    for kind, text in _parts(article):
        if kind == "prose" and found:
            found[-1].prose.append(text)
        elif kind == "code" and found:
            found[-1].code += [line.rstrip() for line in text.splitlines() if line.strip()]
        elif kind not in ("prose", "code"):
            found.append(Section(page, kind, text))
    return [section for section in found if section.id not in _HIDDEN_SECTIONS]


def _parts(article: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Texts in their order: the id and words of a heading, "prose" and a block, or "code" and a listing."""
    open_text: list[str] = []

    def closed() -> Iterator[tuple[str, str]]:
        text = " ".join("".join(open_text).split())
        open_text.clear()
        if text:
            yield "prose", text

    def walk(element: html.HtmlElement) -> Iterator[tuple[str, str]]:
        for child in element:
            if isinstance(child.tag, str) and not _HIDDEN.intersection(child.get("class", "").split()):
                if child.tag in _HEADINGS and child.get("id"):
                    yield from closed()
                    yield child.get("id"), words(child)
                elif child.tag == "pre":
                    yield from closed()
                    yield "code", child.text_content()
                elif child.tag in _BLOCKS:
                    yield from closed()
                    open_text.append(child.text or "")
                    yield from walk(child)
                    yield from closed()
                elif child.tag not in ("svg", "script", "style"):
                    open_text.append(_before(child, open_text) + (child.text or ""))
                    yield from walk(child)
            open_text.append(child.tail or "")

    yield from walk(article)
    yield from closed()


def _before(element: html.HtmlElement, open_text: list[str]) -> str:
    """What parts an element from the text before it: a row's cells are read one after the other."""
    if element.tag in ("td", "th"):
        return " · " if any(text.strip() for text in open_text) else ""
    return " " if element.tag == "br" else ""


def terms(text: str) -> Iterator[str]:
    """Each word of a text, in parts where it is joined, and the whole if a sign is what it is known by: max, tokens, max_tokens."""
    folded = _folded(text)
    for whole in _WORD.findall(folded):
        if whole.isalnum():  # most words, and much faster so
            yield whole
            continue
        parts = _PART.findall(_CONTRACTED.sub("", whole))
        yield from parts
        if whole not in parts and _KNOWN_BY.search(whole) and len(whole) <= 40:
            yield whole
    for match in _SIGN.finditer(folded):
        yield match[0]


def _folded(text: str) -> str:
    """Small letters without accents."""
    text = text.replace("’", "'")
    if not text.isascii():
        text = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text))).replace("ß", "ss")
    return text.lower()


#: Pages that somebody may find, with their sections.
Searched = list[tuple[Chapter, list[Section]]]


def search_index(chapters: Searched, handbook: Handbook) -> str:
    """All sections as JSON: titles, names, and for each word of the texts where it stands and how often.

    pages: address, title, kind and the factor of its front matter. sections: for each page its ids and titles.
    names: what else sections are called, joined by "|": tags, terms, aliases; with the numbers of these sections.
    words: front-coded, each with a capital for how many letters it shares with the one before. counts, gaps, steps: for
    each word, in how many sections it stands, the distances between these, and how often it is in each.
    """
    everything = [section for _, found in chapters for section in found]
    number = {(section.page, section.id): n for n, section in enumerate(everything)}
    # Packed: in a large handbook these are millions of numbers.
    where: defaultdict[str, array[int]] = defaultdict(lambda: array("L"))
    steps: defaultdict[str, bytearray] = defaultdict(bytearray)
    lengths = []
    for n, section in enumerate(everything):
        counts = _counted(section)
        lengths.append(sum(counts.values()))
        for word, count in counts.items():
            stands = where[word]  # A common word is known, and stands nowhere.
            if word not in UNCOUNTED:
                stands.append(n)
                steps[word].append(_step(count))
    listed = sorted(where)
    kinds = _kinds(handbook)
    data = {
        "pages": [[address(c.page), c.title, _kind(kinds, c.page), handbook.page(c.page).boost] for c, _ in chapters],
        "sections": [[[s.id, s.title] for s in found] for _, found in chapters],
        "lengths": "".join(_DIGITS[min(len(_DIGITS) - 1, int(length**0.5 * 2))] for length in lengths),
        "names": _by_places(_names(handbook, number, chapters)),
        "words": _front_coded(listed),
        "counts": "".join(_number(len(where[word])) for word in listed),
        "gaps": "".join("".join(map(_number, _gaps(where[word]))) for word in listed),
        "steps": "".join("".join(map(str, steps[word])) for word in listed),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def page_texts(chapters: Searched) -> dict[str, str]:
    """For each page, by where it is served, the texts of its sections: a result shows the line that was found."""
    texts = {}
    for chapter, found in chapters:
        data = {section.id: [list(section.prose), section.code] for section in found}
        first = next(iter(data), None)
        if first is not None and chapter.description:
            data[first][0].insert(0, chapter.description)
        texts[f"{SEARCH_TEXTS}{chapter.slug}.json"] = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    return texts


def _kinds(handbook: Handbook) -> dict[str, str]:
    """What kind of page each is that the data names; of two kinds, the later one here."""
    phases = {phase.page for phase in handbook.phases}
    return {
        **dict.fromkeys(phases, ROW),
        **{topic.page: TEACHING for topic in handbook.topics if topic.page not in phases},
        **{row.page: ROW for row in handbook.skills},
        # Practice, like the labs.
        **{project.page: LAB for project in handbook.projects if project.page},
        **{lab.page: LAB for lab in handbook.labs},
        GLOSSARY_PAGE: GLOSSARY,
    }


def _kind(kinds: dict[str, str], page: str) -> str:
    return kinds.get(page) or (CONTRIBUTE if page.startswith("contribute/") else OTHER)


def _counted(section: Section) -> dict[str, int]:
    """How often each word occurs in a section's text, and one more: a word that stands in code only has 1."""
    counted = Counter(word for text in section.prose for word in terms(text))
    code = {word for line in section.code for word in terms(line)}
    return {word: counted[word] + 1 for word in {*counted, *code}}


def _step(count: int) -> int:
    """Counts as seven steps."""
    return bisect_right(_STEPS, count)


#: A name of a section, and the numbers of the sections that have it.
_Name = tuple[str, list[int]]


def _by_places(names: Iterable[_Name]) -> list[list[object]]:
    """Names of the same sections together: a topic has forty of them, and its number once is enough."""
    together: dict[tuple[int, ...], list[str]] = {}
    for name, places in names:
        if places:
            together.setdefault(tuple(dict.fromkeys(places)), []).append(name.replace("|", " "))
    return [["|".join(called), *places] for places, called in together.items()]


def _names(handbook: Handbook, number: dict[tuple[str, str], int], chapters: Searched) -> Iterator[_Name]:
    """What sections are called beside their titles."""
    for chapter, found in chapters:
        for tag in handbook.page(chapter.page).tags if found else []:
            yield tag, [number[chapter.page, found[0].id]]
    for topic in handbook.topics:
        place = number.get((topic.page, topic.id))
        if place is not None:
            for name in [topic.title, *topic.aliases]:
                yield name, [place]
    for term in handbook.glossary:
        place = number.get((GLOSSARY_PAGE, term.id))
        topic = handbook.topic(term.topic)
        taught = number.get((topic.page, topic.id))
        for name in [term.term, *term.aliases]:
            yield name, [n for n in (place, taught) if n is not None]
    for symptom in handbook.symptoms:
        yield symptom.symptom, _places(number, symptom.explains, symptom.repairs)


def _places(number: dict[tuple[str, str], int], *targets: str) -> list[int]:
    split = [target.partition("#") for target in targets]
    return [number[page, anchor] for page, _, anchor in split if (page, anchor) in number]


def _front_coded(listed: Iterable[str]) -> str:
    parts, before = [], ""
    for word in listed:
        shared = 0
        while shared < min(len(before), len(word), 25) and before[shared] == word[shared]:
            shared += 1
        parts.append(chr(65 + shared) + word[shared:])
        before = word
    return "".join(parts)


def _gaps(numbers: Iterable[int]) -> Iterator[int]:
    last = -1
    for n in numbers:
        yield n - last - 1
        last = n


def _number(value: int) -> str:
    """A number in characters: the last one is of the lower half of the digits, the others of the upper half."""
    half = len(_DIGITS) // 2
    text = _DIGITS[value % half]
    value //= half
    while value:
        text = _DIGITS[half + value % half] + text
        value //= half
    return text
