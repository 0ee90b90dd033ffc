"""Where everything lies: the data files of the project, and the files that exist only in a finished site."""

from __future__ import annotations

import re

#: The map and the timeline; its JSON holds the whole handbook (macros/data/handbook.py says which key stands where).
DATA = "docs/data/skills.yml"
GLOSSARY = "docs/data/glossary.yml"
QUESTIONS = "docs/data/questions.yml"
SOURCES = "docs/data/sources.yml"
SYMPTOMS = "docs/data/symptoms.yml"
RADAR = "docs/data/radar.yml"
HISTORY = "docs/data/history.yml"
#: What people type into the search, and where they should land: the search is measured by it.
QUERIES = "docs/data/queries.yml"
#: The figures that a reader can move.
FIGURES = "docs/data/figures.yml"
NAVIGATION = "mkdocs.yml"
#: Every id that has been published, so that none is lost: `make format` adds the new ones.
PUBLISHED_IDS = "docs/data/ids.txt"
#: What the examples need to be installed.
EXAMPLES_NEED = "requirements-examples.txt"
#: The shape of the front matter of a page.
PAGE_SCHEMA = "docs/data/page.schema.json"

#: Below the root of a finished site: the shape of skills.json, which joins several files,
JOINED_SCHEMA = "data/handbook.schema.json"
#: where the browser's tools find the data,
COURSE = "data/course.json"
#: where the questions stand, and all of them as a deck of cards,
QUESTION_PLACES = "data/questions.json"
ANKI_DECK = "data/questions-anki.txt"
#: the changes as an Atom feed,
FEED = "feed.xml"
#: the whole handbook on one page,
BOOK = "book/index.html"
#: the list of pages and the text of all of them for programs that read text,
LIST = "llms.txt"
FULL = "llms-full.txt"
#: what the site's search reads before it can answer, and a folder with the texts that its results show,
SEARCH = "search/"
SEARCH_INDEX = "search/index.json"
#: that of pages in another language, which is filled in,
SEARCH_INDEX_OF = "search/index.{}.json"
SEARCH_TEXTS = "search/texts/"
#: the examples as one archive,
EXAMPLES_ARCHIVE = "examples/handbook-examples.zip"
#: the acceptance kit as one,
KIT_ARCHIVE = "projects/acceptance-kit.zip"
#: the service worker,
WORKER = "sw.js"
#: and a hash of every file, in the format of sha256sum: `sha256sum --check files.sha256` proves a copy.
MANIFEST = "files.sha256"


def json_path(data_file: str) -> str:
    """Where a data file is published as JSON, below the site's root: docs/data/x.yml becomes data/x.json."""
    return data_file.removeprefix("docs/").replace(".yml", ".json")


#: Files that are made after the pages; pages may link to them before they exist.
GENERATED = (
    *(json_path(file) for file in (DATA, RADAR, HISTORY)),
    JOINED_SCHEMA,
    COURSE,
    QUESTION_PLACES,
    ANKI_DECK,
    FEED,
    BOOK,
    LIST,
    FULL,
    EXAMPLES_ARCHIVE,
    KIT_ARCHIVE,
)


#: Those that are made last, most of them from the finished pages; while serving, only when somebody asks for one.
ON_DEMAND = (BOOK, LIST, FULL, EXAMPLES_ARCHIVE, KIT_ARCHIVE)


def markdown_address(page: str) -> str:
    """Where a page's text is served as Markdown, below the site's root: 'skills/index.md' becomes 'skills.md'."""
    return f"{address(page).rstrip('/') or 'index'}.md"


def address(page: str) -> str:
    """Where a page of docs/ is served, below the site's root: 'skills/index.md' becomes 'skills/'."""
    return re.sub(r"(^|/)index\.md$", r"\1", page).replace(".md", "/")
