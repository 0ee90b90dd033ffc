"""What several commands write: pages from templates, with their line in the navigation and a question; examples."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from string import Template

from macros.commands.drafts import DataList, Draft, scalar, to_write
from macros.commands.words import about, has_shape
from macros.data.fields import PagePath
from macros.data.handbook import Handbook, Page, Phase, Skill
from macros.data.manuscript import Manuscript
from macros.data.navigation import named_pages, navigation_node
from macros.data.paths import NAVIGATION
from macros.data.problems import DataError, Problem, choices
from macros.entities.edition import Edition
from macros.rules.ids import id_or_choices

TEMPLATES = Path(__file__).parent / "templates"


def filled(name: str, **values: str) -> str:
    """A template with its words filled in."""
    return Template((TEMPLATES / f"{name}.template").read_text(encoding="utf-8")).substitute(values)


def title_of(name: str) -> str:
    return name.replace("-", " ").capitalize()


def known_skill(
    handbook: Handbook, command: str, name: str, problems: list[Problem], otherwise: str = ""
) -> Skill | None:
    """The row with an id; a problem when it is none."""
    skill = next((s for s in handbook.skills if s.id == name), None)
    if name and not skill:
        problems.append(
            about(command, "SKILL", name, "is not a skill", id_or_choices(name, handbook.skills, otherwise))
        )
    return skill


def known_phase(handbook: Handbook, command: str, name: str, problems: list[Problem]) -> Phase | None:
    """The phase with an id; a problem when it is none."""
    phase = next((p for p in handbook.phases if p.id == name), None)
    if name and not phase:
        problems.append(about(command, "PHASE", name, "is not a phase", id_or_choices(name, handbook.phases)))
    return phase


def known_page(edition: Edition, command: str, word: str, name: str, problems: list[Problem]) -> Manuscript | None:
    """The page at a path below docs/; a problem when it is none."""
    page = edition.pages.get(name.removeprefix("docs/"))
    if name and not page:
        problems.append(about(command, word, name, "is not a page below docs/", choices(name, edition.pages)))
    return page


def check_new_page(edition: Edition, command: str, word: str, path: str, problems: list[Problem]) -> None:
    """A problem when a path cannot be that of a new page."""
    if path in edition.pages:
        problems.append(about(command, word, path, "is a page already", "choose another name"))
    elif path and not has_shape(PagePath, path):
        repair = "write it as folder/page.md, lower case, below docs/"
        problems.append(about(command, word, path, "is not a page path", repair))


def before_the_end(draft: Draft, page: Manuscript, text: str) -> None:
    """Insert text before "Check yourself", or before the footer of a page without it."""
    lines = page.prose.split("\n")
    heading = next((i for i, line in enumerate(lines) if line.startswith("## Check yourself")), None)
    before = page.called("page_footer")[0].line - 1 if heading is None else heading
    draft.insert(f"docs/{page.path}", before, text.split("\n")[:-1])


def last_page(handbook: Handbook, skill: Skill, path: str) -> Page:
    """The last page of a row in the folder of a new one: what is new comes after it."""
    folder = posixpath.dirname(path)
    own = {skill.page, *(t.page for t in handbook.topics_of_skill(skill.id) if posixpath.dirname(t.page) == folder)}
    return [page for page in handbook.pages if page.path in own][-1]


def add_page(
    draft: Draft,
    handbook: Handbook,
    path: str,
    title: str,
    sections: str,
    after: Page,
    before: str = "",
    card: str = "",
) -> None:
    """A page in its place: its file, its line in the navigation, and a question.

    Args:
        sections: what stands between its first paragraph and its self-check.
        after: the page in front of it in the navigation, whose next step becomes its own.
        before: what to read before; `after` itself when empty.
        card: the macro that stands under the header.
    """
    stem = posixpath.basename(path).removesuffix(".md")
    draft.texts[f"docs/{path}"] = filled(
        "page.md",
        subject=title_of(stem).lower(),
        card=f"{card}\n\n" if card else "",
        title=title,
        before=before or after.path,
        next=after.next.page,
        sections=sections,
    )
    asked = [i for i, question in enumerate(handbook.questions) if question.page == after.path]
    DataList(draft, "questions").add(asked[-1] if asked else len(handbook.questions) - 1, {
        "id": f"{stem[:54].rstrip('-')}-check",
        "page": path,
        "question": to_write("a situation from work in which a reader could go wrong, with no answer to copy from above."),
        "answer": to_write("what is right and why, and what a reader who chose otherwise has overlooked."),
    })  # fmt: skip
    text = draft.read(NAVIGATION)
    node = navigation_node(text)
    assert node, "a rule has found every page in it"
    line = next(mark.line for mark in named_pages(node) if mark.text == after.path)
    item = re.fullmatch(rf"( *- )[^{{\[]*{re.escape(after.path)}['\"]?\s*(#.*)?", text.splitlines()[line - 1])
    if not item:
        repair = "give each page a line of its own there, then run the command again"
        problem = Problem((), after.path, "stands in a line with others", repair, NAVIGATION, line, 1, "nav")
        raise DataError([problem], "in the navigation; nothing was written")
    draft.insert(NAVIGATION, line, [f"{item[1]}{scalar(title)}: {path}"])


def example(draft: Draft, name: str) -> str:
    """A program with what it printed; returns the lines of a page that show both."""
    for kind in ("py", "txt"):
        draft.texts[f"docs/examples/{name}.{kind}"] = filled(f"example.{kind}", example=name)
    return filled("example.md", example=name)


def steps(first: str, look: str, *more: str) -> list[str]:
    """What is left to do; PLACES stands for the lines that hold a placeholder."""
    return [
        f"{first}, and the handbook builds with it. Three steps are left:",
        "1. Replace the placeholders, and what else does not fit:",
        "   PLACES",
        f"2. Look at it: make serve, and open {look} under the address that it prints.",
        "3. Run make check-data after each change, and make check at the end: it refuses a placeholder that is left.",
        *more,
    ]
