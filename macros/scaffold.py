"""A first contribution: `make new-topic` and `make new-term` write a whole entry in its place, all of it or nothing.

What a person has to write is marked with PLACEHOLDER. The handbook builds with it; a test refuses to let it stay.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from macros.check import DATA, Checked, load_checked
from macros.glossary import sort_key
from macros.links import NAVIGATION, navigation_lines
from macros.load import Parsed, parse
from macros.manuscript import Manuscript
from macros.model import Handbook, Id, PagePath, Phase, Skill, Term, Text
from macros.problems import DataError, Problem, check_plain_text, choices
from macros.rules import choose, find_id, taken

PLACEHOLDER = "Write here:"

#: The words that each command takes, written NAME=value; those in brackets may be left out.
COMMANDS = {"new-topic": ["ID", "SKILL", "PHASE", "[PAGE]"], "new-term": ["ID", "TERM", "TOPIC"]}

#: SKILL=null is a topic across all rows, as in the data.
NO_SKILL = "null"

_ROW_PAGE = """\
---
description: "{placeholder} what a reader of this page about {subject} can do afterwards, in 110 to 155 characters."
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


def usage(command: str) -> str:
    words = " ".join(re.sub(r"(\w+)", r"\1=…", word) for word in COMMANDS[command])
    return f"make {command} {words}"


def scaffold(root: Path, command: str, words: list[str]) -> str:
    """Carry out one of COMMANDS.

    Args:
        root: the project's folder.
        words: NAME=value, as after make.

    Returns:
        What to do next, for a person to read.

    Raises:
        DataError: with every problem of the words, or of the data as it is. Nothing has been written then.
    """
    given, problems = _read_words(command, words)
    try:
        checked = load_checked(root)
    except DataError as error:
        outcome = "in the handbook as it is; nothing was written before it is in order"
        raise DataError(error.problems, outcome, error.unchecked) from None
    draft = Draft(root)
    write = _new_topic if command == "new-topic" else _new_term
    steps = write(draft, checked, given, problems)
    problems, steps_text = draft.tried(steps)
    if problems:
        raise DataError(problems, "with the new entry; nothing was written")
    draft.save()
    return steps_text


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems, "in the command; nothing was written")


def _read_words(command: str, words: list[str]) -> tuple[dict[str, str], list[Problem]]:
    """The command's words by name, and what is wrong with them. A word without a value is as good as none."""
    names = [word.strip("[]") for word in COMMANDS[command]]
    given: dict[str, str] = {}
    problems = []
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in names:
            problems.append(_about(command, "", word, "is not a word of this command", f"write {usage(command)}"))
        elif name in given:
            problems.append(_about(command, name, value, "is said twice", "say it once"))
        elif value:
            given[name] = value
    for name in names:
        if name in COMMANDS[command] and name not in given:
            problems.append(_about(command, name, None, "is missing", f"write {usage(command)}"))
    return given, problems


def _about(command: str, name: str, value: object, rule: str, repair: str) -> Problem:
    return Problem((), value, rule, repair, command, label=name)


def _is(shape: Any, value: str) -> bool:
    try:
        TypeAdapter(shape).validate_python(value)
    except ValidationError:
        return False
    return True


def _id_problems(handbook: Handbook, command: str, list_name: str, name: str) -> list[Problem]:
    if not name:
        return []
    if not _is(Id, name):
        rule = "is not a well-formed id"
        repair = "use at most 60 lower case letters, digits and single hyphens, a letter first"
        return [_about(command, "ID", name, rule, repair)]
    if first := find_id(handbook, list_name, name):
        return [_about(command, "ID", name, *taken(first))]
    return []


