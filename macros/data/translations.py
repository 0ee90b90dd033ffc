"""Pages in another language: docs/de/x.md translates docs/x.md, and docs/de/words.yml makes German a language.

A translated page says what only it can say: its text, its description, what it gives and why to read on. Everything else
is the original's: its place in the navigation, what to read before and next, and the data that its macros show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import BaseModel, Field, StringConstraints

from macros.data.fields import Entry, Text
from macros.data.front_matter import Description, Words, parsed_front_matter
from macros.data.handbook import Handbook, NextStep, Page
from macros.data.load import load
from macros.data.manuscript import Manuscript
from macros.data.places import Parsed
from macros.data.problems import DataError, Problem, choices

#: The file that makes a language of a folder below docs/.
WORDS = "words.yml"
#: They stand around English text of the data on a translated page, until macros/site/translations.py makes an element
#: of them that says so. Nobody types these two characters.
ENGLISH, ENGLISH_END = "\ue000", "\ue001"


class Language(Entry):
    """All of docs/LANGUAGE/words.yml."""

    name: Text = Field(description="What the language calls itself.")
    words: dict[str, Text] = Field(
        default={},
        description="Words around a page's text, each under the English ones. What is left out stays English.",
    )
    texts: dict[str, Text] = Field(
        default={}, description="Texts of the data and names in the menu, each under the English one."
    )


class TranslatedFrontMatter(Entry):
    """What stands above the text of a translated page; the rest is its original's."""

    description: Description = Field(
        examples=["Was man auf dieser Seite lernt, in 110 bis 155 Zeichen, für Suchmaschinen und Vorschauen."]
    )
    translated: date = Field(
        description="The day on which it said what the original says.", examples=[date(2026, 1, 2)]
    )
    of_text: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")] = Field(
        description="The fingerprint of the original that was translated.", examples=["0123456789ab"]
    )
    outcomes: Annotated[list[Text], Field(min_length=1, max_length=4)] = Field(
        examples=[["Erklären, was Tokens sind."]]
    )
    why: Text = Field(description="Why to read on.", examples=["Dort steht, wann du es brauchst."])
    tags: list[Words] = Field(
        default=[], description="Words of the language that lead to the page in the site's search."
    )


class Translation(NamedTuple):
    """A translated page.

    Attributes:
        original: path of the page that it translates.
        page: what its header and footer say, with the original's place among the pages.
        translated: the day of the translation.
        of_text: the fingerprint of the text that was translated.
        present: the fingerprint that the original has now.
    """

    original: str
    page: Page
    manuscript: Manuscript
    translated: date
    of_text: str
    present: str

    @property
    def is_behind(self) -> bool:
        """Whether the original was changed since."""
        return self.of_text != self.present


class Translations(NamedTuple):
    """All pages in one language.

    Attributes:
        pages: by their own path below docs/.
        handbook: the data as these pages show it: in their language where there are words for it, and leading to them.
        words: where those words stand.
    """

    code: str
    language: Language
    pages: dict[str, Translation]
    handbook: Handbook
    words: Parsed

    @property
    def manuscripts(self) -> dict[str, Manuscript]:
        return {path: page.manuscript for path, page in self.pages.items()}

    @property
    def by_original(self) -> dict[str, str]:
        """The path of each translation, by that of its original."""
        return {page.original: path for path, page in self.pages.items()}


def languages(docs: Path) -> list[str]:
    """The folders below docs/ that hold translations."""
    return sorted(file.parent.name for file in docs.glob(f"*/{WORDS}"))


def fingerprint(page: Page, manuscript: Manuscript) -> str:
    """Twelve digits that change when what a translation has to follow changes: text, outcomes, and why to read on."""
    text = "\n".join([*page.outcomes, page.next.why, manuscript.digest])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_translations(
    docs: Path, code: str, foreign: Mapping[str, Manuscript], originals: Mapping[str, Manuscript], handbook: Handbook
) -> Translations:
    """The pages of one language.

    Args:
        code: the language's folder.
        foreign: its pages, by their path below docs/.
        originals: the pages outside of such folders.

    Raises:
        DataError: with every problem of their shape, and every page whose original is not there.
    """
    language, words = load(docs / code / WORDS, f"docs/{code}/{WORDS}", Language)
    problems: list[Problem] = []
    pages = {}
    for path, manuscript in foreign.items():
        try:
            pages[path] = _translation(path, path.removeprefix(f"{code}/"), manuscript, originals, handbook)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return Translations(code, language, pages, _in_words_of(language, code, pages, handbook), words)


