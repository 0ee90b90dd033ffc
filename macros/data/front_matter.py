"""What stands above a page's text, between two lines of three hyphens: what the page gives, what to read before and next.

The title stands once, as the page's first heading, and the order of the pages once, in the navigation (navigation.py).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from macros.data.fields import Address, Entry, PagePath, Text
from macros.data.handbook import NextStep, Page
from macros.data.load import as_model, on_one_line
from macros.data.manuscript import Manuscript
from macros.data.places import Parsed, parse_text
from macros.data.problems import DataError, Problem

_SOMETHING = re.compile(r"^\s*[^#\s]", re.MULTILINE)

Words = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Description = Annotated[str, StringConstraints(min_length=70, max_length=165)]


class SearchSettings(Entry):
    """What the search makes of a page."""

    boost: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = Field(
        default=1, description="Below 1, other pages with the same words come first."
    )
    exclude: bool = Field(default=False, description="true leaves the page out of the search.")


class FrontMatter(Entry):
    """What stands above the text of a page in docs/. The title is the page's first heading."""

    description: Description = Field(
        description="What search engines and previews show: 110 to 155 characters.",
        examples=["What a reader learns on this page, and what it is good for, in 110 to 155 characters."],
    )
    tags: list[Words] = Field(default=[], description="Words that lead to the page in the site's search.")
    search: SearchSettings | None = None
    hide: list[Literal["navigation", "toc", "path", "tags", "footer"]] = Field(
        default=[], description="Parts of the theme that the page goes without."
    )
    icon: Words | None = Field(default=None, description="An icon of the theme for the navigation.")
    status: Words | None = Field(default=None, description="A mark beside the title in the navigation.")
    subtitle: Words | None = Field(default=None, description="A second line in the navigation.")
    template: Words | None = Field(default=None, description="A template in overrides/ that draws the page.")
    outcomes: Annotated[list[Text], Field(min_length=1, max_length=4)] = Field(
        description="What a reader can do after the page, verb first.", examples=[["Explain what a token is."]]
    )
    before: list[PagePath] = Field(
        description="Pages to read before, as paths below docs/.", examples=[["skills/index.md"]]
    )
    next: NextStep = Field(
        description="The one next step, and its reason.",
        examples=[{"page": "roadmap/index.md", "why": "See when it is needed."}],
    )
    renamed_from: list[Address] = Field(
        default=[],
        description="Addresses that lead here: of pages that are gone, and of sections that have moved here.",
    )


def examples(model: type[Entry]) -> dict[str, str]:
    """What every front matter of a shape holds, as one writes it on one line each."""
    fields = model.model_fields.items()
    return {name: on_one_line(name, field.examples[0]) for name, field in fields if field.examples}


_PAGE_PATH = TypeAdapter(PagePath)


def read_pages(order: Iterable[str], manuscripts: dict[str, Manuscript]) -> list[tuple[Page, Parsed]]:
    """What the pages say of themselves, with its places.

    Args:
        order: paths of the pages, in the order in which they are read.

    Raises:
        DataError: with every problem of their front matter and their titles.
    """
    found = []
    problems: list[Problem] = []
    described: dict[str, str] = {}
    for path in order:
        page = manuscripts[path]
        try:
            found.append(
                _read_page(path, page.front_matter, page.title, page.title_line, page.text.startswith("---\n"))
            )
        except DataError as error:
            problems += error.problems
            continue
        parsed = found[-1][1]
        description = parsed.data["description"]
        if (first := described.setdefault(description, path)) != path:
            repair = "say what is different about this page"
            problems.append(parsed.locate(Problem(("description",), description, f"is that of docs/{first}", repair)))
    if problems:
        raise DataError(problems)
    return found


# A page that has not changed is not read anew at each build and at each check after an edit.
@functools.lru_cache(maxsize=8192)
def _read_page(
    path: str, front_matter: str | None, title: str | None, title_line: int, opened: bool
) -> tuple[Page, Parsed]:
    front, parsed = _parsed(path, front_matter, title, opened, FrontMatter)
    parsed.values["title",] = (title_line, 3)
    written = {name: getattr(front, name) for name in ("outcomes", "before", "next", "renamed_from")}
    settings = front.search or SearchSettings()
    found = {"tags": front.tags, "boost": settings.boost, "unlisted": settings.exclude}
    return Page.model_construct(path=path, title=title, **written, **found), parsed


def parsed_front_matter(page: Manuscript, model: type[Entry]) -> tuple[Any, Parsed]:
    """A page's front matter in another shape than FrontMatter, with its places. Raises DataError with every problem."""
    return _parsed(page.path, page.front_matter, page.title, page.text.startswith("---\n"), model)


def _parsed(
    path: str, front_matter: str | None, title: str | None, opened: bool, model: type[Entry]
) -> tuple[Any, Parsed]:
    file = f"docs/{path}"
    problems = list(_path_problems(path, file))
    if title is None:
        repair = "write `# Its title` above the text"
        problems.append(Problem((), None, "is missing", repair, file, 1, 1, "first heading"))
    front, parsed = None, Parsed(file)
    if front_matter is None and opened:
        repair = "write a line `---` below it, above the title"
        problems.append(Problem((), "---", "begins front matter that nothing ends", repair, file, 1, 1, "front matter"))
    elif front_matter is None or not _SOMETHING.search(front_matter):
        lines = ", ".join(f"`{line}`" for line in ("---", *examples(model).values(), "---"))
        problems.append(
            Problem((), None, "is missing", f"begin the file with lines like {lines}", file, 1, 1, "front matter")
        )
    else:
        try:
            # One line more in front, in place of the hyphens: so the numbers of lines are the file's.
            parsed = parse_text(f"\n{front_matter}".encode(), file)
            problems += _title_problems(parsed)
            front = as_model(parsed, model)
        except DataError as error:
            problems += error.problems
    if problems or front is None or title is None:
        raise DataError(problems)
    return front, parsed


def _path_problems(path: str, file: str) -> Iterable[Problem]:
    try:
        _PAGE_PATH.validate_python(path)
    except ValidationError:
        repair = "rename the file, and its folders: lower case letters, digits and single hyphens"
        yield Problem((), path, "is not a page path", repair, file)


def _title_problems(parsed: Parsed) -> Iterable[Problem]:
    """A title in the front matter would be another one than links to the page carry, one day."""
    if isinstance(parsed.data, dict) and "title" in parsed.data:
        repair = "remove this line, and write the title there"
        rule = "stands in the page's first heading already"
        yield parsed.locate(Problem(("title",), parsed.data.pop("title"), rule, repair), at_key=True)
