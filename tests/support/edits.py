"""Random edits of a project, as contributors make them: good ones, and bad ones that a build refuses."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable
from pathlib import Path

#: Files by path below the project, with their new text; None removes a file.
Edit = dict[str, str | None]
FOOTER = "{{ page_footer() }}"
ADDED = re.compile(r"## Added (\d+) \{ #added-\1 \}\n\nText of it\.\n\n")


class Project:
    """A project's files, and the random choices of one edit."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root = root
        self.chance = chance
        self.number = chance.randrange(10**6)

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def some_file(self, pattern: str, holding: str = "") -> str:
        """One of the files that match and hold a text."""
        files = (file.relative_to(self.root).as_posix() for file in sorted(self.root.glob(pattern)))
        return self.chance.choice([path for path in files if holding in self.text(path)])

    def some_page(self, holding: str = FOOTER) -> str:
        return self.some_file("docs/**/*.md", holding)

    def changed(self, path: str, pattern: str, new: Callable[[re.Match[str]], str]) -> Edit:
        """One of the places that match, written anew."""
        text = self.text(path)
        places = list(re.finditer(pattern, text, re.MULTILINE))
        if not places:
            return {}
        place = self.chance.choice(places)
        return {path: text[: place.start()] + new(place) + text[place.end() :]}

    def before_footer(self, path: str, text: str) -> Edit:
        return {path: self.text(path).replace(FOOTER, f"{text}\n\n{FOOTER}")}

    def in_data(self, section: str, key: str, new: Callable[[str], str]) -> Edit:
        """One value of a list in the data, on the line of its key, written anew."""
        path = next(
            file.relative_to(self.root).as_posix()
            for file in sorted((self.root / "docs/data").glob("*.yml"))
            if re.search(rf"^{section}:", file.read_text(encoding="utf-8"), re.MULTILINE)
        )
        head, start, rest = re.split(rf"^({section}:\n)", self.text(path), maxsplit=1, flags=re.MULTILINE)
        end = match.start() if (match := re.search(r"^\w", rest, re.MULTILINE)) else len(rest)
        place = self.chance.choice(list(re.finditer(rf"^( +(?:- )?{key}: )(?![>|])(.+)$", rest[:end], re.MULTILINE)))
        return {path: head + start + rest[: place.start(2)] + new(place[2]) + rest[place.end(2) :]}


def word(project: Project) -> Edit:
    return project.changed(
        project.some_page(), r"^[A-Z][a-z]+ [a-z][^\n{|`<\[]+$", lambda line: f"{line[0]} word{project.number}"
    )


def heading_added(project: Project) -> Edit:
    number = project.number
    return project.before_footer(project.some_page(), f"## Added {number} {{ #added-{number} }}\n\nText of it.")


def heading_removed(project: Project) -> Edit:
    """One that an earlier edit has added; where there is none, one that others may link to."""
    for file in sorted((project.root / "docs").rglob("*.md")):
        text = file.read_text(encoding="utf-8")
        if ADDED.search(text):
            return {file.relative_to(project.root).as_posix(): ADDED.sub("", text, count=1)}
    return project.changed(project.some_page("\n### "), r"^### .*\n", lambda line: "")


def link(project: Project) -> Edit:
    page, target = project.some_page(), project.some_page()
    to = posixpath.relpath(target, posixpath.dirname(page))
    return project.before_footer(page, f"See [another page]({to}).")


def link_to_anchor(project: Project) -> Edit:
    page, target = project.some_page(), project.some_page("{ #")
    anchor = project.chance.choice(re.findall(r"^#+ .*\{ #([\w-]+) \}", project.text(target), re.MULTILINE))
    to = posixpath.relpath(target, posixpath.dirname(page))
    return project.before_footer(page, f"See [a section]({to}#{anchor}).")


def term(project: Project) -> Edit:
    return project.before_footer(project.some_page(), 'It is a {{ term("token") }} of what is meant.')


def description(project: Project) -> Edit:
    return project.changed(
        project.some_page("description: "), r"^description: .*$", lambda line: f"description: {_described(project)}"
    )


def _described(project: Project) -> str:
    """Words enough for a description, or a definition."""
    return f"Something that says of itself that it is number {project.number} among all that a test has written here."


def front_matter_for_all(project: Project) -> Edit:
    """What the theme shows of a page on every other."""
    return project.changed(project.some_page("---\ndescription"), r"\A---\n", lambda line: "---\nstatus: new\n")


def first_heading(project: Project) -> Edit:
    """It is the page's name in links of other pages' footers, too."""
    return project.changed(project.some_page(), r"^# .*$", lambda line: f"{line[0]} again")


def definition(project: Project) -> Edit:
    return project.in_data("glossary", "definition", lambda value: f'"{_described(project)}"')


def hours(project: Project) -> Edit:
    return project.in_data("topics", "hours", lambda value: re.sub(r"min: [\d.]+", "min: 1", value))


def topic_title(project: Project) -> Edit:
    """Refused where a heading shows the title as well."""
    return project.in_data("topics", "title", lambda value: f'"Topic {project.number}"')


def row_title(project: Project) -> Edit:
    return project.in_data("skills", "gap", lambda value: f'"Gap {project.number}"')


def source_label(project: Project) -> Edit:
    return project.in_data("sources", "label", lambda value: f'"Label {project.number}"')


