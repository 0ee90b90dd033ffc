"""A new topic in its place: its entry, and its section or page."""

from __future__ import annotations

import posixpath
import re

from macros.commands.drafts import PLACEHOLDER, DataList, Draft, scalar, to_write
from macros.commands.words import about, has_shape, id_problems, refuse
from macros.data.fields import PagePath
from macros.data.handbook import Handbook, Page, Phase, Skill
from macros.data.manuscript import Manuscript
from macros.data.navigation import named_pages, navigation_node
from macros.data.paths import NAVIGATION, address
from macros.data.problems import DataError, Problem, choices
from macros.entities.edition import Edition
from macros.rules.ids import id_or_choices

#: SKILL=null is a topic across all rows, as in the data.
NO_SKILL = "null"


_ROW_PAGE = """\
---
description: "{placeholder} what a reader of this page about {subject} can do afterwards, in 110 to 155 characters."
outcomes:
  - {outcome}
before: [{before}]
next:
  page: {next}
  why: {why}
---

# {title} at work

{{{{ page_header() }}}}

{placeholder} the first paragraph, with something from the reader's own work: a log line, a query plan, a retry loop. Then
its counterpart in AI engineering, as precisely.

{section}
## Where the analogy breaks {{ #where-it-breaks }}

{placeholder} where the habit from backend work misleads, and how that outage looks in logs and graphs.

## Check yourself {{ #check-yourself }}

{{{{ self_check() }}}}

{{{{ page_footer() }}}}
"""


_SECTION = """\
## {title} {{ #{id} }}

{{{{ topic("{id}") }}}}

{placeholder} what is to be learned, on an example that was run: a request body, an index parameter, a sum. End with a
decision and what each side of it costs.
"""


