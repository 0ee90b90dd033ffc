"""Examples: programs in docs/examples/, with what they printed beside them. Pages show both."""

from __future__ import annotations

import ast
import functools
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from macros.data.handbook import Handbook
from macros.data.manuscript import Call, Manuscript, Pages
from macros.data.paths import EXAMPLES_ARCHIVE
from macros.data.places import read_text
from macros.data.problems import DataError, Problem, choices
from macros.render.phrases import say
from macros.render.text import attribute, block, inline, link

FOLDER = "examples"
#: How to get a copy of the handbook stands there.
COPY = ("labs/index.md", "how")
#: Imported by examples, and not examples themselves: the two small models, and a server that builds on them.
HELPER = "local_models"
SERVER = "local_postgres"
#: Types of Node, for examples in TypeScript.
NODE = "node.d"
HELPERS = (HELPER, SERVER, NODE)
#: What requirements-examples.txt brings, under the names that examples import.
PACKAGES = frozenset(["numpy", HELPER, SERVER])
#: A line fits a page without scrolling, a program is read in two looks.
WIDTH = 88
#: As wide as the style sheet shows one.
TAB = 4
LINES = 90
#: In the other languages, types and errors take room; pages show parts of what is long.
LINES_ELSEWHERE = 220
#: What an example may stand in, in the order of the tabs: the ending of the file, and the language's name.
LANGUAGES = {"py": "Python", "ts": "TypeScript", "go": "Go", "java": "Java"}
#: What has to be installed to run an example in another language, as a sentence says it.
NEEDED = {"ts": "Node + tsc", "go": "Go", "java": "JDK 17"}
#: What runs them: programs, with the packages of Debian and Ubuntu that bring them.
TOOLS = {
    "ts": {"tsc": "node-typescript", "node": "nodejs"},
    "go": {"go": "golang-go"},
    # A program that is one file runs uncompiled, and java then needs the compiler beside it.
    "java": {"javac": "default-jdk-headless"},
}
#: Java's library has no JSON. This one is a single file that needs no other, and reads records from 2.10 on.
GSON = "Gson 2.10"
GSON_IMPORT = "import com.google.gson."
#: Where Debian and Ubuntu put it, and the package that brings it.
GSON_FILE = "/usr/share/java/gson.jar"
GSON_PACKAGE = "libgoogle-gson-java"