def _translation(
    path: str, original: str, manuscript: Manuscript, originals: Mapping[str, Manuscript], handbook: Handbook
) -> Translation:
    if original not in originals:
        heir = next((page.path for page in handbook.pages if original in page.renamed_from), None)
        folder = path.removesuffix(original)
        repair = (
            f"git mv docs/{path} docs/{folder}{heir}"
            if heir
            else f"{choices(original, originals)}, and name the file after it; or delete it with its original"
        )
        rule = "translates a page that has moved" if heir else "translates no page below docs/"
        raise DataError([Problem((), original, rule, repair, f"docs/{path}", 1, 1, "page")])
    front, _ = parsed_front_matter(manuscript, TranslatedFrontMatter)
    assert manuscript.title
    first = handbook.page(original)
    page = first.model_copy(update={
        "path": path, "title": manuscript.title, "outcomes": front.outcomes, "tags": [*front.tags, *first.tags],
        "next": NextStep.model_construct(page=first.next.page, why=front.why),
    })  # fmt: skip
    return Translation(
        original, page, manuscript, front.translated, front.of_text, fingerprint(first, originals[original])
    )


def _in_words_of(language: Language, code: str, pages: Mapping[str, Translation], handbook: Handbook) -> Handbook:
    """The data as translated pages show it.

    Texts are the language's, or marked as English; paths of pages that are translated are those of the translations.
    """
    led = {page.original: path for path, page in pages.items()}
    own = {page.original: page.page for page in pages.values()}

    def carried(value: Any, is_text: bool) -> Any:
        if isinstance(value, Page) and value.path in own:
            page = own[value.path]
            # Its old addresses in this language lead to it, too.
            moved = [f"{code}/{old}" if "#" not in old else lead(old) for old in value.renamed_from]
            step = NextStep.model_construct(page=lead(page.next.page), why=page.next.why)
            return page.model_copy(
                update={"before": [lead(path) for path in page.before], "next": step, "renamed_from": moved}
            )
        if isinstance(value, BaseModel):
            return value.model_copy(update={
                name: carried(getattr(value, name), name in _texts_of(type(value))) for name in type(value).model_fields
            })  # fmt: skip
        if isinstance(value, list):
            return [carried(item, is_text) for item in value]
        if not isinstance(value, str):
            return value
        return said(value) if is_text else lead(value)

    def said(text: str) -> str:
        return language.texts.get(text) or f"{ENGLISH}{text}{ENGLISH_END}"

    def lead(address: str) -> str:
        path, mark, anchor = address.partition("#")
        return led.get(path, path) + mark + anchor

    about = handbook.handbook.model_copy(update={
        "words": {"": f"{ENGLISH}{{}}{ENGLISH_END}", **language.words}, "pace": said(handbook.handbook.pace), "tagline": said(handbook.handbook.tagline)
    })  # fmt: skip
    lists = {name: carried(getattr(handbook, name), False) for name in Handbook.model_fields if name != "handbook"}
    return Handbook.model_construct(handbook=about, **lists)


def data_texts(handbook: Handbook) -> set[str]:
    """Every text of the data that a translation can have words for."""
    found: set[str] = set()

    def collect(value: Any, is_text: bool) -> None:
        if isinstance(value, BaseModel):
            for name in type(value).model_fields:
                collect(getattr(value, name), name in _texts_of(type(value)))
        elif isinstance(value, list):
            for item in value:
                collect(item, is_text)
        elif is_text and isinstance(value, str):
            found.add(value)

    collect(handbook, False)
    return found


_KNOWN: dict[type[BaseModel], frozenset[str]] = {}
_TEXT = repr(get_args(Text)[1])


def _texts_of(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that hold Text: the others are ids, paths and addresses."""
    if model not in _KNOWN:
        _KNOWN[model] = frozenset(
            name for name, field in model.model_fields.items() if _TEXT in repr((field.annotation, field.metadata))
        )
    return _KNOWN[model]