def radar_status(project: Project) -> Edit:
    return project.in_data("radar", "status", lambda value: "active" if value == "maintenance" else "maintenance")


def history(project: Project) -> Edit:
    return project.in_data("history", "title", lambda value: f'"Change {project.number}"')


def style_sheet(project: Project) -> Edit:
    path = project.some_file("docs/assets/stylesheets/*.css")
    return {path: project.text(path) + f"\n.added-{project.number} {{ color: inherit; }}\n"}


def script(project: Project) -> Edit:
    path = project.some_file("docs/assets/javascripts/**/*.js")
    return {path: project.text(path) + f"\nvoid {project.number};\n"}


def example(project: Project) -> Edit:
    path = project.some_file("docs/examples/*.txt")
    return {path: project.text(path) + f"{project.number}\n"}


def lab_file(project: Project) -> Edit:
    path = project.some_file("docs/labs/*/*/*.py")
    return {path: project.text(path) + f"\n# {project.number}\n"}


def diagram(project: Project) -> Edit:
    return project.changed(
        project.some_file("docs/diagrams/*.svg"), r"</title>", lambda tag: f" {project.number}</title>"
    )


def page_added(project: Project) -> Edit:
    """A copy of a page, in its place in the navigation."""
    page, new = "contribute/decisions.md", f"contribute/added-{project.number}.md"
    title = f"Added page {project.number}"
    text = re.sub(r"^See also \[added-.*\n\n", "", project.text(f"docs/{page}"), flags=re.MULTILINE)
    old = re.search(r"^# (.*?)(?: \{.*)?$", text, re.MULTILINE)[1]  # type: ignore[index]
    copy = re.sub(
        r"^description: .*$", f"description: {_described(project)}", text.replace(old, title), flags=re.MULTILINE
    )
    edit: Edit = {f"docs/{new}": copy}
    link = f"See also [added-{project.number}](added-{project.number}.md).\n\n{{{{ page_footer() }}}}"
    edit[f"docs/{page}"] = project.text(f"docs/{page}").replace("{{ page_footer() }}", link, 1)
    line = re.search(rf"^.*{page}\n", project.text("mkdocs.yml"), re.MULTILINE)[0]  # type: ignore[index]
    edit["mkdocs.yml"] = project.text("mkdocs.yml").replace(line, f"{line}      - {title}: {new}\n")
    return edit


def page_removed(project: Project) -> Edit:
    """One that page_added has made; where there is none, the file alone, which is refused."""
    files = sorted((project.root / "docs/contribute").glob("added-*.md"))
    if not files:
        return {project.some_page(): None}
    page = files[0].relative_to(project.root / "docs").as_posix()
    less = re.sub(rf"^.*: {page}\n", "", project.text("mkdocs.yml"), flags=re.MULTILINE)
    links = "docs/contribute/decisions.md"
    without = re.sub(rf"^See also \[{files[0].stem}\].*\n\n", "", project.text(links), flags=re.MULTILINE)
    return {f"docs/{page}": None, "mkdocs.yml": less, links: without}


def name_in_navigation(project: Project) -> Edit:
    return project.changed(
        "mkdocs.yml", r"^  - (Labs|Career|Reference)(?: \d+)?:$", lambda line: f"  - {line[1]} {project.number}:"
    )


def template(project: Project) -> Edit:
    return project.changed(
        "overrides/main.html", r'content="article\d*"', lambda _: f'content="article{project.number}"'
    )


def broken_link(project: Project) -> Edit:
    return project.before_footer(project.some_page(), "See [nothing](no-such-page.md).")


def broken_anchor(project: Project) -> Edit:
    """Our rules do not read raw blocks; MkDocs warns of it once all pages are built."""
    page = project.some_page()
    to = posixpath.relpath("docs/index.md", posixpath.dirname(page))
    return project.before_footer(page, f"{{% raw %}}[x]({to}#no-such-anchor){{% endraw %}}")


def unknown_macro(project: Project) -> Edit:
    return project.before_footer(project.some_page(), "{% raw %}{% endraw %}{{ no_such_macro }}")


def half_a_macro(project: Project) -> Edit:
    return project.before_footer(project.some_page(), '{{ term("token" }}')


def missing_example(project: Project) -> Edit:
    return project.before_footer(project.some_page(), '{% raw %}\n```\n--8<-- "examples/none.py"\n```\n{% endraw %}')


def bad_datum(project: Project) -> Edit:
    return project.in_data("topics", "kind", lambda value: "cor")


def bad_yaml(project: Project) -> Edit:
    path = project.some_file("docs/data/*.yml")
    return {path: project.text(path) + "  : [\n"}


#: Kinds that a build accepts, most of the time. After most of them nearly everything is kept;
KEEPING = (
    word, heading_added, link, link_to_anchor, term, description, definition, source_label, radar_status, style_sheet,
    script, example, diagram, heading_removed, hours, topic_title, row_title, history, lab_file, front_matter_for_all,
    first_heading,
)  # fmt: skip
#: after these, every page is made anew.
RESETTING = (page_added, page_removed, name_in_navigation, template)
GOOD = (*KEEPING, *RESETTING)
BAD = (broken_link, broken_anchor, unknown_macro, half_a_macro, missing_example, bad_datum, bad_yaml)