def new_topic(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-topic"
    name, row, stage, page = (given.get(word, "") for word in ("ID", "SKILL", "PHASE", "PAGE"))
    page = page.removeprefix("docs/")
    problems += id_problems(handbook, command, "topics", name)
    skill = next((s for s in handbook.skills if s.id == row), None)
    if row and not skill and row != NO_SKILL:
        repair = id_or_choices(row, handbook.skills, f", or {NO_SKILL} for a topic across all rows")
        problems.append(about(command, "SKILL", row, "is not a skill", repair))
    phase = next((p for p in handbook.phases if p.id == stage), None)
    if stage and not phase:
        problems.append(about(command, "PHASE", stage, "is not a phase", id_or_choices(stage, handbook.phases)))
    if page and page not in edition.pages:
        rule, repair = "is not a page below docs/", choices(page, edition.pages)
        if skill and has_shape(PagePath, page):
            repair += "; without PAGE a new page is written"
        problems.append(about(command, "PAGE", page, rule, repair))
    elif not page and row == NO_SKILL:
        repair = "write PAGE=… with the page that teaches it, for example its phase's"
        problems.append(about(command, "PAGE", None, "is missing for a topic across all rows", repair))
    new_page = f"{posixpath.dirname(skill.page)}/{name}.md".lstrip("/") if skill and not page else ""
    if new_page and new_page in edition.pages:
        repair = f"choose another id, or write PAGE={new_page} to add a section there"
        problems.append(about(command, "ID", name, f"is the name of a page, docs/{new_page}", repair))
    refuse(problems)
    assert phase

    title = name.replace("-", " ").capitalize()
    add_topic(DataList(draft, "topics"), handbook, phase, {
        "id": scalar(name),
        "title": scalar(title),
        "skill": scalar(skill.id) if skill else NO_SKILL,
        "phase": scalar(phase.id),
        "kind": "depth",
        "hours": "{ min: 1, likely: 2, max: 3 }",
        "requires": "[]",
        "page": page or new_page,
        "outcome": to_write("one sentence that starts with a verb and that somebody else can check."),
    })  # fmt: skip
    section = _SECTION.format(title=title, id=name, placeholder=PLACEHOLDER)
    if page:
        _add_section(draft, edition.pages[page], section)
    else:
        assert skill
        page = new_page
        last = _last_page(handbook, skill, page)
        draft.texts[f"docs/{page}"] = _ROW_PAGE.format(
            placeholder=PLACEHOLDER,
            subject=title.lower(),
            title=title,
            section=section,
            outcome=to_write("what a reader can do after this page, verb first.", indent=4),
            before=skill.page,
            next=last.next.page,
            why=to_write("what that page adds to this one.", indent=4),
        )
        _add_page(draft, handbook, page, title, last)
    return [
        f"The topic {name} is in {phase.id}, on docs/{page}, and the handbook builds with it. Three steps are left:",
        "1. Replace the placeholders, and choose the titles, the hours and what to know before:",
        "   PLACES",
        f"2. Look at it: make serve, and open {address(page)}#{name} under the address that it prints.",
        "3. Run make check-data after each change, and make check at the end: it refuses a placeholder that is left.",
        f"The topic begins as kind: depth, outside the weekly plan. To make it core, write kind: core and add {name} to",
        f"`topics` of an outcome and of a week of {phase.id}; make check-data says whether its hours fit.",
    ]


def add_topic(topics: DataList, handbook: Handbook, phase: Phase, keys: dict[str, str]) -> None:
    """After the last topic of its phase; the first one of a phase comes after those of the phases before it."""
    order = [p.id for p in handbook.phases]
    number = order.index(phase.id)
    phases = [order.index(topic["phase"]) for topic in topics.entries]
    before = [index for index, other in enumerate(phases) if other <= number]
    own = [index for index in before if phases[index] == number]
    comment = "" if own else f"Phase {number + 1}"
    topics.add((own or before)[-1] if before else None, keys, comment)


def _add_section(draft: Draft, page: Manuscript, section: str) -> None:
    """Before "Check yourself", or before the footer of a page without it."""
    lines = page.prose.split("\n")
    heading = next((i for i, line in enumerate(lines) if line.startswith("## Check yourself")), None)
    before = page.called("page_footer")[0].line - 1 if heading is None else heading
    draft.insert(f"docs/{page.path}", before, section.split("\n"))


def _last_page(handbook: Handbook, skill: Skill, path: str) -> Page:
    """The last page of a row in the folder of a new one: what is new comes after it."""
    folder = posixpath.dirname(path)
    own = {skill.page, *(t.page for t in handbook.topics_of_skill(skill.id) if posixpath.dirname(t.page) == folder)}
    return [page for page in handbook.pages if page.path in own][-1]


def _add_page(draft: Draft, handbook: Handbook, path: str, title: str, last: Page) -> None:
    """Navigation line and question of a new page, each after those of another one."""
    asked = [i for i, question in enumerate(handbook.questions) if question.page == last.path]
    stem = posixpath.basename(path).removesuffix(".md")
    DataList(draft, "questions").add(asked[-1] if asked else len(handbook.questions) - 1, {
        "id": f"{stem[:54].rstrip('-')}-check",
        "page": path,
        "question": to_write("a situation from work in which a reader could go wrong, with no answer to copy from above."),
        "answer": to_write("what is right and why, and what was tempting about the wrong answer."),
    })  # fmt: skip
    text = draft.read(NAVIGATION)
    node = navigation_node(text)
    assert node, "a rule has found every page in it"
    line = next(mark.line for mark in named_pages(node) if mark.text == last.path)
    item = re.fullmatch(rf"( *- )[^{{\[]*{re.escape(last.path)}['\"]?\s*(#.*)?", text.splitlines()[line - 1])
    if not item:
        repair = "give each page a line of its own there, then run the command again"
        problem = Problem((), last.path, "stands in a line with others", repair, NAVIGATION, line, 1, "nav")
        raise DataError([problem], "in the navigation; nothing was written")
    draft.insert(NAVIGATION, line, [f"{item[1]}{scalar(title)}: {path}"])