@dataclass
class Draft:
    """Files as they will be, in memory.

    Attributes:
        root: the project's folder.
        texts: new contents by path below it.
        inserted: lines to insert into files that exist: path, number of lines that stay in front, lines.
    """

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    inserted: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def read(self, path: str) -> str:
        """A file as it stands, with its own line ends and byte order mark."""
        return (self.root / path).read_bytes().decode("utf-8")

    def insert(self, path: str, after: int, lines: list[str]) -> None:
        self.inserted.append((path, after, lines))

    def finished(self) -> dict[str, str]:
        """Contents by path. Insertions are made from the bottom up, so that their numbers stay true."""
        texts = dict(self.texts)
        for path, after, lines in sorted(self.inserted, key=lambda edit: edit[1], reverse=True):
            text = texts.get(path) or self.read(path)
            end = "\r\n" if "\r\n" in text else "\n"
            # YAML breaks lines where Python does, Markdown at a line feed alone.
            parts = text.splitlines(keepends=True) if path.endswith(".yml") else re.findall(r"[^\n]*\n|[^\n]+", text)
            if parts[after - 1 : after] and not parts[after - 1].endswith(("\n", "\r")):
                parts[after - 1] += end
            parts[after:after] = [line + end for line in lines]
            texts[path] = "".join(parts)
        return texts

    def tried(self, steps: list[str]) -> tuple[list[Problem], str]:
        """Problems of a copy of the project with the draft in it; and the steps, with the places in it filled in."""
        texts = self.finished()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            shutil.copytree(self.root / "docs", copy / "docs")
            shutil.copy(self.root / NAVIGATION, copy / NAVIGATION)
            for path, text in texts.items():
                (copy / path).write_bytes(text.encode("utf-8"))
            try:
                load_checked(copy)
            except DataError as error:
                return error.problems, ""
        return [], "\n".join(steps).replace("PLACES", "\n   ".join(self._places()))

    def _places(self) -> list[str]:
        """Where the draft's placeholders will stand."""
        blocks = [(path, 0, text.split("\n")) for path, text in self.texts.items()]
        above: dict[str, int] = {}
        for path, after, lines in sorted(self.inserted, key=lambda edit: edit[:2]):
            blocks.append((path, after + above.get(path, 0), lines))
            above[path] = above.get(path, 0) + len(lines)
        return [
            f"{path}:{number}"
            for path, after, lines in blocks
            for number, line in enumerate(lines, after + 1)
            if PLACEHOLDER in line
        ]

    def save(self) -> None:
        """Write every file, or leave all as they were."""
        texts = self.finished()
        before = {path: file.read_bytes() if (file := self.root / path).exists() else None for path in texts}
        try:
            for path, text in texts.items():
                (self.root / path).write_bytes(text.encode("utf-8"))
        except BaseException as error:
            for path, content in before.items():
                if content is None:
                    (self.root / path).unlink(missing_ok=True)
                elif (self.root / path).read_bytes() != content:
                    (self.root / path).write_bytes(content)
            if isinstance(error, OSError):
                problem = Problem(
                    (), None, f"cannot be written ({error.strerror})", "check permissions and space", path
                )
                raise DataError([problem], "on this disk; nothing was written") from None
            raise


class _List:
    """A list of the data file as lines: where its entries begin and end. Line numbers count from 1."""

    def __init__(self, text: str, parsed: Parsed, name: str) -> None:
        self.lines = text.splitlines()
        self.name = name
        self.entries = parsed.data[name]
        self.starts = [parsed.values[name, index][0] for index in range(len(self.entries))]
        line, column = parsed.values[name, 0]
        self.indent = self.lines[line - 1].removeprefix("\ufeff")[: column - 1]
        if self.indent.strip() != "-":
            repair = "write each entry on lines of its own that begin with a hyphen, then run the command again"
            problem = Problem((name,), None, "is written in a form that cannot be extended", repair)
            raise DataError([parsed.locate(problem)], "in the data file; nothing was written")
        self.first = parsed.keys[name,][0]
        below = [place[0] for path, place in parsed.keys.items() if len(path) == 1 and place[0] > self.first]
        self.last = min(below, default=len(self.lines) + 1) - 1

    def end(self, index: int) -> int:
        """The last line of an entry: blank lines and comments that stand no deeper than its hyphen belong to the next."""
        hyphen = self.indent.index("-")
        line = self.starts[index + 1] - 1 if index + 1 < len(self.starts) else self.last
        while line > self.starts[index]:
            text = self.lines[line - 1]
            if text.strip() and not (text.lstrip().startswith("#") and len(text) - len(text.lstrip()) <= hyphen):
                break
            line -= 1
        return line

    def add(self, draft: Draft, after: int | None, keys: dict[str, str], comment: str = "") -> None:
        """Insert an entry after another one, or as the first.

        Args:
            keys: the entry's keys with their values as YAML; a value may have further lines.
            comment: what stands above the entry.
        """
        pairs = [f"{key}:{value if value.startswith(chr(10)) else ' ' + value}" for key, value in keys.items()]
        inner = [line for pair in pairs for line in pair.split("\n")]
        space = " " * self.indent.index("-")
        entry = [self.indent + inner[0], *(space + "  " + line for line in inner[1:])]
        entry = ([f"{space}# {comment}"] if comment else []) + entry
        if after is None:
            draft.insert(DATA, self.first, [*entry, ""])
        else:
            draft.insert(DATA, self.end(after), ["", *entry])


def _scalar(text: str) -> str:
    """Text as YAML on one line, quoted when it has to be."""
    return yaml.safe_dump(text, allow_unicode=True, width=10**9).removesuffix("\n").removesuffix("\n...")


