"""Rules on pages: each that is named exists, has the headings and calls the macros that the data promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from macros.data.fields import Named
from macros.data.handbook import FILE_OF, LIST_PAGES, Handbook, Phase, Project, Question, Skill, Source, Term, Topic
from macros.data.manuscript import Call, Manuscript, Pages
from macros.data.paths import QUESTIONS
from macros.data.problems import KeyPath, Problem, choices
from macros.registry import MACROS
from macros.rules.ids import id_or_choices


def check_pages_exist(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A page that the data names and nobody wrote is a dead link."""
    named: list[tuple[KeyPath, str]] = []
    for name in ("skills", "topics", "phases", "community", "questions", "labs"):
        named += [((name, i, "page"), entry.page) for i, entry in enumerate(getattr(handbook, name))]
    named += [(("projects", i, "page"), project.page) for i, project in enumerate(handbook.projects) if project.page]
    for i, page in enumerate(handbook.pages):
        named += [(("pages", i, "before", j), path) for j, path in enumerate(page.before)]
        named.append((("pages", i, "next", "page"), page.next.page))
    for path, value in named:
        if value not in pages:
            inside = " and ".join(_macros_for(handbook, path))
            yield Problem(
                path, value, "is not a page below docs/",
                f"{choices(value, pages)}; or, for a new page, add a line under `nav` in mkdocs.yml, and docs/{value} with "
                "outcomes, before and next between two lines `---`, its title as heading, {{ page_header() }} and "
                f"{{{{ page_footer() }}}}{', ' if inside else ''}{inside}",
            )  # fmt: skip