def read_examples(docs: Path) -> dict[str, str]:
    """Programs and outputs by file name. Raises DataError with each that is no text."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted((docs / FOLDER).glob("*.*")):
        if file.suffix[1:] in ("txt", *LANGUAGES):
            try:
                texts[file.name] = read_text(file, f"docs/{FOLDER}/{file.name}")
            except DataError as error:
                problems += error.problems
    if problems:
        raise DataError(problems)
    return texts


def needs_packages(text: str) -> bool:
    """Whether a program needs more than Python. False for one that is no Python, which check_examples names."""
    try:
        return bool(PACKAGES & _imports(text).keys())
    except SyntaxError:
        return False


def needs_gson(text: str) -> bool:
    """Whether a program in Java needs more than the JDK."""
    return any(line.startswith(GSON_IMPORT) for line in text.splitlines())


def programs(examples: Mapping[str, str]) -> list[str]:
    """The names of the examples, without the helper, as pages and `make example` call them."""
    return [
        name.removesuffix(".py")
        for name in examples
        if name.endswith(".py") and name.removesuffix(".py") not in HELPERS
    ]


def languages(examples: Mapping[str, str], name: str) -> list[str]:
    """The languages that an example stands in, as endings of its files, in the order of the tabs."""
    return [ending for ending in LANGUAGES if f"{name}.{ending}" in examples]


def example(handbook: Handbook, examples: Mapping[str, str], page: str, name: str, part: str = "") -> str:
    """A program as a block of code under its name, and the line that says how to get and to run it.

    One that stands in several languages has a tab for each. Without a style sheet all are shown, one after the other;
    what is for reading elsewhere keeps the first one and the names of the files (macros/book/chapters.py).

    Args:
        part: shows only what stands between `# --8<-- [start:part]` and `# --8<-- [end:part]`; empty for all of it.
    """
    endings = languages(examples, name)
    shown = [_program(handbook, examples, page, name, part, ending) for ending in endings]
    if len(shown) == 1:
        return shown[0]
    choices = "".join(
        f'<label><input type="radio" name="language-{attribute(f"{name}-{part}")}" value="{ending}"'
        f"{' checked' if ending == endings[0] else ''}>{LANGUAGES[ending]}</label>"
        for ending in endings
    )
    legend = f'<legend class="for-screen-readers">{say(handbook, "Language of the example")}</legend>'
    files = ", ".join(link(f"{name}.{ending}", page, f"{FOLDER}/{name}.{ending}") for ending in endings)
    tabs = [
        block(
            "div",
            "language" if ending == endings[0] else "language language--other",
            text,
            attributes=f'data-language="{ending}"',
        )
        for ending, text in zip(endings, shown, strict=True)
    ]
    return block(
        "div", "languages", f'<fieldset class="languages__choice">{legend}{choices}</fieldset>', "", "\n\n".join(tabs), "",
        f"{say(handbook, 'The same program in each language: {files}.', files=files)}\n{{ .example-line .languages__files }}",
    )  # fmt: skip


def _program(handbook: Handbook, examples: Mapping[str, str], page: str, name: str, part: str, ending: str) -> str:
    """A program in one language, with the line below it."""
    file, command = f"{name}.{ending}", f"make example NAME={name}"
    packages = needs_packages(examples[f"{name}.py"])
    words = "{file} needs only Python. Run {make} in a {copy}, or take {all} along."
    if packages:
        words = (
            "{file} needs packages of 250 MB. Run {make} in a {copy}, which installs them once, or take {all} along."
        )
    needed = NEEDED.get(ending, "")
    if needs_gson(examples[file]):
        needed = f"{needed} + {GSON}"
    if ending in NEEDED:
        command += f" IN={ending}"
        words = "{file} needs only {needed}. Run {make} in a {copy}, or take {all} along."
        if packages:
            words = "{file} needs {needed}, and the model's packages of 250 MB. Run {make} in a {copy}, which installs those once, or take {all} along."
    line = say(
        handbook,
        words,
        file=link(file, page, f"{FOLDER}/{file}"),
        make=f"`{command}`",
        copy=link(say(handbook, "copy of the handbook"), page, *COPY),
        all=link(say(handbook, "all examples"), page, EXAMPLES_ARCHIVE),
        needed=needed,
    )
    title = f"{file}: {part}" if part else file
    shown = part_of(examples[file], part)
    return f"{_block(LANGUAGES[ending].lower(), shown, title)}\n\n{line}\n{{ .example-line }}"


#: What begins a comment that marks a part, in Python and in the other languages. In Java it is indented, as all is.
_MARK = re.compile(r" *(?:#|//) --8<-- \[(.*)\]")


def part_of(text: str, part: str) -> str:
    """A part of a program, or all of it, without the comments that mark parts. Empty when there is no such part."""
    lines = text.splitlines()
    if part:
        marks = [mark[1] if (mark := _MARK.fullmatch(line)) else "" for line in lines]
        if not {f"start:{part}", f"end:{part}"} <= set(marks):
            return ""
        between = lines[marks.index(f"start:{part}") + 1 : marks.index(f"end:{part}")]
        lines = textwrap.dedent("\n".join(between)).splitlines()
    return "\n".join(line for line in lines if not _MARK.fullmatch(line)) + "\n"


def output(handbook: Handbook, examples: Mapping[str, str], name: str, part: str = "") -> str:
    """What a program printed, as a block under that word.

    Args:
        part: shows only what was printed below the line `== part ==`; empty for all of it.
    """
    return _block("text", printed_below(examples[f"{name}.txt"], part), say(handbook, "Output"))


#: A line of an exchange: who, then ">" for what they ask, "<" for what they get and "=" for what it was.
_SAID = re.compile(r"^(\w+) ([><=]) (.+)$")


def exchange(handbook: Handbook, examples: Mapping[str, str], name: str) -> str:
    """Requests and answers that a program printed, one card for each who asked, with right or wrong on it."""
    cards: dict[str, dict[str, list[str]]] = {}
    for line in examples[f"{name}.txt"].splitlines():
        if said := _SAID.match(line):
            cards.setdefault(said[1], {mark: [] for mark in "><="})[said[2]].append(said[3])
    lines = []
    for who, card in cards.items():
        *wire, answer = card["<"] or [""]
        verdict = "right" if card["="] == ["right"] else "wrong"
        lines += [
            f"1.  **{say(handbook, '{name} asks', name=who.capitalize())}** {inline(' '.join(card['>']))}", "",
            "    " + " ".join(f"`{part}`" for part in wire), "",
            f"    **{say(handbook, '{name} gets', name=who.capitalize())}** {inline(answer)} **{say(handbook, verdict)}**{{ .verdict }}",
            f"    {{ .{verdict} }}", "",
        ]  # fmt: skip
    return block("div", "exchange", *lines)


def printed_below(text: str, part: str) -> str:
    """The lines of an output from `== part ==` to the next such line, or all. Empty when there is no such part."""
    if not part:
        return text
    lines = text.splitlines()
    head = f"== {part} =="
    if head not in lines:
        return ""
    below = lines[lines.index(head) + 1 :]
    end = next((number for number, line in enumerate(below) if line.startswith("== ")), len(below))
    return "\n".join(below[:end]) + "\n"


def _block(language: str, text: str, title: str) -> str:
    body = text.lstrip("\n").rstrip()
    return f'```{language} title="{title}"\n{body}\n```'


def _shown(pages: Pages) -> set[str]:
    """The files of the folder that pages show, by a macro or by a snippet of part of it."""
    calls = [call for page in pages.values() for call in page.calls if call.name in SHOWN_BY]
    return {mark.text for page in pages.values() for mark in page.snippets} | {
        f"{FOLDER}/{call.argument}{SHOWN_BY[call.name]}" for call in calls
    }


#: The macros that show a file, with the ending of its name.
SHOWN_BY = {"example": ".py", "output": ".txt", "exchange": ".txt"}
#: How each of them finds the part that its second argument names.
PART_BY = {"example": part_of, "output": printed_below}


def check_examples(examples: Mapping[str, str], pages: Pages) -> Iterator[Problem]:
    """Examples are Python, small enough to read on a page, run with what is promised, and are shown with their output.

    Otherwise a reader would copy what does not run, or scroll sideways to read it.
    """
    shown = _shown(pages)
    # An example may build on another one. needs_packages sees only a program's own imports, so on none with packages.
    plain = {name for name in programs(examples) if not needs_packages(examples[f"{name}.py"])}
    yield from _unknown(examples, pages)
    for name, text in examples.items():
        stem, _, kind = name.rpartition(".")
        file = f"docs/{FOLDER}/{name}"

        def problem(line: int, value: object, rule: str, repair: str, file: str = file) -> Problem:
            return Problem((), value, rule, repair, file, line, 1, "example")

        if stem in HELPERS:
            continue
        if kind in NEEDED:
            if f"{stem}.py" not in examples:
                others = [other.removesuffix(".py") for other in examples if other.endswith(".py")]
                yield problem(1, name, "is another language of no program", f"rename it; {choices(stem, others)}")
            elif f"{stem}.txt" not in examples:
                repair = f"put what it prints in each language into docs/{FOLDER}/{stem}.txt"
                yield problem(1, name, "has no output to agree with", repair)
            yield from _too_large(text, LINES_ELSEWHERE, problem)
            continue
        if f"{FOLDER}/{name}" not in shown:
            macro = next(macro for macro, ending in SHOWN_BY.items() if ending == f".{kind}")
            call = f'{{{{ {macro}("{stem}") }}}}'
            yield problem(1, name, "is shown on no page", f"show it on one, {call}, or delete it")
        if kind == "txt":
            if f"{stem}.py" not in examples:
                others = [other for other in examples if other.endswith(".py")]
                yield problem(1, name, "is the output of no program", f"rename it; {choices(f'{stem}.py', others)}")
            continue
        yield from _too_large(text, LINES, problem)
        try:
            imported = _imports(text)
        except SyntaxError as error:
            value = (error.text or "").strip() or None
            yield problem(error.lineno or 1, value, f"is not Python ({error.msg})", "correct it")
            continue
        for package, number in imported.items():
            if package not in sys.stdlib_module_names | PACKAGES | plain:
                repair = f"use the standard library, or one of {', '.join(sorted(PACKAGES))}"
                yield problem(number, package, "is no package that examples may use", repair)


def _too_large(text: str, most: int, problem: Callable[[int, object, str, str], Problem]) -> Iterator[Problem]:
    """Lines that a page can't show whole, and a program that nobody reads to its end."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if (width := len(line.expandtabs(TAB))) > WIDTH:
            yield problem(number, line.strip(), f"has {width} columns, more than {WIDTH}", "break the line")
    if len(lines) > most:
        yield problem(most + 1, f"{len(lines)} lines", f"are more than {most}", "shorten it, or make two of it")