def _to_write(what: str, indent: int = 2) -> str:
    """A placeholder as a block, in which a person may write colons and apostrophes, on as many lines as they like."""
    return f">-\n{' ' * indent}{PLACEHOLDER} {what}"


def _new_term(draft: Draft, checked: Checked, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = checked.handbook
    command = "new-term"
    name, shown, topic = (given.get(word, "") for word in ("ID", "TERM", "TOPIC"))
    problems += _id_problems(handbook, command, "glossary", name)
    if shown and not _is(Text, shown):
        rule, repair = "is not one line of text", "shorten it, and remove line breaks and spaces at both ends"
        problems.append(_about(command, "TERM", shown, rule, repair))
    entry = Term.model_construct(id=name, renamed_from=[], term=shown, definition="", topic=topic)
    problems += [_about(command, "TERM", p.value, p.rule, p.repair) for p in check_plain_text(entry, ())]
    same = next((t for t in handbook.glossary if t.term.casefold() == shown.casefold()), None)
    if same:
        problems.append(_about(command, "TERM", shown, f"is in the glossary as {same.id}", "change that entry"))
    if topic and topic not in [t.id for t in handbook.topics]:
        problems.append(_about(command, "TOPIC", topic, "is not a topic", choose(topic, handbook.topics)))
    _refuse(problems)

    terms = _List(draft.read(DATA), parse(draft.root / DATA, DATA), "glossary")
    before = [index for index, t in enumerate(terms.entries) if sort_key(t["term"]) < sort_key(shown)]
    terms.add(draft, before[-1] if before else None, {
        "id": _scalar(name),
        "term": _scalar(shown),
        "definition": _to_write(
            "what it is, in 18 to 45 words; then what it corresponds to in a backend, or where its name misleads."
        ),
        "topic": _scalar(topic),
    })  # fmt: skip
    return [
        f"The term {name} is in the glossary, and the handbook builds with it. Three steps are left:",
        "1. Replace the placeholder:",
        "   PLACES",
        f"2. Look at it: make serve, and open reference/glossary/#{name} under the address that it prints.",
        "3. Run make check-data after each change, and make check at the end: it refuses a placeholder that is left.",
        f'On the page where the term is used first, write {{{{ term("{name}") }}}}, and its definition opens there.',
    ]


def _new_topic(draft: Draft, checked: Checked, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = checked.handbook
    command = "new-topic"
    name, row, stage, page = (given.get(word, "") for word in ("ID", "SKILL", "PHASE", "PAGE"))
    page = page.removeprefix("docs/")
    problems += _id_problems(handbook, command, "topics", name)
    skill = next((s for s in handbook.skills if s.id == row), None)
    if row and not skill and row != NO_SKILL:
        repair = choose(row, handbook.skills, f", or {NO_SKILL} for a topic across all rows")
        problems.append(_about(command, "SKILL", row, "is not a skill", repair))
    phase = next((p for p in handbook.phases if p.id == stage), None)
    if stage and not phase:
        problems.append(_about(command, "PHASE", stage, "is not a phase", choose(stage, handbook.phases)))
    if page and page not in checked.pages:
        rule, repair = "is not a page below docs/", choices(page, checked.pages)
        if skill and _is(PagePath, page):
            repair += "; without PAGE a new page is written"
        problems.append(_about(command, "PAGE", page, rule, repair))
    elif not page and row == NO_SKILL:
        repair = "write PAGE=… with the page that teaches it, for example its phase's"
        problems.append(_about(command, "PAGE", None, "is missing for a topic across all rows", repair))
    new_page = f"{posixpath.dirname(skill.page)}/{name}.md".lstrip("/") if skill and not page else ""
    if new_page and new_page in checked.pages:
        repair = f"choose another id, or write PAGE={new_page} to add a section there"
        problems.append(_about(command, "ID", name, f"is the name of a page, docs/{new_page}", repair))
    _refuse(problems)
    assert phase

    title = name.replace("-", " ").capitalize()
    text, parsed = draft.read(DATA), parse(draft.root / DATA, DATA)
    _add_topic(_List(text, parsed, "topics"), draft, handbook, phase, {
        "id": _scalar(name),
        "title": _scalar(title),
        "skill": _scalar(skill.id) if skill else NO_SKILL,
        "phase": _scalar(phase.id),
        "kind": "depth",
        "hours": "{ min: 1, likely: 2, max: 3 }",
        "requires": "[]",
        "page": page or new_page,
        "outcome": _to_write("one sentence that starts with a verb and that somebody else can check."),
    })  # fmt: skip
    section = _SECTION.format(title=title, id=name, placeholder=PLACEHOLDER)
    if page:
        _add_section(draft, checked.pages[page], section)
    else:
        assert skill
        page = new_page
        draft.texts[f"docs/{page}"] = _ROW_PAGE.format(
            placeholder=PLACEHOLDER, subject=title.lower(), title=title, section=section
        )
        _add_page(draft, handbook, skill, page, title, {n: _List(text, parsed, n) for n in ("pages", "questions")})
    return [
        f"The topic {name} is in {phase.id}, on docs/{page}, and the handbook builds with it. Three steps are left:",
        "1. Replace the placeholders, and choose the titles, the hours and what to know before:",
        "   PLACES",
        f"2. Look at it: make serve, and open {_address(page)}#{name} under the address that it prints.",
        "3. Run make check-data after each change, and make check at the end: it refuses a placeholder that is left.",
        f"The topic begins as kind: depth, outside the weekly plan. To make it core, write kind: core and add {name} to",
        f"`topics` of an outcome and of a week of {phase.id}; make check-data says whether its hours fit.",
    ]


def _address(page: str) -> str:
    return re.sub(r"(^|/)index\.md$", r"\1", page).replace(".md", "/")


def _add_topic(topics: _List, draft: Draft, handbook: Handbook, phase: Phase, keys: dict[str, str]) -> None:
    """After the last topic of its phase; the first one of a phase comes after those of the phases before it."""
    order = [p.id for p in handbook.phases]
    number = order.index(phase.id)
    phases = [order.index(topic["phase"]) for topic in topics.entries]
    before = [index for index, other in enumerate(phases) if other <= number]
    own = [index for index in before if phases[index] == number]
    comment = "" if own else f"Phase {number + 1}"
    topics.add(draft, (own or before)[-1] if before else None, keys, comment)


def _add_section(draft: Draft, page: Manuscript, section: str) -> None:
    """Before "Check yourself", or before the footer of a page without it."""
    lines = page.prose.split("\n")
    heading = next((i for i, line in enumerate(lines) if line.startswith("## Check yourself")), None)
    before = page.called("page_footer")[0].line - 1 if heading is None else heading
    draft.insert(f"docs/{page.path}", before, section.split("\n"))


def _add_page(draft: Draft, handbook: Handbook, skill: Skill, path: str, title: str, lists: dict[str, _List]) -> None:
    """Entry, navigation line and question of a new page, each after those of the row's last page."""
    folder = posixpath.dirname(path)
    own = {skill.page, *(t.page for t in handbook.topics_of_skill(skill.id) if posixpath.dirname(t.page) == folder)}
    index, last = [(i, page) for i, page in enumerate(handbook.pages) if page.path in own][-1]
    lists["pages"].add(draft, index, {
        "path": path,
        "title": _scalar(f"{title} at work"),
        "outcomes": "\n  - " + _to_write("what a reader can do after this page, verb first.", indent=4),
        "before": f"[{skill.page}]",
        "next": f"\n  page: {last.next.page}\n  why: {_to_write('what that page adds to this one.', indent=4)}",
    })  # fmt: skip
    asked = [i for i, question in enumerate(handbook.questions) if question.page == last.path]
    stem = posixpath.basename(path).removesuffix(".md")
    lists["questions"].add(draft, asked[-1] if asked else len(handbook.questions) - 1, {
        "id": f"{stem[:54].rstrip('-')}-check",
        "page": path,
        "question": _to_write("a situation from work in which a reader could go wrong, with no answer to copy from above."),
        "answer": _to_write("what is right and why, and what was tempting about the wrong answer."),
    })  # fmt: skip
    text = draft.read(NAVIGATION)
    line = navigation_lines(text)[last.path]
    item = re.fullmatch(rf"( *- )[^{{\[]*{re.escape(last.path)}['\"]?\s*(#.*)?", text.splitlines()[line - 1])
    if not item:
        repair = "give each page a line of its own there, then run the command again"
        problem = Problem((), last.path, "stands in a line with others", repair, NAVIGATION, line, 1, "nav")
        raise DataError([problem], "in the navigation; nothing was written")
    draft.insert(NAVIGATION, line, [f"{item[1]}{_scalar(title)}: {path}"])


def placeholders(root: Path) -> list[str]:
    """Places of every placeholder that is left in the pages and the data below a project's folder."""
    files = sorted([*(root / "docs").rglob("*.md"), *(root / "docs/data").glob("*.yml")])
    return [
        f"{file.relative_to(root).as_posix()}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if PLACEHOLDER in line
    ]