def check_headings(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A topic without a heading on its page is promised and not taught, and links to it go nowhere."""
    wanted: list[tuple[KeyPath, Named, str]] = [
        (("topics", i, "id"), topic, topic.page) for i, topic in enumerate(handbook.topics)
    ]
    phase_pages = {p.id: p.page for p in handbook.phases}
    for i, project in enumerate(handbook.projects):
        wanted.append((("projects", i, "id"), project, phase_pages.get(project.phase, "")))
        for j, stage in enumerate(project.stages):
            wanted.append((("projects", i, "stages", j, "id"), stage, project.page or ""))
    wanted += list(_listed_headings(handbook))
    for path, entry, page in wanted:
        if page in pages and entry.id not in pages[page].ids:
            old = next((old for old in entry.renamed_from if old in pages[page].ids), None)
            yield Problem(
                path, entry.id, f"has no heading on docs/{page}",
                f"write {{ #{entry.id} }} in place of {{ #{old} }} there" if old
                else f"add a heading that ends in {{ #{entry.id} }} there",
            )  # fmt: skip


def _listed_headings(handbook: Handbook) -> Iterator[tuple[KeyPath, Named, str]]:
    """The entries whose headings stand on the page of their list."""
    for name, page in LIST_PAGES.items():
        for i, entry in enumerate(getattr(handbook, name)):
            yield (name, i, "id"), entry, page


def check_former_ids_stay(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A link from elsewhere to an old id would lead to the top of the page. Renderers keep the others by themselves."""
    for path, entry, page in _listed_headings(handbook):
        there = {mark.text for mark in pages[page].anchors} if page in pages else set(entry.renamed_from)
        for i, old in enumerate(entry.renamed_from):
            if old not in there:
                yield Problem(
                    (*path[:-1], "renamed_from", i), old, f"is no anchor on docs/{page} any more",
                    f'write <span id="{old}"></span> in front of the words of the heading {{ #{entry.id} }} there',
                )  # fmt: skip


def check_former_addresses(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Each address in `renamed_from` of a page is gone, and leads to one page only.

    Otherwise a link from elsewhere would end where nobody wanted it to, or nowhere.
    """
    seen: dict[str, str] = {}
    whole = {old for page in handbook.pages for old in page.renamed_from if "#" not in old}
    for i, page in enumerate(handbook.pages):
        for j, old in enumerate(page.renamed_from):
            path: KeyPath = ("pages", i, "renamed_from", j)
            file, _, anchor = old.partition("#")
            if old in seen:
                yield Problem(path, old, f"leads to {seen[old]} already", "keep it on one page")
            elif file in pages and not anchor:
                yield Problem(path, old, "is still a page", "remove it here, or the page")
            elif file in pages and anchor in {mark.text for mark in pages[file].anchors}:
                yield Problem(path, old, "is still a section", f"remove it here, or the id {anchor} on docs/{file}")
            elif file not in pages and file not in whole:
                repair = f"add {file} to renamed_from of the page that stands in its place"
                yield Problem(path, old, "names a page that is gone and leads nowhere by itself", repair)
            seen[old] = page.path


def check_macro_calls(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A macro that fails in the middle of a build prints a page of traceback instead of a line to repair."""
    topic_pages = {t.id: t.page for t in handbook.topics}
    known = {name: None if macro.takes is None else macro.takes(handbook) for name, macro in MACROS.items()}
    # One set a macro: a page may call it a hundred times.
    names = {
        name: {entry.id if isinstance(entry, Named) else entry for entry in entries}
        for name, entries in known.items()
        if entries is not None
    }
    for page in pages.values():
        for call in page.calls:
            if call.name not in MACROS:
                yield _call_problem(page, call, call.name, "is not a macro", choices(call.name, MACROS))
                continue
            allowed = known[call.name]
            if call.second is not None and not MACROS[call.name].wording:
                yield _call_problem(page, call, call.name, "takes one argument at most", "remove the others")
            if MACROS[call.name].checked_elsewhere:
                continue
            if allowed is None:
                if call.argument is not None:
                    yield _call_problem(page, call, call.argument, f"{call.name}() takes no argument", "remove it")
            elif call.argument not in names[call.name]:
                repair = _argument_repair(call.argument, allowed)
                yield _call_problem(page, call, call.argument, f"is not known to {call.name}()", repair)
            elif call.name == "topic" and topic_pages[call.argument] != page.path:
                yield _call_problem(
                    page, call, call.argument, f"is taught on docs/{topic_pages[call.argument]}",
                    "link to it from here, or change the topic's page",
                )  # fmt: skip


def _argument_repair(argument: str | None, allowed: Sequence[Named] | Sequence[str]) -> str:
    entries = [entry for entry in allowed if isinstance(entry, Named)]
    if entries:
        list_name = {Source: "sources", Term: "glossary"}.get(type(entries[0]))
        add = f", add it under `{list_name}` in {FILE_OF[list_name]}" if list_name else ""
        return id_or_choices(argument, entries, f"{add}, or remove the call")
    return choices(argument, [word for word in allowed if isinstance(word, str)])


def check_page_frame(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Every page says what it gives and where to go next; a self-check has questions, and questions have a page."""
    asked = {q.page for q in handbook.questions}
    for page in pages.values():
        for macro in ("page_header", "page_footer"):
            if len(page.called(macro)) != 1:
                call = page.called(macro)[1] if page.called(macro) else Call(macro, None, 1, 1)
                yield _call_problem(page, call, macro, "stands once on each page", f"keep one {{{{ {macro}() }}}}")
        checks = page.called("self_check")
        if checks and page.path not in asked:
            yield _call_problem(
                page,
                checks[0],
                "self_check",
                "has no question for this page",
                f"add one under `questions` in {QUESTIONS}",
            )
        elif not checks and page.path in asked:
            call = Call("self_check", None, 1, 1)
            yield _call_problem(
                page, call, "self_check", "is missing though the page has questions", "add {{ self_check() }}"
            )
        terms = [call.argument for call in page.called("term")]
        for call in page.called("term"):
            if terms.count(call.argument) > 1 and call is not page.called("term")[terms.index(call.argument)]:
                yield _call_problem(
                    page, call, call.argument, "is explained twice on this page", "keep term() at its first use only"
                )


def check_topics_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Under a topic's heading the reader looks for its hours and prerequisites."""
    yield from _introduced(handbook, pages, "topics")


def check_rows_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A row's page would not say what the row promises, or where its analogy breaks."""
    yield from _introduced(handbook, pages, "skills")


def check_phases_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A phase's page would lack its outcomes, its plan, or the project that ends it."""
    yield from _introduced(handbook, pages, "phases")


def check_projects_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A project's own page would lack its rubric, or a stage that the kit checks."""
    yield from _introduced(handbook, pages, "projects")


def _introduced(handbook: Handbook, pages: Pages, list_name: str) -> Iterator[Problem]:
    called = {path: {(call.name, call.argument) for call in page.calls} for path, page in pages.items()}
    for index, entry in enumerate(getattr(handbook, list_name)):
        for name, argument in _macros_of(handbook, entry) if entry.page in pages else ():
            if (name, argument) not in called[entry.page]:
                yield Problem(
                    (list_name, index, "id"), argument, f"is not introduced on docs/{entry.page}",
                    f"add {_shown_call(name, argument)} {'under its heading ' if MACROS[name].headed else ''}there",
                )  # fmt: skip


def _macros_of(handbook: Handbook, entry: Named) -> list[tuple[str, str]]:
    """The macros, with their argument, that the page of an entry calls."""
    if isinstance(entry, Phase):
        projects = [("project", project.id) for project in handbook.projects_of_phase(entry.id)]
        return [("phase_summary", entry.id), ("week_plan", entry.id), *projects]
    if isinstance(entry, Project):
        return [("project_rubric", entry.id), *(("stage", stage.id) for stage in entry.stages)]
    names = {Topic: "topic", Skill: "skill_header"}
    return [(names[kind], entry.id) for kind in names if isinstance(entry, kind)]


def _macros_for(handbook: Handbook, path: KeyPath) -> list[str]:
    """What a new page has to hold for the entry at a path: headings with an id, and macros."""
    entry = getattr(handbook, str(path[0]))[path[1]]
    calls = _macros_of(handbook, entry) if isinstance(entry, Named) else []
    headings = [f"a heading {{ #{argument} }}" for name, argument in calls if MACROS[name].headed]
    questions = ["{{ self_check() }}"] if isinstance(entry, Question) else []
    return headings + [_shown_call(*call) for call in calls] + questions


def _shown_call(name: str, argument: str) -> str:
    return f'{{{{ {name}("{argument}") }}}}'


def check_sources_are_cited(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A source that no page cites supports nothing."""
    cited = {call.argument for page in pages.values() for call in page.called("cite")}
    for index, source in enumerate(handbook.sources):
        if source.id not in cited:
            yield Problem(
                ("sources", index, "id"),
                source.id,
                "is cited on no page",
                f'use {{{{ cite("{source.id}") }}}} or remove it',
            )


def _call_problem(page: Manuscript, call: Call, value: object, rule: str, repair: str) -> Problem:
    return Problem((), value, rule, repair, f"docs/{page.path}", call.line, call.column, f"{call.name}()")
