"""Examples: programs in docs/examples/, with what they printed beside them. Pages show both."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from macros.data.handbook import Handbook
from macros.data.manuscript import Call, Manuscript, Pages
from macros.data.paths import EXAMPLES_ARCHIVE
from macros.data.places import read_text
from macros.data.problems import DataError, Problem, choices
from macros.render.phrases import say
from macros.render.text import block, inline, link

FOLDER = "examples"
#: How to get a copy of the handbook stands there.
COPY = ("labs/index.md", "how")
#: Imported by examples, and not examples themselves: the two small models, and a server that builds on them.
HELPER = "local_models"
SERVER = "local_postgres"
HELPERS = (HELPER, SERVER)
#: What requirements-examples.txt brings, under the names that examples import.
PACKAGES = frozenset(["numpy", *HELPERS])
#: A line fits a page without scrolling, a program is read in two looks.
WIDTH = 88
LINES = 90


def read_examples(docs: Path) -> dict[str, str]:
    """Programs and outputs by file name. Raises DataError with each that is no text."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted((docs / FOLDER).glob("*.*")):
        if file.suffix in (".py", ".txt"):
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


def programs(examples: Mapping[str, str]) -> list[str]:
    """The names of the examples, without the helper, as pages and `make example` call them."""
    return [
        name.removesuffix(".py")
        for name in examples
        if name.endswith(".py") and name.removesuffix(".py") not in HELPERS
    ]


def example(handbook: Handbook, examples: Mapping[str, str], page: str, name: str, part: str = "") -> str:
    """A program as a block of code under its name, and the line that says how to get and to run it.

    Args:
        part: shows only what stands between `# --8<-- [start:part]` and `# --8<-- [end:part]`; empty for all of it.
    """
    text = examples[f"{name}.py"]
    file, run = f"{name}.py", f"`make example NAME={name}`"
    words = "{file} needs packages of 250 MB. Run {make} in a {copy}, which installs them once, or take {all} along."
    if not needs_packages(text):
        words = "{file} needs only Python. Run {make} in a {copy}, or take {all} along."
    line = say(
        handbook,
        words,
        file=link(file, page, f"{FOLDER}/{file}"),
        make=run,
        copy=link(say(handbook, "copy of the handbook"), page, *COPY),
        all=link(say(handbook, "all examples"), page, EXAMPLES_ARCHIVE),
    )
    title = f"{file}: {part}" if part else file
    return f"{_block('python', part_of(text, part), title)}\n\n{line}\n{{ .example-line }}"


def part_of(text: str, part: str) -> str:
    """A part of a program, or all of it, without the comments that mark parts. Empty when there is no such part."""
    lines = text.splitlines()
    if part:
        marks = [f"# --8<-- [{end}:{part}]" for end in ("start", "end")]
        if not all(mark in lines for mark in marks):
            return ""
        lines = lines[lines.index(marks[0]) + 1 : lines.index(marks[1])]
    return "\n".join(line for line in lines if not line.startswith("# --8<-- [")) + "\n"


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
    return f'```{language} title="{title}"\n{text.rstrip()}\n```'


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
        if f"{FOLDER}/{name}" not in shown:
            macro = next(macro for macro, ending in SHOWN_BY.items() if ending == f".{kind}")
            call = f'{{{{ {macro}("{stem}") }}}}'
            yield problem(1, name, "is shown on no page", f"show it on one, {call}, or delete it")
        if kind == "txt":
            if f"{stem}.py" not in examples:
                others = [other for other in examples if other.endswith(".py")]
                yield problem(1, name, "is the output of no program", f"rename it; {choices(f'{stem}.py', others)}")
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if len(line) > WIDTH:
                yield problem(number, line.strip(), f"has {len(line)} columns, more than {WIDTH}", "break the line")
        if len(lines) > LINES:
            yield problem(LINES + 1, f"{len(lines)} lines", f"are more than {LINES}", "shorten it, or make two of it")
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
            elif call.second and not PART_BY[call.name](examples[file], call.second):
                marks = f"between the lines # --8<-- [start:{call.second}] and # --8<-- [end:{call.second}]"
                if call.name == "output":
                    marks = f"below a line == {call.second} == that the program prints"
                yield problem(call.second, f"is no part of docs/{FOLDER}/{file}", f"put it there {marks}")


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