def _unknown(examples: Mapping[str, str], pages: Pages) -> Iterator[Problem]:
    """Calls that show a file, or a part of one, that is not there."""
    for page in pages.values():
        for call in page.calls:
            if call.name not in SHOWN_BY:
                continue
            ending = SHOWN_BY[call.name]
            file = f"{call.argument}{ending}"

            def problem(
                value: str | None, rule: str, repair: str, page: Manuscript = page, call: Call = call
            ) -> Problem:
                return Problem((), value, rule, repair, f"docs/{page.path}", call.line, call.column, call.name)

            if file not in examples:
                known = [name.removesuffix(ending) for name in examples if name.endswith(ending)]
                repair = f"{choices(call.argument, known)}, or write docs/{FOLDER}/{call.argument or 'name'}{ending}"
                yield problem(call.argument, f"is no file docs/{FOLDER}/*{ending}", repair)
                continue
            endings = languages(examples, call.argument or "") if call.name == "example" else [ending[1:]]
            for file in [f"{call.argument}.{one}" for one in endings if call.second]:
                if PART_BY[call.name](examples[file], str(call.second)):
                    continue
                sign = "#" if file.endswith(".py") else "//"
                marks = f"between the lines {sign} --8<-- [start:{call.second}] and {sign} --8<-- [end:{call.second}]"
                if call.name == "output":
                    marks = f"below a line == {call.second} == that the program prints"
                yield problem(call.second, f"is no part of docs/{FOLDER}/{file}", f"put it there {marks}")
                break


@functools.lru_cache(maxsize=512)
def _imports(text: str) -> dict[str, int]:
    """The packages that a program imports, with the line of each. Raises SyntaxError.

    Kept, since a program is asked for by the check, by each page that shows it and by the archive.
    """
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0]: node.lineno for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found[(node.module or "").split(".")[0]] = node.lineno
    return found
